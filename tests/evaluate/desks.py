"""Desks: made-up figures as the pages of the desk read them, and people who may see a part of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from flask import Flask
from sqlalchemy import Connection, func, select, text

from analysis.summary import AnswerRow, Month, Row, Summary
from survey_app.access.accounts import add_account
from survey_app.evaluate.details import encoded, of_officers, of_units
from survey_app.evaluate.shown import DESK, STAFF, UNIT, encode_rows
from survey_app.evaluate.snapshots import add_file
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from tests.pages import Clock, PageClient, come_in
from tests.provinces import keep

MADE = datetime(2026, 6, 14, 19, 0, tzinfo=UTC)
HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}'


def row(code: str, name: str = "Xã Mẫu", **figures: object) -> Row:
    """Give a row of a commune, with figures unless they are given otherwise."""
    plain: dict[str, object] = {
        "responses": 400, "answers": 400, "satisfied": 336, "served": 2960, "coverage": 400 / 2960,
        "rate": 0.84, "low": 0.80, "high": 0.88, "confidence_level": 0.95, "clusters": 90, "flagged": 0,
        "rate_without_flagged": 0.84, "grade": "high", "certainty": "likely",
        "verdict": "not_distinguishable", "peer_group": "commune", "rank_best": 3,
        "rank_worst": 96, "change": 0.048, "change_low": -0.006,
        "change_high": 0.102, "bound_low": 0.117, "bound_high": 0.978,
    }  # fmt: skip
    place = {
        "kind": "commune",
        "role": "serving",
        "measure": "overall",
        "parent_code": "40",
        "valid_from": None,
    }
    given = place | plain | figures
    questionnaire = str(given.pop("questionnaire", "counter-service"))
    versions = given.pop("versions", (f"{questionnaire}.v1",))
    return Row(
        period=str(given.pop("period", "2026-H1")),
        revision=0,
        code=code,
        name=name,
        questionnaire=questionnaire,
        versions=versions,  # type: ignore[arg-type]  # given as a tuple of texts
        **given,  # type: ignore[arg-type]  # as columns are named
    )


def hidden(code: str, name: str, **given: object) -> Row:
    """Give a row that hides its figures."""
    nothing = dict.fromkeys((*Row._fields[Row._fields.index("served") : -1],))
    return row(code, name, **{**nothing, "status": ("suppressed",), **given})


def answers(kind: str, code: str, question: str = "overall") -> tuple[AnswerRow, ...]:
    """Give how often each choice of a question was taken."""
    counts = {"1": 8, "2": 12, "3": 44, "4": 200, "5": 136}
    taken = [
        AnswerRow("2026-H1", 0, kind, "serving", code, None, question, choice, count, count / 400)
        for choice, count in counts.items()
    ]
    taken.append(AnswerRow("2026-H1", 0, kind, "serving", code, None, question, "skipped", 5))
    return tuple(taken)


def months(code: str) -> tuple[Month, ...]:
    """Give six months of a unit, one with too few responses."""
    numbers = (60, 70, 4, 80, 90, 96)
    return tuple(
        Month(
            f"2026-0{n}", date(2026, n, 1), date(2026, n, 14), "commune", code, responses,
            0.8 + n / 100, 0.7 + n / 100, 0.88 + n / 100,
        )
        for n, responses in enumerate(numbers, start=1)
    )  # fmt: skip


def office(label: str = "2026-H1", *, name: str = "Xã Mẫu 01", demo: bool = False) -> Summary:
    """Give a province of two communes, with a counter, a hidden one and two officers in the first."""
    from analysis.period import period

    officer = {
        "kind": "officer",
        "measure": "factor:officials",
        "parent_code": "01",
        "served": None,
        "coverage": None,
        "grade": None,
        "certainty": None,
        "rank_best": None,
        "rank_worst": None,
        "bound_low": None,
        "bound_high": None,
        "change": None,
        "change_low": None,
        "change_high": None,
    }
    rows = [
        row("40", "Tỉnh Mẫu", kind="province", parent_code=None, period=label, peer_group=None, verdict=None),
        row("01", name, period=label, flagged=27, rate_without_flagged=0.82),
        row("02", "Xã Đô Mẫu", period=label, rate=0.70, low=0.66, high=0.74, satisfied=280, grade="medium",
            certainty="certain", verdict="below", change=-0.052, change_low=-0.099, change_high=-0.005),
        row("01-1", "Quầy 1", kind="counter", parent_code="01", period=label, grade=None, rank_best=None),
        hidden("01-2", "Quầy 2", kind="counter", parent_code="01", period=label),
        row("C1", "Cán bộ Mẫu 01", period=label, **officer, status=("no_baseline",)),
        row("C1", "Cán bộ Mẫu 01", period=label, **(officer | {"measure": "question:officer_attitude"})),
        hidden("C2", "Cán bộ Mẫu 02", period=label, kind="officer", measure="factor:officials",
               parent_code="01"),
        row("01", name, period=label, measure="question:procedures", rate=0.71, low=0.66, high=0.76),
        row("01", name, period=label, measure="question:result"),
        row("01", name, period=label, measure="factor:procedures"),
        row("01", name, period=label, measure="index:pooled"),
    ]  # fmt: skip
    told = answers("commune", "01") + answers("officer", "C1", "officer_attitude")
    return Summary(period(label), tuple(rows), told, demo=demo, responses=800)


def keep_desk(
    database: Database, summary: Summary, made_at: datetime = MADE, trend: Sequence[Month] = ()
) -> int:
    """Store figures as the worker does: tables, and what the pages read."""
    number = keep(database, summary, made_at)
    files = {DESK: encode_rows(summary.rows)}
    files |= dict(encoded(of_units(summary, trend), UNIT)) | dict(encoded(of_officers(summary), STAFF))
    with database.writing() as connection:
        for name, content in files.items():
            add_file(connection, number, name, content)
    return number


def somebody(app: Flask, database: Database, clock: Clock, role: str, unit: str | None = None) -> PageClient:
    """Give somebody signed in with a role, on everything or on a unit and all below it."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    with database.writing() as connection:
        _count_on(connection)
        password = add_account(connection, f"desk.{role}", "Cán bộ Mẫu", clock(), role, unit=unit)
    come_in(client, f"desk.{role}", password, clock())
    return client


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL number accounts after those that were stored with numbers of their own."""
    last = connection.scalar(select(func.max(Account.id)))
    if last is not None and connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence('account', 'id'), :last)"), {"last": last}
        )
