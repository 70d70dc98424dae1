"""Audit job: verifies the chain of the audit in the worker, and says what was found in its progress."""

from __future__ import annotations

import msgspec

from survey_app.access.audit import Broken, How, record, verify
from survey_app.jobs import Work

VERIFY_AUDIT = "verify_audit"
"""The kind of job; its argument is an `Asked`."""
WHOLE = "whole"


class Asked(msgspec.Struct, frozen=True):
    """A head that was noted elsewhere and must be in the chain; empty: any."""

    head: str = ""

    def encoded(self) -> str:
        """Give the argument of the job."""
        return msgspec.json.encode(self).decode()


def run(work: Work) -> None:
    """Verify the chain; what was found is the last that the progress of the job says, and in the audit."""
    asked = msgspec.json.decode(work.argument, type=Asked)
    with work.database.reading() as connection:
        broken = verify(connection, asked.head or None)
    found = WHOLE if broken is None else f"{broken.how} {broken.entry}"
    with work.database.writing() as connection:
        record(connection, "audit.verified", work.now, work.asked_by, found=found)
    work.progress(found)


def broken_in(progress: str | None) -> Broken | None:
    """Read what a finished job found; None: the chain is whole."""
    how, _, entry = (progress or WHOLE).partition(" ")
    return Broken(int(entry), msgspec.convert(how, type=How)) if entry else None
