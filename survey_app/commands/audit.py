"""`survey audit …`: prove the audit whole, show it."""

from __future__ import annotations

from datetime import datetime

import click

from survey_app.access.audit import entries, head, verify
from survey_app.commands.office import Office, faults_listed, pass_office


@click.group("audit")
def commands() -> None:
    """Prove that nothing was taken from the audit or changed in it, and show it."""


@commands.command("verify")
@click.option("--head", "noted", metavar="HASH", help="A head that an earlier 'audit verify' printed.")
@pass_office
def verify_command(office: Office, noted: str | None) -> None:
    """Follow the chain of the audit from its beginning; print its head, to be noted elsewhere."""
    with faults_listed(), office.database.reading() as connection:
        broken = verify(connection, noted)
        if broken is not None:
            raise ValueError(str(broken))
        last = head(connection)
    click.echo(f"audit: whole\nhead: {last}")


@commands.command("show")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this local day on.")
@click.option("--action", default="", metavar="PREFIX", help="Only actions that begin so, such as period.")
@pass_office
def show_command(office: Office, since: datetime | None, action: str) -> None:
    """List what was done: number, local time, login (- for the command line), action, details."""
    zone = office.settings.zone
    first = None if since is None else since.replace(tzinfo=zone)
    with faults_listed(), office.database.reading() as connection:
        for row in entries(connection, first, action):
            at = row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
            click.echo(f"{row.id}  {at}  {row.login or '-'}  {row.action}  {row.details}")
