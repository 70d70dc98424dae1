"""`survey demo`: a made-up province with a year of responses."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from sqlalchemy import Connection, func, select

from analysis.period import half_year_of
from survey_app import jobs
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.config import Settings
from survey_app.evaluate.snapshots import SNAPSHOT
from survey_app.store.organisation import Counter, CounterCode
from survey_app.store.responses import Response


@click.command("demo")
@click.option("--office-only", is_flag=True, help="Units, counters and officers, no responses.")
@click.option("--responses", type=click.IntRange(1), default=40_000, show_default=True,
              help="How many responses the year has.")  # fmt: skip
@pass_office
def command(office: Office, office_only: bool, responses: int) -> None:
    """Fill an empty database with a made-up province and a year of responses; its figures say DEMO."""
    # Not at the top: `survey run` imports this module, and web processes do without the national list.
    from survey_app.demo.office import demo_office
    from survey_app.demo.responses import demo_year

    now = office.now
    with faults_listed():
        counts = demo_office(office.database, office.settings, now)
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
        if not office_only:
            stored = demo_year(office.database, office.settings, now, responses=responses)
            with office.database.writing() as connection:
                asked = _ask_for_snapshots(connection, office.settings, now)
            click.echo(f"{stored} made-up responses; 'survey work' makes the figures of {', '.join(asked)}")
        with office.database.reading() as connection:
            code = connection.scalar(select(CounterCode.code).join(Counter).order_by(Counter.code).limit(1))
    click.echo(f"{office.settings.base_url.rstrip('/')}/q/{code}")


def _ask_for_snapshots(connection: Connection, settings: Settings, now: datetime) -> list[str]:
    """Ask for the figures of every half-year with responses; give their labels."""
    first, last = connection.execute(
        select(func.min(Response.service_day), func.max(Response.service_day))
    ).one()
    labels = []
    while first <= last:
        half = half_year_of(first, settings.period_scheme)
        jobs.ask(connection, SNAPSHOT, half.label, now)
        labels.append(half.label)
        first = half.last_day + timedelta(days=1)
    return labels
