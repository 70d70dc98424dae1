"""`survey account …`: add, grant, revoke, email, reset, disable, list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy import Connection

from survey_app.access.accounts import (
    add_account,
    change_email,
    disable_account,
    list_accounts,
    reset_account,
)
from survey_app.access.audit import record
from survey_app.access.grants import GrantOf, grant, revoke
from survey_app.access.roles import ROLES
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.notices import warn

Command = TypeVar("Command", bound=Callable[..., None])


def place_options(command: Command) -> Command:
    """Give a command the options that say where a role holds."""
    command = click.option("--officer", metavar="CODE", help="Whom an officer's account is of.")(command)
    return click.option("--unit", metavar="CODE", help="Where it holds: here and below; else everywhere.")(
        command
    )


@click.group("account")
def commands() -> None:
    """Let people in, say what they may do, give them a new password, and let them in no more."""


@commands.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True)
@place_options
@click.option(
    "--email", metavar="ADDRESS", help="For messages; a provider of sign-ins knows the person by it."
)
@pass_office
def add_command(
    office: Office, login: str, name: str, role: str, unit: str | None, officer: str | None, email: str | None
) -> None:
    """Make an account and print its one-time password."""
    with faults_listed(), office.database.writing() as connection:
        password = add_account(
            connection, login, name, office.now, role, unit=unit, officer=officer, email=email
        )
        record(
            connection,
            "account.added",
            office.now,
            login=login.casefold(),
            role=role,
            unit=unit,
            officer=officer,
        )
    _tell(login, password)


@commands.command("grant")
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES), required=True)
@place_options
@pass_office
def grant_command(office: Office, login: str, role: str, unit: str | None, officer: str | None) -> None:
    """Give an account one more role; it holds at once."""
    with faults_listed(), office.database.writing() as connection:
        grant(connection, login, role, office.now, unit=unit, officer=officer)
        warn(connection, office.settings, login, "roles", office.now)
        _note(connection, "account.granted", office, login, role, unit, officer)
    click.echo(f"{login.casefold()}: {_words(GrantOf(role, unit_code=unit, officer_code=officer))} granted")


@commands.command("revoke")
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES), required=True)
@place_options
@pass_office
def revoke_command(office: Office, login: str, role: str, unit: str | None, officer: str | None) -> None:
    """Take a role from an account; it ends at once."""
    with faults_listed(), office.database.writing() as connection:
        revoke(connection, login, role, unit=unit, officer=officer)
        warn(connection, office.settings, login, "roles", office.now)
        _note(connection, "account.revoked", office, login, role, unit, officer)
    click.echo(f"{login.casefold()}: {_words(GrantOf(role, unit_code=unit, officer_code=officer))} revoked")


@commands.command("email")
@click.argument("login")
@click.argument("address", required=False)
@click.option("--none", "empty", is_flag=True, help="Leave the account without an address.")
@pass_office
def email_command(office: Office, login: str, address: str | None, empty: bool) -> None:
    """Give an account another mail ADDRESS, or none with --none."""
    if empty == bool((address or "").strip()):
        raise click.UsageError("write either the address or --none")
    with faults_listed(), office.database.writing() as connection:
        change_email(connection, login, address)
        record(connection, "account.email", office.now, login=login.casefold())
    click.echo(f"{login.casefold()}: {'no mail address' if empty else 'mail address changed'}")


@commands.command("reset")
@click.argument("login")
@pass_office
def reset_command(office: Office, login: str) -> None:
    """End sessions, password and second factor of an account and print a new one-time password."""
    with faults_listed(), office.database.writing() as connection:
        password = reset_account(connection, login, office.now)
        warn(connection, office.settings, login, "reset", office.now)
        record(connection, "account.reset", office.now, login=login.casefold())
    _tell(login, password)


@commands.command("disable")
@click.argument("login")
@pass_office
def disable_command(office: Office, login: str) -> None:
    """End all sessions of an account and let it in no more."""
    with faults_listed(), office.database.writing() as connection:
        disable_account(connection, login, office.now)
        warn(connection, office.settings, login, "disabled", office.now)
        record(connection, "account.disabled", office.now, login=login.casefold())
    click.echo(f"{login.casefold()}: disabled")


@commands.command("list")
@pass_office
def list_command(office: Office) -> None:
    """List the accounts: login, name, roles, and whether there is a second factor."""
    with faults_listed(), office.database.reading() as connection:
        for row, grants in list_accounts(connection, office.now.date()):
            state = (
                "disabled" if row.disabled_at else "second factor" if row.second_factor else "password alone"
            )
            roles = ", ".join(map(_words, grants)) or "no role"
            click.echo(f"{row.login}  {row.name}  {row.email or '-'}  {roles}  {state}")


def _words(granted: GrantOf) -> str:
    where = granted.unit_code or granted.officer_code
    ended = " (ended)" if granted.ended else ""
    return f"{granted.role} of {where}{ended}" if where else granted.role


def _note(
    connection: Connection,
    action: str,
    office: Office,
    login: str,
    role: str,
    unit: str | None,
    officer: str | None,
) -> None:
    record(connection, action, office.now, login=login.casefold(), role=role, unit=unit, officer=officer)


def _tell(login: str, password: str) -> None:
    click.echo(f"{login.casefold()}: one-time password {password}")
    click.echo("It works once, for one hour, and is not shown again.")
