"""`survey import …`: what comes from other programs."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.exchange.csvfile import sheet_of
from survey_app.exchange.organisation import KINDS, import_file, import_sheet
from survey_app.exchange.responses import import_responses

PATH = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("import")
def commands() -> None:
    """Store a CSV file of another program whole, or list all its faults and store nothing."""


def _import_file(office: Office, kind: str, file: Path) -> None:
    with faults_listed():
        done = import_file(office.database, kind, file.read_bytes(), file.name, office.settings, office.now)
    click.echo(f"{file}: {kind}: {done}")


def _command(kind: str) -> click.Command:
    """Make the command of a kind of file that needs nothing but the file."""

    @click.command(kind, help=_columns(kind))
    @click.argument("file", type=PATH)
    @pass_office
    def command(office: Office, file: Path) -> None:
        _import_file(office, kind, file)

    return command


def _columns(kind: str) -> str:
    optional = ", ".join(KINDS[kind].optional)
    needed = ", ".join(KINDS[kind].needed)
    return f"Store {kind}. Columns: {needed}" + (f"; may be left out: {optional}." if optional else ".")


for _kind in KINDS:
    if _kind != "units":
        commands.add_command(_command(_kind))


@commands.command("units", help=_columns("units"))
@click.argument("file", type=PATH, required=False)
@click.option("--province", type=int, help="Code of a province of Viet Nam, such as 40, instead of FILE.")
@pass_office
def units_command(office: Office, file: Path | None, province: int | None) -> None:
    """Store the units of a file, or of a province of Viet Nam."""
    if file is not None and province is None:
        _import_file(office, "units", file)
    elif province is not None and file is None:
        # Not at the top: `survey run` imports this module, and web processes do without the national list.
        from survey_app.exchange.vietnam import doubt, province_units

        with faults_listed():
            sheet = sheet_of(f"province {province}", province_units(province))
            done = import_sheet(office.database, "units", sheet, office.settings, office.now)
        click.echo(f"province {province}: units: {done}")
        if warning := doubt(province):
            click.echo(f"province {province}: {warning}", err=True)
    else:
        raise click.UsageError("give a FILE or --province, one of the two")


@commands.command("responses")
@click.argument("file", type=PATH)
@click.option(
    "--map", "map_file", type=PATH, required=True, help="TOML file that says how FILE is to be read."
)
@pass_office
def responses_command(office: Office, file: Path, map_file: Path) -> None:
    """Store responses that another program collected; what came before is not stored twice."""
    with faults_listed():
        done = import_responses(
            office.database,
            file.read_bytes(),
            file.name,
            map_file.read_text(encoding="utf-8"),
            map_file.name,
            zone=office.settings.zone,
            now=office.now,
        )
    click.echo(f"{file}: responses: {done}")
