"""Arrived: how many responses came in, by unit with all below it: by day, channel and attribution."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, text

from analysis.period import Period
from analysis.ratings import Domain
from survey_app.evaluate.domains import Domains

UNNAMED = ("none", "ambiguous")
"""Attributions that name no officer."""
COUNTED = """
SELECT r.unit_id, r.service_day, r.channel, r.attribution, count(*) FROM response r
WHERE r.service_day >= :first AND r.service_day <= :last AND r.number <= :last_response
GROUP BY r.unit_id, r.service_day, r.channel, r.attribution
"""


class Day(msgspec.Struct, frozen=True, array_like=True):
    """Responses of a day, and how many of them name an officer."""

    responses: int = 0
    named: int = 0


class Arrived(msgspec.Struct, frozen=True):
    """What came in, with what was left out since, by the code of the unit."""

    days: dict[str, dict[date, Day]]
    channels: dict[str, dict[str, int]]
    attributions: dict[str, dict[str, int]]


def read_arrived(connection: Connection, period: Period, last_response: int, domains: Domains) -> Arrived:
    """Count the responses of a period, up to one by order of arrival."""
    bounds = {"first": period.first_day, "last": period.last_day, "last_response": last_response}
    days: dict[str, dict[date, Day]] = defaultdict(dict)
    channels: dict[str, Counter[str]] = defaultdict(Counter)
    attributions: dict[str, Counter[str]] = defaultdict(Counter)
    for unit, day, channel, attribution, count in connection.execute(text(COUNTED), bounds):
        if unit not in domains.unit_of:
            continue
        local = day if isinstance(day, date) else date.fromisoformat(day)
        named = 0 if attribution in UNNAMED else count
        for code in _upwards(domains.units, domains.unit_of[unit]):
            before = days[code].get(local, Day())
            days[code][local] = Day(before.responses + count, before.named + named)
            channels[code][channel] += count
            attributions[code][attribution] += count
    return Arrived(dict(days), dict(channels), dict(attributions))


def _upwards(units: Sequence[Domain], index: int | None) -> list[str]:
    """Give the codes of a unit and of all above it."""
    codes = []
    while index is not None:
        codes.append(units[index].code)
        index = units[index].parent
    return codes
