"""Posters: what stands at a counter with its QR code: cards, posters, table tents, and codes alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import Connection, or_, select

from survey_app.collect.attribution import unit_on
from survey_app.collect.codes import spaced
from survey_app.collect.drawing import squares
from survey_app.config import Settings
from survey_app.store.organisation import Counter, CounterCode, Unit

Format = Literal["pdf", "svg", "png"]
Shape = Literal["a5", "a4", "tent", "code"]

TEMPLATE = Path(__file__).with_name("card.typ")
FACES = Path(__file__).parents[1] / "templates" / "citizen" / "faces.svg"
RESOLUTION = 300
"""Pixels per inch of a PNG."""

_NUMBERED = re.compile(r"quầy\s+(?:số\s+)?([0-9]{1,3}[a-zđ]?)(?:\s*[·:,–—-]\s*(.+))?", re.IGNORECASE)
_SYMBOL = re.compile(r'<symbol id="f\d" viewBox="0 0 48 48">(.*?)</symbol>')
_LINES = (
    "fill:none;stroke:#15191e;stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round",
    ".m{fill:#15191e}.d{stroke-width:4.6}",
)


class NoCards(ValueError):
    """There is no card to print for a unit."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a counter's card shows; ``code`` is the one in force."""

    counter_code: str
    counter: str
    unit: str
    unit_en: str | None
    code: str


def find_cards(connection: Connection, unit_code: str, day: date, *, below: bool = False) -> list[Card]:
    """Give the cards of the counters that a unit (with ``below`` those below it too) runs on a day.

    Raises NoCards if there is no such unit, it runs no open counter, or a counter has no code in force.
    """
    alive = (Unit.valid_from <= day, or_(Unit.valid_to.is_(None), Unit.valid_to >= day))
    units = connection.execute(select(Unit.id, Unit.code, Unit.parent_id).where(*alive)).all()
    wanted = {unit.id for unit in units if unit.code == unit_code}
    if not wanted:
        raise NoCards(f"unit {unit_code!r}: none has this code on {day}; 'survey import units FILE' adds it")
    while below and (more := {unit.id for unit in units if unit.parent_id in wanted} - wanted):
        wanted |= more
    counters = connection.execute(
        select(Counter.id, Counter.code, Counter.name, Counter.unit_id)
        .where(Counter.valid_from <= day, or_(Counter.valid_to.is_(None), Counter.valid_to >= day))
        .order_by(Counter.code)
    ).all()
    runs = {unit_id: unit_on(connection, unit_id, day) for unit_id in {c.unit_id for c in counters}}
    order = {unit.id: unit.code for unit in units}
    shown = sorted(
        (counter for counter in counters if runs[counter.unit_id].id in wanted),
        key=lambda counter: order[runs[counter.unit_id].id],
    )
    if not shown:
        advice = "" if below else "; --below takes the units below it too"
        raise NoCards(f"unit {unit_code!r}: runs no open counter on {day}{advice}")
    codes = _codes_in_force(connection)
    if bare := [counter.code for counter in shown if counter.id not in codes]:
        raise NoCards(f"counters {', '.join(bare)}: have no code in force; give each a new one first")
    return [Card(c.code, c.name, runs[c.unit_id].name, runs[c.unit_id].name_en, codes[c.id]) for c in shown]


def _codes_in_force(connection: Connection) -> dict[int, str]:
    """Give the newest code of each counter that has one."""
    query = select(CounterCode.counter_id, CounterCode.code).where(CounterCode.retired_at.is_(None))
    rows = connection.execute(query.order_by(CounterCode.created_at, CounterCode.code))
    return {row.counter_id: row.code for row in rows}


def print_cards(cards: Sequence[Card], settings: Settings, form: Format, shape: Shape = "a5") -> list[bytes]:
    """Give one PDF with a page a card, or one SVG or PNG a card; the same bytes each time."""
    from analysis.report.typesetting import typeset

    data = {
        "asker": {"vi": settings.asker.vi, "en": settings.asker.text("en")},
        "faces": faces(),
        "shape": shape,
        "cards": [_shown(card, settings.base_url.rstrip("/")) for card in cards],
    }
    if form == "pdf":
        return [typeset(TEMPLATE, data)]
    return typeset(TEMPLATE, data, format=form, ppi=RESOLUTION)


def _shown(card: Card, base_url: str) -> dict[str, object]:
    number, about = numbered(card.counter)
    return {
        "unit": card.unit,
        "unit_en": card.unit_en or "",
        "number": number,
        "about": about,
        "site": f"{urlsplit(base_url).netloc}/q/",
        "code": spaced(card.code),
        "squares": squares(f"{base_url}/q/{card.code}"),
    }


def numbered(counter: str) -> tuple[str, str]:
    """Give the number in a counter's name and the rest of it; no number if it does not begin with one.

    >>> numbered("Quầy số 3 · Hộ tịch, chứng thực"), numbered("Quầy 12"), numbered("Bàn hướng dẫn")
    (('3', 'Hộ tịch, chứng thực'), ('12', ''), ('', 'Bàn hướng dẫn'))
    """
    found = _NUMBERED.fullmatch(counter.strip())
    return (found[1], found[2] or "") if found else ("", counter)


@cache
def faces() -> tuple[str, ...]:
    """Give the five faces, from very dissatisfied to very satisfied, each as a drawing of its own."""
    lines, style = _LINES
    return tuple(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" style="{lines}">'
        f"<style>{style}</style>{drawing}</svg>"
        for drawing in _SYMBOL.findall(FACES.read_text(encoding="utf-8"))
    )


def file_names(cards: Collection[Card], file: Path) -> list[str]:
    """Give a file's name a card: the file's own for a single one, else with the counter's code in it."""
    if len(cards) == 1:
        return [file.name]
    return [f"{file.stem}-{_plain(card.counter_code)}{file.suffix}" for card in cards]


def _plain(code: str) -> str:
    return re.sub(r"[^\w.-]", lambda sign: f"%{ord(sign[0]):02X}", code)
