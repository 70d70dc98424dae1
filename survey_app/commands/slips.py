"""`survey slips` and `survey screen`: codes that tie an answer to one visit, on paper and on a monitor."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.access.audit import record
from survey_app.collect.rotating import make_screen
from survey_app.collect.slip_sheets import find_codes, print_slips
from survey_app.collect.slips import MOST, make_slips
from survey_app.commands.evaluation import write_files
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.config import load_keys
from survey_app.store.responses import STAGES


@click.command("slips")
@click.argument("counter")
@click.option("--count", required=True, type=click.IntRange(1, MOST), help="How many; ten fit a sheet.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="FILE.pdf")
@click.option("--officer", metavar="CODE", help="The officer whose visits they are handed out after.")
@click.option("--procedure", metavar="CODE", help="The procedure of those visits.")
@click.option("--stage", type=click.Choice(STAGES), help="How far the matter is when they are handed out.")
@pass_office
def slips_command(
    office: Office, counter: str, count: int, out: Path, officer: str | None, procedure: str | None,
    stage: str | None,
) -> None:  # fmt: skip
    """Print slips for COUNTER that work once each; nothing on them tells one matter from another."""
    if out.suffix.lower() != ".pdf":
        raise click.BadParameter(f"{out}: end the name in .pdf", param_hint="--out")
    now = office.now
    day = now.astimezone(office.settings.zone).date()
    with faults_listed():
        keys = load_keys(office.instance, "slip")
        with office.database.writing() as connection:
            handed = find_codes(connection, counter, officer, procedure, day)
            named = {"officer_id": handed.officer_id, "procedure_id": handed.procedure_id}
            codes = make_slips(connection, keys, handed.counter_id, count, now, stage=stage, **named)
            record(connection, "slips.made", now, counter=counter, count=count, officer=officer, stage=stage)
        # Printed only when they are stored: a sheet of slips that lead nowhere would be handed out.
        write_files({out.name: print_slips(codes, handed, office.settings)}, out.parent)
    click.echo(out)
    click.echo(f"{count} slips; they are kept as hashes, so print the file again rather than make more")


@click.command("screen")
@click.argument("counter")
@pass_office
def screen_command(office: Office, counter: str) -> None:
    """Make the link of a monitor at COUNTER that shows a code anew every minute; an earlier link ends."""
    now = office.now
    day = now.astimezone(office.settings.zone).date()
    with faults_listed(), office.database.writing() as connection:
        handed = find_codes(connection, counter, None, None, day)
        link = make_screen(connection, handed.counter_id, now)
        record(connection, "screen.made", now, counter=counter)
    click.echo(f"{office.settings.base_url.rstrip('/')}/screen/{link}")
    click.echo("Open it on the monitor alone: whoever knows it can show the codes of this counter elsewhere.")
