"""Slips: codes on paper that work once, each handed out after a visit to a counter."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from survey_app.collect.attribution import Place, PostedCounter
from survey_app.collect.codes import SLIP, new_signs
from survey_app.store.responses import Slip

RETRIED = timedelta(hours=48)
"""How long a response that spent a slip may be sent again: as long as the slip is tied to it."""

MOST = 10_000
"""How many are made at once: a sheet holds ten."""

FACTS: Mapping[str | None, Mapping[str, str]] = {
    "received": {"stage": "received"},
    "more_papers": {"stage": "supplement"},
    "refused": {"stage": "rejected"},  # in questionnaires "refused" is no answer at all
    "result": {"stage": "result"},
}
"""What a questionnaire is told of the place, by the stage of a slip: it does not ask again."""


class Spent(ValueError):
    """Another response spent the slip."""


def make_slips(
    connection: Connection,
    keys: Sequence[str],
    counter_id: int,
    count: int,
    now: datetime,
    *,
    officer_id: int | None = None,
    procedure_id: int | None = None,
    stage: str | None = None,
) -> list[str]:
    """Make slips for visits to a counter and give their codes, which are kept nowhere."""
    codes = [new_signs(SLIP) for _ in range(count)]
    shared = {
        "counter_id": counter_id,
        "officer_id": officer_id,
        "procedure_id": procedure_id,
        "stage": stage,
        "made_at": now,
    }
    connection.execute(insert(Slip), [{"hash": _hash(keys[0], code), **shared} for code in codes])
    return codes


def find_slip(connection: Connection, keys: Sequence[str], code: str) -> Row[Any] | None:
    """Give the row of a slip, None if there is none under one of the keys."""
    hashes = [_hash(key, code) for key in keys]
    query = select(*Slip.__table__.columns).where(Slip.hash.in_(hashes))
    return connection.execute(query).one_or_none()


def spend(connection: Connection, slip: Row[Any], response: str, now: datetime) -> bool:
    """Let a response spend a slip, once; give whether it did so now (False: it had done so before).

    Of two at once the database lets one be first. Raises Spent if another response was.
    """
    digest = hashlib.blake2b(response.encode("ascii"), key=slip.hash, digest_size=32).digest()
    taken = connection.execute(
        update(Slip)
        .where(Slip.hash == slip.hash, Slip.spent_at.is_(None))
        .values(spent_at=now, response_digest=digest)
    )
    if taken.rowcount == 1:
        return True
    if connection.scalar(select(Slip.response_digest).where(Slip.hash == slip.hash)) != digest:
        raise Spent("slip: another response spent it; each works once")
    return False


def attribute_slip(counter: PostedCounter, slip: Row[Any]) -> tuple[Place, str]:
    """Give place and attribution of an answer to a slip: whom and what it was made for, and nobody else."""
    place = counter.place
    named = Place(place.unit_id, place.deciding_unit_id, place.counter_id, slip.officer_id, slip.procedure_id)
    return named, "slip"


def _hash(key: str, code: str) -> bytes:
    return hashlib.blake2b(
        code.encode("ascii"), key=bytes.fromhex(key), digest_size=32, person=b"slip"
    ).digest()
