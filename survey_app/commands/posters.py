"""`survey qr`: the cards, posters and table tents that stand at the counters of a unit."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from survey_app.collect.posters import Format, Shape, file_names, find_cards, print_cards
from survey_app.commands.evaluation import write_files
from survey_app.commands.office import Office, faults_listed, pass_office

FORMATS = ("pdf", "svg", "png")
SHAPES = ("a5", "a4", "tent", "code")


@click.command("qr")
@click.argument("unit")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="FILE.pdf: a page a counter; FILE.svg, FILE.png: a file a counter.")  # fmt: skip
@click.option("--form", "shape", type=click.Choice(SHAPES), default="a5", show_default=True,
              help="A card, a poster, a table tent to be folded, or the code alone.")  # fmt: skip
@click.option("--below", is_flag=True, help="The counters of the units below it too.")
@pass_office
def command(office: Office, unit: str, out: Path, shape: str, below: bool) -> None:
    """Print a card with the QR code of every open counter that UNIT runs."""
    form = out.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise click.BadParameter(f"{out}: end the name in .pdf, .svg or .png", param_hint="--out")
    today = office.now.astimezone(office.settings.zone).date()
    with faults_listed():
        with office.database.reading() as connection:
            cards = find_cards(connection, unit, today, below=below)
        pages = print_cards(cards, office.settings, cast(Format, form), cast(Shape, shape))
        names = [out.name] if form == "pdf" else file_names(cards, out)
        write_files(dict(zip(names, pages, strict=True)), out.parent)
    for name in names:
        click.echo(out.parent / name)
    click.echo(f"{len(cards)} counters")
