"""Closing job: closes or revises a period for whoever asked, in the worker."""

from __future__ import annotations

import msgspec

from survey_app.jobs import Work

CLOSE = "close"
"""The kind of job; its argument is a `Closing`."""


class Closing(msgspec.Struct, frozen=True):
    """Which period is closed, and the reason of a revision."""

    period: str
    reason: str = ""


def argument(label: str, reason: str = "") -> str:
    """Give the argument of a job that closes a period."""
    return msgspec.json.encode(Closing(label, reason)).decode()


def about(label: str) -> str:
    """Give how the arguments of all jobs begin that close a period."""
    return argument(label).partition(',"reason"')[0] + ","


def run(work: Work) -> None:
    """Close a period; raises StepFault if it cannot be closed now."""
    from survey_app.evaluate.closing import close

    wanted = msgspec.json.decode(work.argument, type=Closing)
    close(
        work.database,
        work.settings,
        work.instance,
        wanted.period,
        work.now,
        account=work.asked_by,
        reason=wanted.reason,
        progress=work.progress,
    )
