"""Verify job: checks the newest closed state of a period in the worker, and keeps what came out."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from survey_app.access.audit import record
from survey_app.evaluate.lifecycle import find_revision
from survey_app.evaluate.snapshots import add_file, newest, read_file
from survey_app.jobs import Work

VERIFY = "verify"
"""The kind of job; its argument is the period."""
KEPT = "verify.json"


class Checked(msgspec.Struct, frozen=True):
    """One thing that was looked at, its outcome (``ok``, ``differs``, ``not compared``), what was seen."""

    what: str
    outcome: str
    seen: str = ""


class Verified(msgspec.Struct, frozen=True):
    """When which closed state was verified, and what came out."""

    revision: int
    at: datetime
    checks: tuple[Checked, ...]

    def count(self, outcome: str) -> int:
        """Count the checks that came out so."""
        return sum(each.outcome == outcome for each in self.checks)


def run(work: Work) -> None:
    """Verify the newest closed state of a period; raises StepFault if there is none."""
    from survey_app.evaluate.verifying import verify

    with work.database.reading() as connection:
        number = int(find_revision(connection, work.argument).number)
    found = verify(work.database, work.settings, work.instance, work.argument, number)
    checks = tuple(Checked(each.what, each.outcome, each.seen) for each in found)
    kept = Verified(number, work.now, checks)
    with work.database.writing() as connection:
        made = newest(connection, work.argument)
        assert made is not None  # closing makes one
        add_file(connection, made.id, KEPT, msgspec.json.encode(kept))
        record(
            connection,
            "period.verified",
            work.now,
            work.asked_by,
            period=work.argument,
            revision=number,
            differs=kept.count("differs"),
        )


def verified(connection: Connection, label: str) -> Verified | None:
    """Give what came out when a closed state was verified last."""
    made = newest(connection, label)
    content = read_file(connection, made.id, KEPT) if made is not None else None
    return msgspec.json.decode(content, type=Verified) if content is not None else None
