"""Missing: numbered records of kiosks that did not arrive, as reports name them."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from analysis.period import Period
from survey_app.collect.kiosk_counts import gaps


def missing_records(connection: Connection, period: Period, zone: ZoneInfo) -> tuple[tuple[str, int], ...]:
    """Give each device that lacks records of a period, by unit and name, with how many."""
    lacking: Counter[str] = Counter()
    for gap in gaps(connection, period, zone):
        lacking[f"{gap.unit_name}, {gap.device}"] += gap.missing
    return tuple(sorted(lacking.items()))
