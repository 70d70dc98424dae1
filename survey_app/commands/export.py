"""`survey export …`: rows for statisticians."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.evaluate.raw.export import FORMS, Form, Order, export_responses
from survey_app.evaluate.raw.officers import find_account


@click.group("export")
def commands() -> None:
    """Write what statisticians work on."""


@commands.command("responses")
@click.argument("period")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--unit", metavar="CODE", help="Only what this unit and those below it serve or decide.")
@click.option("--format", "form", type=click.Choice(FORMS), default="csv", show_default=True)
@click.option("--with-officers", is_flag=True, help="Name officers by their codes; needs reason and login.")
@click.option("--reason", metavar="TEXT", help="What officers are named for; at least 10 signs.")
@click.option("--login", metavar="LOGIN", help="Account that exports; the role statistician names officers.")
@pass_office
def responses_command(
    office: Office,
    period: str,
    out: Path,
    unit: str | None,
    form: Form,
    with_officers: bool,
    reason: str | None,
    login: str | None,
) -> None:
    """Write the responses of PERIOD (2026-H1, 2026-Y, 2026-Q1, 2026-03), a row each, and FILE.manifest.json.

    Rows hold unit, half-day, channel and codes, for officers a pseudonym of this file alone. A row is what
    one person answered: few rows of a unit and half-day may tell whose they are. Publish none of them.
    """
    if with_officers and (reason is None or login is None):
        raise click.UsageError("--with-officers needs --reason and --login")
    if reason is not None and not with_officers:
        raise click.UsageError("--reason goes with --with-officers")
    with faults_listed():
        account = None
        if login is not None:
            with office.database.reading() as connection:
                account = find_account(connection, login)
        order = Order(period, form, unit, account, with_officers, reason or "")
        done = export_responses(office.database, office.settings, order, out, office.now)
    click.echo(f"{done.rows} responses; {done.file}, {done.manifest.name}; sha256 {done.digest}")
