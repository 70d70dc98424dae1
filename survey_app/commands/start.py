"""Start: the first command of a newcomer: makes what is missing, prints where to look, serves."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from sqlalchemy import Connection, func, select

from survey_app.access.accounts import add_account, reset_account
from survey_app.access.grants import grant
from survey_app.commands.office import Office, faults_listed
from survey_app.config import create_keys
from survey_app.demo.office import demo_office
from survey_app.store.accounts import Account
from survey_app.store.organisation import Counter, CounterCode, Unit
from survey_app.store.upgrade import upgrade

LOGIN, NAME = "inspector", "Cán bộ kiểm tra Mẫu 01"


def start(office: Office) -> None:
    """Make keys, database and demo office where they are missing, and say where the pages will be."""
    click.echo(f"== Database in {office.instance}")
    create_keys(office.instance)
    upgrade(office.unchecked_database)
    with office.database.reading() as connection:
        units = connection.scalar(select(func.count()).select_from(Unit))
    if units == 0:
        click.echo("== Demo office: the units of Nghệ An, made-up counters and officers")
        counts = demo_office(office.database, office.settings, office.now)
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    with office.database.writing() as connection:
        password = _one_time_password(connection, office)
        code = connection.scalar(select(CounterCode.code).join(Counter).order_by(Counter.code).limit(1))
    address = office.settings.base_url.rstrip("/")
    click.echo(f"\nA counter's page, for citizens:  {address}/q/{code}")
    click.echo(f"The inspector's desk:            {address}/evaluations")
    if password:
        click.echo(f"   sign in as {LOGIN} with the one-time password {password} (once, for one hour);")
        click.echo("   then choose a password, and set up an authenticator app for the second factor")
    else:
        click.echo(
            f"   sign in as {LOGIN} with your password and the code of your authenticator; "
            f"'survey account reset {LOGIN}' begins anew"
        )
    click.echo("\nA year of made-up responses comes with 'survey demo'. Ctrl-C ends the servers.\n")
    office.database.engine.dispose()


def _one_time_password(connection: Connection, office: Office) -> str | None:
    """Give a one-time password until the inspector has chosen one of their own."""
    found = connection.execute(
        select(Account.one_time_until, Account.password_hash).where(Account.login == LOGIN)
    ).one_or_none()
    if found is None:
        password = add_account(connection, LOGIN, NAME, office.now)
        grant(connection, LOGIN, "administrator", office.now)
        return password
    if found.one_time_until is not None or found.password_hash is None:
        return reset_account(connection, LOGIN, office.now)
    return None


if __name__ == "__main__":
    os.umask(0o077)
    instance = Path(os.environ.get("SURVEY_INSTANCE", "instance"))
    with faults_listed():
        start(Office(instance))
    command = [sys.executable, "-m", "survey_app", "--instance", str(instance), "run"]
    sys.stdout.flush()
    os.execv(sys.executable, command)
