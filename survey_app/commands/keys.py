"""`survey keys rotate`: new keys for visits and sessions."""

from __future__ import annotations

import click

from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.config import rotate_keys


@click.group("keys")
def commands() -> None:
    """Change the keys that sign visits and sessions."""


@commands.command("rotate")
@pass_office
def rotate_command(office: Office) -> None:
    """Sign with new keys; what the last ones signed stays good until the next rotation."""
    with faults_listed():
        rotate_keys(office.instance)
    click.echo("keys: new ones sign from the next start of the servers on")
