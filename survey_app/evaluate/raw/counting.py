"""Counting: how many responses an export must hold, by another query than the reader's."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam

from survey_app.evaluate.inclusion import Bounds, as_of

COUNTED = """
WITH told AS (
  SELECT d.response_number, p.kind, p.unit_id, p.deciding_unit_id, row_number() OVER (
    PARTITION BY d.response_number, CASE WHEN p.kind = 'correct' THEN 1 ELSE 0 END
    ORDER BY p.decided_at DESC, p.id DESC
  ) AS place
  FROM proposed d JOIN proposal p ON p.id = d.proposal_id
  WHERE p.confirmed AND p.decided_at <= :until
)
SELECT r.release_id, count(*)
FROM response r
LEFT JOIN told e ON e.response_number = r.number AND e.place = 1 AND e.kind <> 'correct'
LEFT JOIN told c ON c.response_number = r.number AND c.place = 1 AND c.kind = 'correct'
WHERE r.service_day BETWEEN :first AND :last AND r.number <= :last_response
  AND EXISTS (SELECT 1 FROM part WHERE part.response_number = r.number)
  AND (e.kind IS NULL OR e.kind = 'include')
  {within}
GROUP BY r.release_id
"""
WITHIN = """AND (
    CASE WHEN c.kind IS NULL THEN r.unit_id ELSE c.unit_id END IN :units
    OR CASE WHEN c.kind IS NULL THEN r.deciding_unit_id ELSE c.deciding_unit_id END IN :units
  )"""


def count_responses(
    connection: Connection, bounds: Bounds, units: Collection[int] | None = None
) -> dict[int, int]:
    """Give how many responses of each version count, of some units of the store alone if they are given."""
    query = as_of(COUNTED.format(within="" if units is None else WITHIN))
    given = dict(bounds)
    if units is not None:
        query = query.bindparams(bindparam("units", expanding=True))
        given["units"] = list(units)
    return {int(release): int(count) for release, count in connection.execute(query, given)}
