"""`survey evaluate`: the figures of a period as files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from survey_app.access.audit import record
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.evaluate.domains import Map
from survey_app.evaluate.evaluation import evaluate
from survey_app.evaluate.outputs import FORMATS, outputs

AUDIENCES = ("internal", "head", "officer", "public")


@click.command("evaluate")
@click.argument("period")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files."
)
@click.option("--unit", metavar="CODE", help="Only this unit and what is below it.")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="Default: all.")
@click.option("--audience", type=click.Choice(AUDIENCES), default="internal", show_default=True)
@click.option("--map", type=click.Choice(("today", "then")), default="today", show_default=True,
              help="Merged units: as they stand on the last day, or as they were.")  # fmt: skip
@pass_office
def command(
    office: Office,
    period: str,
    out: Path,
    unit: str | None,
    formats: tuple[str, ...],
    audience: str,
    map: Map,
) -> None:
    """Estimate PERIOD (2026-H1, 2026-Y, 2026-Q1, 2026-03) and write its figures."""
    with faults_listed():
        evaluated = evaluate(office.database, office.settings, period, map=map)
        files = outputs(evaluated, office.settings, audience=audience, unit=unit, formats=formats or FORMATS)
        with office.database.writing() as connection:  # no file is handed out that the audit does not know
            record(
                connection,
                "evaluation.exported",
                office.now,
                period=period,
                audience=audience,
                unit=unit,
                map=map,
                files=", ".join(sorted(files)),
            )
        write_files(files, out)
    click.echo(f"{evaluated.summary.responses} responses; {out}: {', '.join(sorted(files))}")


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a folder, each as a whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{name}.", delete=False) as unfinished:
            unfinished.write(content)
        Path(unfinished.name).replace(folder / name)
