"""Lifecycle: open, in review, closed, published: where a period stands, and the steps between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, text

from analysis.period import Period
from survey_app.access.audit import record
from survey_app.store.evaluations import Proposal, Revision, Stage
from survey_app.store.responses import Response

Step = Literal["coming", "open", "review", "closed", "published"]


class StepFault(ValueError):
    """A step that the period cannot take now; the text says why and what to do."""


@dataclass(frozen=True)
class Life:
    """Where a period stands; ``revision`` is the newest closed state, ``undecided`` counts proposals."""

    period: Period
    step: Step
    revision: Row[Any] | None
    undecided: int

    @property
    def closed(self) -> bool:
        """Whether there is a closed state."""
        return self.revision is not None

    def closes_from(self, grace: int) -> date:
        """Give the first day on which the period may be closed: late answers of kiosks get their days."""
        return self.period.last_day + timedelta(days=grace + 1)


def life(connection: Connection, period: Period, today: date) -> Life:
    """Say where a period stands."""
    revision = newest_revision(connection, period.label)
    name = connection.scalar(
        select(Stage.name).where(Stage.period == period.label).order_by(Stage.id.desc()).limit(1)
    )
    undecided = connection.scalar(
        select(func.count())
        .select_from(Proposal)
        .where(Proposal.period == period.label, Proposal.confirmed.is_(None))
    )
    step: Step = "coming" if today < period.first_day else "open"
    if revision is not None:
        step = "published" if name == "published" else "closed"
    elif name == "review":
        step = "review"
    return Life(period, step, revision, undecided or 0)


def newest_revision(connection: Connection, label: str) -> Row[Any] | None:
    """Give the newest closed state of a period."""
    query = select(*Revision.__table__.columns).where(Revision.period == label)
    return connection.execute(query.order_by(Revision.number.desc()).limit(1)).one_or_none()


def find_revision(connection: Connection, label: str, number: int | None = None) -> Row[Any]:
    """Give a closed state of a period, the newest if no number is named.

    Raises StepFault if there is none.
    """
    found = newest_revision(connection, label)
    if found is not None and number is not None and found.number != number:
        query = select(*Revision.__table__.columns)
        found = connection.execute(
            query.where(Revision.period == label, Revision.number == number)
        ).one_or_none()
    if found is None:
        which = "is not closed" if number is None else f"has no revision {number}"
        raise StepFault(f"{label}: {which}; 'survey period list' shows where each stands")
    return found


def begin_review(
    connection: Connection, period: Period, today: date, now: datetime, account: int | None
) -> None:
    """Begin the review of a period, in which doubtful responses are decided on.

    Raises StepFault if it has not begun, is in review or is closed.
    """
    step = life(connection, period, today).step
    if step == "coming":
        raise StepFault(f"{period.label}: begins on {period.first_day:%d/%m/%Y}; review it later")
    if step != "open":
        raise StepFault(f"{period.label}: is {step} already; it need not be put into review")
    _take(connection, period, "review", now, account)


def reopen(connection: Connection, period: Period, today: date, now: datetime, account: int | None) -> None:
    """Put a period in review back to open.

    Raises StepFault if it is not in review.
    """
    step = life(connection, period, today).step
    if step != "review":
        raise StepFault(f"{period.label}: is {step}, not in review; a closed period is never opened again")
    _take(connection, period, "open", now, account)


def publish(connection: Connection, period: Period, today: date, now: datetime, account: int | None) -> None:
    """Note that the results of a closed period were made public.

    Raises StepFault if it is not closed or was published.
    """
    step = life(connection, period, today).step
    if step != "closed":
        raise StepFault(f"{period.label}: is {step}; only a closed period can be published, once a revision")
    _take(connection, period, "published", now, account)


def cut_off(connection: Connection) -> int:
    """Give the number of the last response that arrived, with all lower ones stored.

    PostgreSQL hands out numbers before it stores rows: the lock waits for those on their way.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE response IN SHARE MODE"))
    return connection.scalar(select(func.max(Response.number))) or 0


def _take(connection: Connection, period: Period, name: str, now: datetime, account: int | None) -> None:
    connection.execute(insert(Stage).values(period=period.label, name=name, at=now, account_id=account))
    record(connection, f"period.{name}", now, account, period=period.label)
