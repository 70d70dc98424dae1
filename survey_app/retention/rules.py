"""Rules: what is erased from which day on, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, false, func, or_, select, update

from survey_app.access import audit
from survey_app.collect.sources import midnight, minute_of
from survey_app.config import Settings
from survey_app.retention.closed import Closed, closed_halves, closed_years, months_before
from survey_app.store.accounts import FailedSignIn
from survey_app.store.evaluations import Evaluation, Output, Proposed
from survey_app.store.jobs import Job
from survey_app.store.responses import Comment, Flag, Part, Receipt, Response, Sending, Slip

TIMES_DAYS = 90
RECEIPT_MONTHS = 12
AUDIT_YEARS = 10
SPENT = timedelta(hours=48)
FAILED = timedelta(hours=1)
FINISHED = timedelta(days=30)
SNAPSHOTS = timedelta(days=14)

Keys = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is erased: the keys of its rows, and what erases those of some keys.

    ``before`` is the local day or moment that what goes is older than, as it is printed.
    """

    name: str
    what: str
    before: str
    why: str
    doomed: Select[Any]
    erase: Callable[[Connection, Keys], object]


def rules(connection: Connection, settings: Settings, now: datetime) -> tuple[Rule, ...]:
    """Give what is to be erased now, in the order in which it can be."""
    halves = closed_halves(connection, settings)
    today = now.astimezone(settings.zone).date()
    return (
        _comments(settings, today),
        _times(halves, today),
        _answers(closed_years(halves, settings), settings, today),
        _receipts(today),
        *_hours(settings, now),
        _snapshots(settings, now),
        _audit(settings, now, today),
    )


def _comments(settings: Settings, today: date) -> Rule:
    before = months_before(today, settings.comment_months)
    doomed = select(Comment.response_number).join(Response, Response.number == Comment.response_number)
    return Rule(
        "comments",
        "comments",
        f"{before}",
        f"kept {settings.comment_months} months after the visit",
        doomed.where(Response.service_day < before),
        lambda connection, keys: connection.execute(delete(Comment).where(Comment.response_number.in_(keys))),
    )


def _times(halves: list[Closed], today: date) -> Rule:
    before = today - timedelta(days=TIMES_DAYS)
    timed = or_(Response.answered_at.is_not(None), Response.received_at.is_not(None))
    return Rule(
        "times",
        "exact times of responses",
        f"closed {before}",
        f"kept {TIMES_DAYS} days after the half-year is closed; the day stays",
        select(Response.number).where(_inside(halves, before), timed),
        _forget_times,
    )


def _forget_times(connection: Connection, keys: Keys) -> None:
    connection.execute(update(Part).where(Part.response_number.in_(keys)).values(received_at=None))
    timeless = {"answered_at": None, "received_at": None}
    connection.execute(update(Response).where(Response.number.in_(keys)).values(timeless))


def _answers(years: list[Closed], settings: Settings, today: date) -> Rule:
    before = months_before(today, 12 * settings.answer_years)
    return Rule(
        "answers",
        "responses and their answers",
        f"closed {before}",
        f"kept {12 * settings.answer_years} months after the year is closed; its frozen files stay",
        select(Response.number).where(_inside(years, before)),
        _forget_responses,
    )


def _forget_responses(connection: Connection, keys: Keys) -> None:
    for table in (Proposed, Flag, Comment, Part):  # the proposals themselves stay
        connection.execute(delete(table).where(table.response_number.in_(keys)))
    connection.execute(delete(Response).where(Response.number.in_(keys)))


def _inside(closed: list[Closed], before: date) -> ColumnElement[bool]:
    """Whether the day of a response lies in what was closed before a day."""
    days = [each.period for each in closed if each.day < before]
    return or_(false(), *(Response.service_day.between(each.first_day, each.last_day) for each in days))


def _receipts(today: date) -> Rule:
    before = f"{months_before(today, RECEIPT_MONTHS):%Y-%m}"
    return Rule(
        "receipts",
        "receipts given out",
        before,
        f"kept {RECEIPT_MONTHS} months, by month",
        select(Receipt.receipt).where(Receipt.month < before),
        lambda connection, keys: connection.execute(delete(Receipt).where(Receipt.receipt.in_(keys))),
    )


def _hours(settings: Settings, now: datetime) -> tuple[Rule, ...]:
    """Give the rules that count hours and days from a moment, whatever was closed."""

    def local(moment: datetime) -> str:
        return f"{moment.astimezone(settings.zone):%Y-%m-%d %H:%M}"

    return (
        Rule(
            "sources",
            "hashes of network addresses",
            local(midnight(now, settings.zone)),
            "kept until midnight; their key goes then too",
            select(Sending.source).where(_before_today(settings, now)).distinct(),
            lambda connection, keys: connection.execute(
                delete(Sending).where(Sending.source.in_(keys), _before_today(settings, now))
            ),
        ),
        Rule(
            "slips",
            "links from spent slips to responses",
            local(now - SPENT),
            "kept 48 hours; that the slip is spent stays",
            select(Slip.hash).where(Slip.spent_at < now - SPENT, Slip.response_digest.is_not(None)),
            lambda connection, keys: connection.execute(
                update(Slip).where(Slip.hash.in_(keys)).values(response_digest=None)
            ),
        ),
        Rule(
            "sign_ins",
            "failed sign-ins",
            local(now - FAILED),
            "kept an hour",
            select(FailedSignIn.id).where(FailedSignIn.at < now - FAILED),
            lambda connection, keys: connection.execute(
                delete(FailedSignIn).where(FailedSignIn.id.in_(keys))
            ),
        ),
        Rule(
            "jobs",
            "finished jobs",
            local(now - FINISHED),
            f"kept {FINISHED.days} days",
            select(Job.id).where(Job.state.in_(("done", "failed")), Job.ended_at < now - FINISHED),
            lambda connection, keys: connection.execute(delete(Job).where(Job.id.in_(keys))),
        ),
    )


def _before_today(settings: Settings, now: datetime) -> ColumnElement[bool]:
    return Sending.minute < minute_of(midnight(now, settings.zone))


def _snapshots(settings: Settings, now: datetime) -> Rule:
    before = now - SNAPSHOTS
    newest = select(func.max(Evaluation.id)).group_by(Evaluation.period)
    old = select(Evaluation.id).where(Evaluation.made_at < before, Evaluation.id.not_in(newest))
    return Rule(
        "snapshots",
        "snapshots",
        f"{before.astimezone(settings.zone):%Y-%m-%d %H:%M}",
        f"kept {SNAPSHOTS.days} days; the newest of each period stays",
        old,
        _forget_snapshots,
    )


def _forget_snapshots(connection: Connection, keys: Keys) -> None:
    connection.execute(delete(Output).where(Output.evaluation_id.in_(keys)))
    connection.execute(delete(Evaluation).where(Evaluation.id.in_(keys)))


def _audit(settings: Settings, now: datetime, today: date) -> Rule:
    year = date(today.year - AUDIT_YEARS, 1, 1)
    before = datetime.combine(year, time(), settings.zone)
    return Rule(
        "audit",
        "audit entries",
        f"{year}",
        f"kept {AUDIT_YEARS} years, by year",
        audit.erasable(before),
        lambda connection, keys: audit.erase(connection, before, now, len(keys)),
    )
