"""`survey account …`: add, reset, disable."""

from __future__ import annotations

import click

from survey_app.access.accounts import add_account, disable_account, reset_account
from survey_app.commands.office import Office, faults_listed, pass_office


@click.group("account")
def commands() -> None:
    """Let people in, give them a new password, and let them in no more."""


@commands.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Name of the person.")
@pass_office
def add_command(office: Office, login: str, name: str) -> None:
    """Make an account for an inspector and print its one-time password."""
    with faults_listed(), office.database.writing() as connection:
        password = add_account(connection, login, name, office.now)
    _tell(login, password)


@commands.command("reset")
@click.argument("login")
@pass_office
def reset_command(office: Office, login: str) -> None:
    """End all sessions of an account and print a new one-time password."""
    with faults_listed(), office.database.writing() as connection:
        password = reset_account(connection, login, office.now)
    _tell(login, password)


@commands.command("disable")
@click.argument("login")
@pass_office
def disable_command(office: Office, login: str) -> None:
    """End all sessions of an account and let it in no more."""
    with faults_listed(), office.database.writing() as connection:
        disable_account(connection, login, office.now)
    click.echo(f"{login.casefold()}: disabled")


def _tell(login: str, password: str) -> None:
    click.echo(f"{login.casefold()}: one-time password {password}")
    click.echo("It works once, for one hour, and is not shown again.")
