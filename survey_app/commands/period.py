"""`survey period …`: review, close, revise, publish and verify a period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from analysis.period import Period, before, half_year_of, period
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.evaluate.closing import close
from survey_app.evaluate.lifecycle import begin_review, life, publish, reopen
from survey_app.evaluate.package import verify_package
from survey_app.evaluate.verifying import verify

Step = Callable[[Connection, Period, date, datetime, int | None], None]

SHOWN = 4
"""How many half-years the list goes back."""


@click.group("period")
def commands() -> None:
    """Lead a period through its life: open, in review, closed, published; revise and verify closed ones."""


@commands.command("list")
@pass_office
def list_command(office: Office) -> None:
    """Show where the last half-years and years stand."""
    with faults_listed(), office.database.reading() as connection:
        for each in _recent(office):
            stands = life(connection, each, _today(office))
            revision = stands.revision
            closed = f", revision {revision.number} of {revision.closed_at:%d/%m/%Y}" if revision else ""
            click.echo(
                f"{each.label}  {each.first_day:%d/%m/%Y} - {each.last_day:%d/%m/%Y}  {stands.step}{closed}"
            )


def _step(name: str, take: Step, done: str, about: str) -> None:
    """Add a command that takes a period one step on."""

    @commands.command(name, help=about)
    @click.argument("label")
    @pass_office
    def command(office: Office, label: str) -> None:
        with faults_listed(), office.database.writing() as connection:
            take(connection, _period(office, label), _today(office), office.now, None)
        click.echo(f"{label}: {done}")


_step("review", begin_review, "in review",
      "Put period LABEL into review: doubtful responses are decided on, then it is closed.")  # fmt: skip
_step("reopen", reopen, "open", "Put period LABEL from review back to open.")
_step("publish", publish, "published", "Note that the results of the closed period LABEL were made public.")


@commands.command("close")
@click.argument("label")
@pass_office
def close_command(office: Office, label: str) -> None:
    """Close period LABEL: its figures, files and columns are fixed and signed."""
    with faults_listed():
        if (closed := _revision(office, label)) is not None:
            raise ValueError(
                f"{label}: is closed already (revision {closed}); 'survey period revise' makes another"
            )
        number = close(office.database, office.settings, office.instance, label, office.now)
    click.echo(f"{label}: closed, revision {number}")


@commands.command("revise")
@click.argument("label")
@click.option("--reason", required=True, help="Why; stands in the manifest and in every report.")
@pass_office
def revise_command(office: Office, label: str, reason: str) -> None:
    """Make another revision of the closed period LABEL, from what is known now."""
    with faults_listed():
        if _revision(office, label) is None:
            raise ValueError(f"{label}: is not closed; 'survey period close' closes it")
        number = close(office.database, office.settings, office.instance, label, office.now, reason=reason)
    click.echo(f"{label}: revision {number}")


@commands.command("verify")
@click.argument("label", required=False)
@click.option("--revision", type=int, help="Default: the newest.")
@click.option(
    "--package", type=click.Path(path_type=Path, dir_okay=False), help="A package as it was downloaded."
)
@pass_office
def verify_command(office: Office, label: str | None, revision: int | None, package: Path | None) -> None:
    """Check the closed period LABEL, one thing after the other; exit code 1 if anything differs."""
    if package is not None:
        with faults_listed():
            if wrong := verify_package(office.instance, package.read_bytes()):
                raise ValueError("\n".join(f"{package}: {each}" for each in wrong))
        click.echo(f"{package}: is as it was signed")
        return
    if label is None:
        raise click.UsageError("name a period or a package")
    with faults_listed():
        checks = verify(office.database, office.settings, office.instance, label, revision)
    for check in checks:
        click.echo(f"{check.outcome:<12}  {check.what}" + (f": {check.seen}" if check.seen else ""))
    if any(check.outcome == "differs" for check in checks):
        raise SystemExit(1)


def _period(office: Office, label: str) -> Period:
    return period(label, office.settings.period_scheme)


def _revision(office: Office, label: str) -> int | None:
    """Give the number of the newest revision, if there is one."""
    with office.database.reading() as connection:
        revision = life(connection, _period(office, label), _today(office)).revision
    return None if revision is None else int(revision.number)


def _recent(office: Office) -> list[Period]:
    scheme = office.settings.period_scheme
    found = [half_year_of(_today(office), scheme)]
    while len(found) < SHOWN:
        found.append(before(found[-1], scheme))
    years = {each.label[:4] for each in found}
    return sorted([*found, *(period(f"{year}-Y", scheme) for year in years)], key=lambda each: each.last_day)


def _today(office: Office) -> date:
    return office.now.astimezone(office.settings.zone).date()
