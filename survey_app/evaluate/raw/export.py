"""Export: the responses of a period as one file with its manifest, whole or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import Connection, select, text

from analysis.period import Period, period
from survey_app.access.audit import record
from survey_app.config import Settings
from survey_app.evaluate.domains import Domains, read_domains
from survey_app.evaluate.inclusion import bounds_of
from survey_app.evaluate.raw.columns import Column, columns_of
from survey_app.evaluate.raw.counting import count_responses
from survey_app.evaluate.raw.delimited import write_csv
from survey_app.evaluate.raw.manifest import manifest
from survey_app.evaluate.raw.officers import check_named, pseudonyms
from survey_app.evaluate.raw.parquet import write_parquet
from survey_app.evaluate.raw.rows import Block, Wanted, read_blocks
from survey_app.evaluate.raw.spss import missing_library, write_sav
from survey_app.evaluate.raw.workbook import write_xlsx
from survey_app.evaluate.reading import pooled, read_released
from survey_app.questionnaire.definition import Questionnaire
from survey_app.store.accounts import Account
from survey_app.store.engine import Database

Form = Literal["csv", "csv-plain", "parquet", "xlsx", "sav"]
FORMS: tuple[Form, ...] = get_args(Form)
WRITERS: Mapping[Form, Callable[[Path, Sequence[Column], Iterable[Block]], int]] = {
    "csv": write_csv,
    "csv-plain": partial(write_csv, mark=False),
    "parquet": write_parquet,
    "xlsx": write_xlsx,
    "sav": write_sav,
}
LIMITS: dict[str, int] = {"xlsx": 1_000_000, "sav": 200_000}
"""Most rows of a format: a sheet ends soon after, and a .sav file is made in memory."""

DEMO = """
SELECT r.number FROM response r JOIN batch b ON b.id = r.batch_id
WHERE b.demo AND r.service_day >= :first AND r.service_day <= :last AND r.number <= :last_response LIMIT 1
"""
Told = Callable[[int, int], object]


class ExportFault(ValueError):
    """An export that cannot be made as asked, or that does not hold what it must."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to export: a period, a format, of one unit and what is below it (all if None), for whom.

    Officers are named only for a reason and to an account that may; else pseudonyms stand for them.
    ``last_response`` is the last one by order of arrival, ``until`` the moment up to which decisions and
    flags count (all if None): a closed state is exported by both.
    """

    period: str
    form: Form = "csv"
    unit: str | None = None
    account_id: int | None = None
    with_officers: bool = False
    reason: str = ""
    last_response: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished file, its rows and digest, and the manifest beside it."""

    file: Path
    manifest: Path
    rows: int
    digest: str


def manifest_of(file: Path) -> Path:
    """Give where the manifest of a file stands."""
    return file.with_name(file.name + ".manifest.json")


def export_responses(
    database: Database,
    settings: Settings,
    order: Order,
    file: Path,
    now: datetime,
    told: Told | None = None,
) -> Exported:
    """Write the responses of a period and the manifest beside them; ``told`` hears of every day's rows.

    Raises ValueError if the period, the unit or the format cannot be exported, or officers not be named, and
    if not every response came into the file; then nothing is left of it.
    """
    this = period(order.period, settings.period_scheme)
    _check_form(order, file)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        unfinished = Path(folder) / "unfinished"
        with database.reading() as connection:
            made, columns, rows = _write(connection, settings, order, this, unfinished, told)
        with unfinished.open("rb") as finished:
            digest = hashlib.file_digest(finished, "sha256").hexdigest()
        made |= {
            "file": file.name,
            "bytes": unfinished.stat().st_size,
            "sha256": digest,
            "made_at": now.isoformat(timespec="seconds"),
        }
        beside = Path(folder) / "manifest"
        beside.write_bytes(manifest(made, columns))
        _record(database, order, now, rows, digest)
        beside.replace(manifest_of(file))
        unfinished.replace(file)
    return Exported(file, manifest_of(file), rows, digest)


def _check_form(order: Order, file: Path) -> None:
    if order.form not in FORMS:
        raise ExportFault(f"format {order.form!r}: unknown; choose from {', '.join(FORMS)}")
    if order.form == "sav" and (library := missing_library()):
        raise ExportFault(
            f"{file}: writing .sav files needs {library}, which is not installed; install it, or take parquet"
        )
    if file.is_dir():
        raise ExportFault(f"{file}: is a folder; give the name of a file")
    if not file.parent.is_dir():
        raise ExportFault(f"{file}: there is no folder {file.parent}; make it first")


def _write(
    connection: Connection, settings: Settings, order: Order, this: Period, path: Path, told: Told | None
) -> tuple[dict[str, Any], tuple[Column, ...], int]:
    """Write the rows as they stand in one state of the database; say what was written."""
    if order.with_officers:
        check_named(connection, order.account_id, order.reason)
    bounds = bounds_of(connection, this, order.last_response, order.until)
    domains = read_domains(connection, this, settings.zone)
    within = None if order.unit is None else _below(domains, order.unit, this)
    units = None if within is None else [id for id, place in domains.unit_of.items() if place in within]
    counted = count_responses(connection, bounds, units)
    rows = sum(counted.values())
    _check_limit(order, rows)
    everything = read_released(connection)
    released = {id: each for id, each in everything.items() if id in counted}
    columns = _columns(order, domains, everything, released)
    wanted = Wanted(bounds, settings.zone, domains, tuple(released), columns, within)
    with closing(read_blocks(connection, wanted)) as blocks:
        written = WRITERS[order.form](path, columns, _heard(blocks, rows, told))
    if written != rows:
        raise ExportFault(
            f"{order.period}: {written} rows were written, but {rows} responses count; nothing was kept, "
            "run 'survey db check' and export again"
        )
    made = {
        "period": {
            "label": this.label,
            "first_day": this.first_day.isoformat(),
            "last_day": this.last_day.isoformat(),
        },
        "filters": {
            "unit": order.unit,
            "map": "today",
            "last_response": bounds["last_response"],
            "decided_until": order.until and order.until.isoformat(),
        },
        "format": order.form,
        "rows": rows,
        "demo": connection.scalar(text(DEMO), bounds) is not None,
        "made_by": connection.scalar(select(Account.login).where(Account.id == order.account_id)),
        "officers": {"named": order.with_officers, "reason": order.reason.strip() or None},
    }
    return made, columns, rows


def _below(domains: Domains, code: str, this: Period) -> frozenset[int]:
    """Give a unit and the units below it; parents come before them."""
    found: set[int] = set()
    for place, unit in enumerate(domains.units):
        if unit.code == code or unit.parent in found:
            found.add(place)
    if not found:
        raise ExportFault(f"unit {code!r}: not among the units of {this.label}; look up its code")
    return frozenset(found)


def _check_limit(order: Order, rows: int) -> None:
    most = LIMITS.get(order.form)
    if most is not None and rows > most:
        raise ExportFault(
            f"{order.period}: {rows} responses are more than the {most} rows of the format {order.form}; "
            "take csv or parquet, or a part of it (a month, or one unit)"
        )


def _columns(
    order: Order,
    domains: Domains,
    everything: Mapping[int, Questionnaire],
    released: Mapping[int, Questionnaire],
) -> tuple[Column, ...]:
    """Give the columns; a choice has its place among those of all versions, as in the figures."""
    asked = {question.id for questionnaire in released.values() for question in questionnaire.questions}
    officers = domains.officers
    return columns_of(
        tuple(released.values()),
        [question for question in pooled(everything.values()) if question.id in asked],
        [unit.code for unit in domains.units],
        [each.code for each in officers] if order.with_officers else pseudonyms(officers),
        named=order.with_officers,
    )


def _heard(blocks: Iterable[Block], rows: int, told: Told | None) -> Iterator[Block]:
    written = 0
    for block in blocks:
        yield block
        written += block.rows
        if told is not None:
            told(written, rows)


def _record(database: Database, order: Order, now: datetime, rows: int, digest: str) -> None:
    """Put the export into the audit, before its file appears."""
    reason = order.reason.strip() if order.with_officers else None
    with database.writing() as connection:
        record(
            connection,
            "export.responses",
            now,
            order.account_id,
            period=order.period,
            unit=order.unit,
            format=order.form,
            rows=rows,
            sha256=digest,
            officers=order.with_officers,
            reason=reason,
        )
