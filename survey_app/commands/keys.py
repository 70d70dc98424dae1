"""`survey keys rotate`: new keys for visits and sessions."""

from __future__ import annotations

import click

from survey_app.access.audit import record
from survey_app.access.sealing import Seals, reseal_all
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.config import load_keys, rotate_keys


@click.group("keys")
def commands() -> None:
    """Change the keys that sign visits and sessions."""


@commands.command("rotate")
@pass_office
def rotate_command(office: Office) -> None:
    """Sign with new keys; what the last ones signed stays good until the next rotation."""
    with faults_listed():
        # What the newest key sealed outlives the rotation; the running servers can read it too.
        seals = Seals.of(load_keys(office.instance, "account"))
        with office.database.writing() as connection:
            reseal_all(connection, seals)
    with faults_listed(), office.database.writing() as connection:
        rotate_keys(office.instance)
        record(connection, "keys.rotated", office.now)
    click.echo("keys: new ones sign from the next start of the servers on")
