"""`survey retention run`: erase what is kept no longer."""

from __future__ import annotations

import click

from survey_app.collect.sources import end_days_before
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.retention.erasing import erase, plan


@click.group("retention")
def commands() -> None:
    """Erase what is kept no longer; the worker does so every night."""


@commands.command("run")
@click.option("--dry-run", is_flag=True, help="Only print what would be erased.")
@pass_office
def run_command(office: Office, dry_run: bool) -> None:
    """Print what is to be erased, how much, from before which local day and why, and erase it."""
    now = office.now
    with faults_listed():
        with office.database.reading() as connection:
            planned = plan(connection, office.settings, now)
        lines = [("what", "rows", "from before", "why")]
        lines += [(each.rule.what, f"{each.rows}", each.rule.before, each.rule.why) for each in planned]
        first, third = (max(len(line[column]) for line in lines) for column in (0, 2))
        for what, rows, before, why in lines:
            click.echo(f"{what:<{first}}  {rows:>9}  {before:<{third}}  {why}")
        if not dry_run:
            erased = erase(office.database, office.settings, now)
            end_days_before(office.database, office.instance / "secrets", now, office.settings.zone)
            click.echo(f"{sum(erased.values())} rows erased")
