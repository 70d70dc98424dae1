"""`survey db …`: upgrade, check, backup, restore."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.access.audit import record
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.config import create_keys
from survey_app.store.backup import back_up, restore
from survey_app.store.check import check
from survey_app.store.upgrade import upgrade


@click.group("db")
def commands() -> None:
    """Make, upgrade, check, back up and restore the database."""


@commands.command("upgrade")
@pass_office
def upgrade_command(office: Office) -> None:
    """Bring the database to this version's schema; make it and its keys if they are missing."""
    with faults_listed():
        for path in create_keys(office.instance):
            click.echo(f"{path}: made")
        before, after = upgrade(office.unchecked_database)
    click.echo(
        f"schema: {before or 'empty'} -> {after}" if before != after else f"schema: {after}, up to date"
    )


@commands.command("check")
@pass_office
def check_command(office: Office) -> None:
    """Look for damage, broken references and a schema that is behind."""
    with faults_listed():
        for line in check(office.unchecked_database):
            click.echo(line)


@commands.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_office
def backup_command(office: Office, file: Path) -> None:
    """Write everything the database holds, as of one moment, to FILE (which must not exist yet)."""
    with faults_listed():
        rows = back_up(office.database, file)
    click.echo(
        f"{file}: {rows} rows. The keys in {office.instance / 'secrets'} are not in it: keep them apart."
    )


@commands.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_office
def restore_command(office: Office, file: Path) -> None:
    """Fill the empty database from a backup FILE, of either kind of database."""
    with faults_listed():
        create_keys(office.instance)
        rows = restore(office.unchecked_database, file)
        with office.database.writing() as connection:
            record(connection, "db.restored", office.now, file=file.name, rows=rows)
    click.echo(f"{file}: {rows} rows restored")
