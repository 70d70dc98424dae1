"""Gradual: what heads and officers see of an open period moves by ten responses at least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from analysis.summary import Row
from survey_app.evaluate.details import Detail

STEP = 10
"""Fewest new responses behind any figure that is shown anew, or behind what is left besides it."""
SORTS = ("units", "counters", "officers")
HIDDEN = ("suppressed",)

Key = tuple[str, str, str | None]
REST: Key = ("rest", "", None)
"""What a unit has besides its parts of a sort, dealt with like one of them."""


def next_detail(old: Detail | None, new: Detail) -> Detail:
    """Give what is shown after a new snapshot, if ``old`` was shown before.

    The unit moves if it has ten responses more. Of its parts (the units below it; its counters; its officers;
    and what it has besides them) those move that have ten more themselves, as long as those that wait have
    together ten more than is shown, or none, and what the unit has besides the shown parts moves by ten or
    stays: else the smallest step waits too. So nothing that can be told from two views in a row rests on
    fewer than ten new responses.
    """
    if old is None:
        return msgspec.structs.replace(new, rest={sort: _rest(new, sort) for sort in SORTS})
    grown = _responses(new.rows) - _responses(old.rows)
    if abs(grown) < STEP:
        return old
    chosen, rest = {}, {}
    for sort in SORTS:
        chosen[sort], rest[sort] = _moved(
            _parts(old, sort), _parts(new, sort), old.rest[sort], _rest(new, sort), grown
        )
    return msgspec.structs.replace(
        new, below=chosen["units"] + chosen["counters"], officers=chosen["officers"], rest=rest
    )


def _parts(detail: Detail, sort: str) -> tuple[Row, ...]:
    if sort == "officers":
        return detail.officers
    return tuple(row for row in detail.below if (row.kind == "counter") == (sort == "counters"))


def _rest(detail: Detail, sort: str) -> int:
    """Give what the unit has besides its parts of a sort."""
    return _responses(detail.rows) - sum(row.responses or 0 for row in _parts(detail, sort))


def _moved(
    old: Sequence[Row], new: Sequence[Row], old_rest: int, new_rest: int, grown: int
) -> tuple[tuple[Row, ...], int]:
    """Choose of each part the old or the new row; ``grown`` is the step of their unit."""
    before = {_key(row): row for row in old}
    steps: dict[Key, int] = {
        _key(row): (row.responses or 0) - (before[_key(row)].responses or 0 if _key(row) in before else 0)
        for row in new
    }
    steps[REST] = new_rest - old_rest
    moving = sorted((key for key in steps if abs(steps[key]) >= STEP), key=lambda key: abs(steps[key]))
    while moving and not _safe(steps, moving, grown):
        del moving[0]
    rows = tuple(
        row
        if steps[_key(row)] == 0 or _key(row) in moving or row.status == HIDDEN
        else before.get(_key(row)) or _hidden(row)
        for row in new
    )
    return rows, new_rest if REST in moving else old_rest


def _safe(steps: Mapping[Key, int], moving: Sequence[Key], grown: int) -> bool:
    """Whether those that wait, and what is left besides the shown parts, have ten more or none."""
    waiting = sum(step for key, step in steps.items() if key not in moving)
    left = grown - sum(steps[key] for key in moving if key != REST)
    return all(number == 0 or abs(number) >= STEP for number in (waiting, left))


def _key(row: Row) -> Key:
    return row.kind, row.code, row.valid_from


def _responses(rows: Sequence[Row]) -> int:
    return max((row.responses or 0 for row in rows if row.role == "serving"), default=0)


def _hidden(row: Row) -> Row:
    """Give a row that is not shown yet, as one that hides."""
    names = ("period", "revision", "kind", "role", "code", "valid_from", "name", "parent_code")
    kept = {name: getattr(row, name) for name in names}
    return Row(**kept, questionnaire="", versions=(), measure=row.measure, status=HIDDEN)
