"""Export job: writes the responses of a period for whoever asked, in the worker, kept for two days."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from analysis.period import period
from survey_app.evaluate.lifecycle import newest_revision
from survey_app.jobs import Work

if TYPE_CHECKING:
    from survey_app.evaluate.raw.export import Form

EXPORT = "export"
"""The kind of job; its argument is an `Exporting`."""
KEPT = timedelta(hours=48)
FOLDER = "exports"
"""The folder of the installation in which each export has a folder of its own."""
ENDINGS = {"csv": "csv", "csv-plain": "csv", "parquet": "parquet", "xlsx": "xlsx", "sav": "sav"}


class Exporting(msgspec.Struct, frozen=True):
    """What is exported, and the folder it is written into, whose name nobody can guess."""

    period: str
    folder: str
    form: str
    unit: str | None = None
    with_officers: bool = False
    reason: str = ""

    def encoded(self) -> str:
        """Give the argument of the job."""
        return msgspec.json.encode(self).decode()

    @property
    def file(self) -> str:
        """Give the name of the file."""
        unit = f"-{self.unit}" if self.unit else ""
        return f"{self.period}{unit}-responses.{ENDINGS[self.form]}"


def about(label: str) -> str:
    """Give how the arguments of all jobs begin that export a period."""
    return Exporting(label, "", "").encoded().partition(',"folder"')[0] + ","


def decoded(argument: str) -> Exporting:
    """Read the argument of a job."""
    return msgspec.json.decode(argument, type=Exporting)


def file_of(instance: Path, wanted: Exporting) -> Path:
    """Give where the file of an export stands."""
    return instance / FOLDER / wanted.folder / wanted.file


def run(work: Work) -> None:
    """Write the file; of a closed period what its newest closed state was computed from.

    Raises ValueError if it cannot be exported so; then nothing is left of it.
    """
    from survey_app.evaluate.raw.export import Order, export_responses

    wanted = decoded(work.argument)
    this = period(wanted.period, work.settings.period_scheme)
    erase_exports(work.instance, work.now)
    with work.database.reading() as connection:
        closed = newest_revision(connection, this.label)
    order = Order(
        this.label,
        cast("Form", wanted.form),
        wanted.unit,
        work.asked_by,
        wanted.with_officers,
        wanted.reason,
        last_response=None if closed is None else closed.last_response,
        until=None if closed is None else closed.closed_at,
    )
    file = file_of(work.instance, wanted)
    file.parent.mkdir(mode=0o700, parents=True)
    said = -1

    def told(written: int, rows: int) -> None:
        nonlocal said
        tenth = 10 * written // rows if rows else 10
        if tenth != said:  # once for each tenth: every word is a transaction
            said = tenth
            work.progress(f"{written}/{rows}")

    try:
        export_responses(work.database, work.settings, order, file, work.now, told)
    except BaseException:
        shutil.rmtree(file.parent, ignore_errors=True)
        raise
    moment = work.now.timestamp()
    os.utime(file.parent, (moment, moment))


def erase_exports(instance: Path, now: datetime) -> int:
    """Erase the exports that were kept long enough; give how many."""
    kept = instance / FOLDER
    old = [each for each in kept.iterdir() if _is_old(each, now)] if kept.is_dir() else []
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return len(old)


def _is_old(folder: Path, now: datetime) -> bool:
    return folder.is_dir() and folder.stat().st_mtime + KEPT.total_seconds() <= now.timestamp()
