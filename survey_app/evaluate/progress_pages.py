"""Progress pages: how far the units of a period are, as of the last snapshot, never live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from flask import render_template, request
from flask.typing import ResponseReturnValue

from analysis.period import Period
from analysis.report.collation import unit_key
from analysis.summary import Row
from survey_app.access.guard import required
from survey_app.evaluate.arrived import Arrived, Day
from survey_app.evaluate.comments import months_of
from survey_app.evaluate.need import NEED, Need
from survey_app.evaluate.scoped import period_or_404, scope_in
from survey_app.evaluate.shown import ARRIVED, DESK, decode_rows
from survey_app.evaluate.snapshots import newest, read_file
from survey_app.ground import database, desk_blueprint, settings, today

progress = desk_blueprint("progress", __name__, "/evaluations/<label>/progress")

READERS = ("inspector", "auditor")


@dataclass(frozen=True)
class Span:
    """A month or week of the period."""

    name: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Line:
    """How far a unit is; ``counts`` are its responses by month or week."""

    code: str
    name: str
    need: Need
    counts: tuple[int, ...]
    last_day: date | None
    attributed: float | None


@progress.get("")
@required(*READERS)
def overview(label: str) -> ResponseReturnValue:
    """Show every unit's responses by month or week, beside what a band and a plan need."""
    this = period_or_404(label)
    weekly = request.args.get("by") == "week"
    short = request.args.get("show") == "short"
    with database().reading() as connection:
        scope = scope_in(connection, this, *READERS)
        made = newest(connection, label)
        content = read_file(connection, made.id, DESK) if made is not None else None
        rows = [row for row in decode_rows(content) if scope.holds(row.code)] if content is not None else []
        spans = _spans(this, weekly)
        came = read_file(connection, made.id, ARRIVED) if made is not None else None
        days = msgspec.json.decode(came, type=Arrived).days if came is not None else {}
        found = _lines(rows, days, spans)
    lines = [line for line in found if not short or not line.need.enough]
    return render_template(
        "evaluate/progress/list.html",
        period=this,
        made=made,
        demo=made is not None and made.demo,
        spans=spans,
        weekly=weekly,
        short=short,
        lines=lines,
        enough=sum(line.need.enough for line in found),
        total=len(found),
        most=max((count for line in lines for count in line.counts), default=0),
        need=NEED,
        elapsed=_elapsed(this),
    )


def _spans(this: Period, weekly: bool) -> list[Span]:
    """Give the months of a period, or the last eight weeks up to today."""
    if not weekly:
        return [Span(each.label[5:], each.first_day, each.last_day) for each in months_of(this, settings())]
    last = min(this.last_day, today()).toordinal()
    firsts = [last - 7 * back - 6 for back in range(7, -1, -1)]
    weeks = [(date.fromordinal(first), date.fromordinal(first + 6)) for first in firsts]
    return [Span(f"{end:%d/%m}", first, end) for first, end in weeks if end >= this.first_day]


def _lines(rows: list[Row], days: Mapping[str, Mapping[date, Day]], spans: list[Span]) -> list[Line]:
    """Give the units below the province, each with the responses of all below it."""
    return [
        _line(row, days.get(row.code, {}), spans)
        for row in sorted(rows, key=lambda row: unit_key(row.name))
        if row.kind != "counter" and row.role == "serving" and row.parent_code is not None
    ]


def _line(row: Row, days: Mapping[date, Day], spans: list[Span]) -> Line:
    total = sum(day.responses for day in days.values())
    named = sum(day.named for day in days.values())
    return Line(
        row.code,
        row.name,
        Need.of(row),
        tuple(
            sum(each.responses for day, each in days.items() if span.first_day <= day <= span.last_day)
            for span in spans
        ),
        max(days, default=None),
        named / total if total else None,
    )


def _elapsed(this: Period) -> float:
    """Give the part of the period that is over."""
    days = (this.last_day - this.first_day).days + 1
    gone: Any = (min(today(), this.last_day) - this.first_day).days + 1
    return float(min(max(gone / days, 0.0), 1.0))
