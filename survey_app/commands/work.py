"""`survey work` and `survey snapshot`: jobs, and a snapshot at once."""

from __future__ import annotations

import logging
import signal
from threading import Event

import click

from survey_app.access.audit import record
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.evaluate.snapshots import make_snapshot
from survey_app.worker import work


@click.command("work")
@pass_office
def work_command(office: Office) -> None:
    """Do the jobs that wait, and snapshots every night, until told to stop (SIGTERM, Ctrl-C)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with faults_listed():
        work(office.database, office.settings, lambda: office.now, stop, office.instance)


@click.command("snapshot")
@click.argument("period")
@pass_office
def snapshot_command(office: Office, period: str) -> None:
    """Make the figures of PERIOD (2026-H1, 2026-Y, 2026-Q1, 2026-03) as of now, for the desk."""
    with faults_listed():
        number = make_snapshot(office.database, office.settings, period, office.now)
        with office.database.writing() as connection:
            record(connection, "snapshot.made", office.now, period=period, evaluation=number)
    click.echo(f"{period}: snapshot {number} made")
