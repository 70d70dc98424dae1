"""Endings: tells whoever asked for long work that the worker has done it, or that it failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from sqlalchemy import Connection, Row

from survey_app.config import Settings
from survey_app.evaluate.closing_job import CLOSE, Closing
from survey_app.evaluate.export_job import EXPORT, Exporting
from survey_app.evaluate.package import PACKAGE, Wanted
from survey_app.notices import Notice, tell


def tell_asker(
    connection: Connection, settings: Settings, job: Row[Any], failed: bool, now: datetime
) -> None:
    """Tell who asked for a job, if it is one that nobody waits for at the page.

    It is in the transaction that ends the job, so a job that is begun anew is told of once.
    """
    ending = ENDINGS.get(job.kind)
    if ending is None or job.asked_by is None:
        return
    try:
        notice = ending(job.argument, failed)
    except msgspec.MsgspecError:  # then the job has failed for the same reason, and has no page
        return
    tell(connection, settings, job.asked_by, notice, now)


def _package(argument: str, failed: bool) -> Notice:
    wanted = msgspec.json.decode(argument, type=Wanted)
    asked = urlencode(({"unit": wanted.unit} if wanted.unit else {}) | {"wait": "1"})
    path = f"/evaluations/{wanted.period}/package.zip?{asked}"
    return Notice("package.failed" if failed else "package.done", path)


def _export(argument: str, failed: bool) -> Notice:
    wanted = msgspec.json.decode(argument, type=Exporting)
    return Notice("export.failed" if failed else "export.done", f"/evaluations/{wanted.period}/export")


def _closing(argument: str, failed: bool) -> Notice:
    wanted = msgspec.json.decode(argument, type=Closing)
    return Notice("close.failed" if failed else "close.done", f"/evaluations/{wanted.period}/closing")


ENDINGS: Mapping[str, Callable[[str, bool], Notice]] = {
    PACKAGE: _package,
    EXPORT: _export,
    CLOSE: _closing,
}
