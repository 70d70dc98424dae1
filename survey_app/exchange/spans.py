"""Spans: stretches of days or moments, of which no two of the same thing may overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from survey_app.exchange.csvfile import Row


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` until just before ``end`` (open if None); ``row`` is None for what is stored."""

    start: date | datetime
    end: date | datetime | None
    row: Row | None
    label: str

    @property
    def place(self) -> str:
        """Give where the span stands, for a message."""
        return f"{f'row {self.row.number}' if self.row else 'what is stored'} ({self.label})"


def label(first: date | datetime, last: date | datetime | None) -> str:
    """Give the words for a stretch that ends with ``last``, or is open; moments as local clocks show them."""
    return f"{_words(first)} to {_words(last)}" if last is not None else f"from {_words(first)} on"


def _words(end: date | datetime) -> str:
    return f"{end:%Y-%m-%d %H:%M}" if isinstance(end, datetime) else f"{end}"


def refuse_overlaps(spans: Iterable[Span], column: str, remedy: str) -> None:
    """Note a fault wherever a span of the file overlaps another one, naming that other."""
    longest: Span | None = None
    for span in sorted(spans, key=lambda span: span.start):
        if longest is not None and (longest.end is None or longest.end > span.start):
            this, other = (span, longest) if span.row is not None else (longest, span)
            if this.row is not None:
                this.row.fault(column, f"{this.label} overlaps {other.place}", remedy)
        if longest is None or (longest.end is not None and (span.end is None or span.end > longest.end)):
            longest = span
