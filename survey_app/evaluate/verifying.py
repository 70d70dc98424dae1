"""Verifying: whether a closed state is still what was signed, and still follows from what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from sqlalchemy import Connection, Row, func, select

from analysis.ratings import NOBODY, Domain, Ratings
from survey_app.config import Settings
from survey_app.evaluate.basis import FOUND, FROZEN, Basis, decode_findings, frozen_basis, read_basis
from survey_app.evaluate.evaluation import estimate
from survey_app.evaluate.frozen import FrozenFault, columns, thaw
from survey_app.evaluate.lifecycle import find_revision
from survey_app.evaluate.manifest import Manifest, decode, file_of, rules_in, versions_now
from survey_app.evaluate.outputs import outputs, provenance_of
from survey_app.evaluate.signing import Signature, is_signed
from survey_app.store.engine import Database
from survey_app.store.evaluations import Frozen
from survey_app.store.responses import Response

Outcome = Literal["ok", "differs", "not compared"]
RENDERED = (".pdf", ".xlsx", ".docx")
DIGITS = 12


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, how it came out, and what was seen."""

    what: str
    outcome: Outcome
    seen: str = ""


def verify(
    database: Database, settings: Settings, instance: Path, label: str, number: int | None = None
) -> list[Check]:
    """Check a closed state, one thing after the other: signature, files, figures, responses, rendered files.

    Raises StepFault if there is no such closed state.
    """
    with database.reading() as connection:
        revision = find_revision(connection, label, number)
        query = select(Frozen.name, Frozen.content).where(Frozen.revision_id == revision.id)
        files = dict(connection.execute(query).all())
        checks = [_signature(revision, instance)]
        manifest = decode(revision.manifest)
        checks += _files(manifest, files)
        try:
            kept = thaw(files[FROZEN])
        except (KeyError, FrozenFault) as fault:
            return [*checks, Check("figures", "not compared", f"the frozen columns cannot be read: {fault}")]
        checks.append(_responses(connection, settings, manifest, kept["this"]))
        basis = frozen_basis(
            connection,
            settings,
            label,
            kept,
            last_response=manifest.last_response,
            demo=manifest.demo,
            excluded=manifest.excluded,
            findings=decode_findings(files.get(FOUND, b"[]")),
        )
    return [*checks, *_figures(basis, settings, manifest, files)]


def _signature(revision: Row[Any], instance: Path) -> Check:
    signed = is_signed(instance, revision.manifest.encode(), Signature(revision.signature, revision.key_id))
    seen = f"key {revision.key_id}" + ("" if signed else ": unknown, or the manifest was changed")
    return Check("signature of the manifest", "ok" if signed else "differs", seen)


def _files(manifest: Manifest, files: Mapping[str, bytes]) -> Iterator[Check]:
    for name, expected in manifest.files.items():
        if name not in files:
            yield Check(f"file {name}", "differs", "is missing")
        elif file_of(files[name]) != expected:
            yield Check(f"file {name}", "differs", "its digest is not the one that was signed")
        else:
            yield Check(f"file {name}", "ok")
    for name in sorted(files.keys() - manifest.files.keys()):
        yield Check(f"file {name}", "differs", "is not in the manifest")


def _responses(connection: Connection, settings: Settings, manifest: Manifest, kept: Ratings) -> Check:
    """Say whether the store still gives the columns; a year and erased responses cannot be asked."""
    what = "responses in the database"
    if any(
        label[:4] == manifest.period[:4] for label, _ in manifest.rests_on if manifest.period.endswith("-Y")
    ):
        return Check(what, "not compared", "the year was computed from the closed halves")
    try:
        now = read_basis(
            connection,
            settings,
            manifest.period,
            last_response=manifest.last_response,
            until=manifest.closed_at,
        ).this
    except FrozenFault as fault:
        return Check(what, "differs", str(fault))
    if now.responses < kept.responses and not _any_left(connection, manifest):
        return Check(what, "not compared", "the responses were erased by the retention rules")
    if now.responses != kept.responses:
        return Check(what, "differs", f"{now.responses} responses, {kept.responses} were read at the closing")
    differing = sorted(name for name, same in _compared(now, kept) if not same)
    if differing:
        return Check(what, "differs", f"other values in {', '.join(differing)}")
    return Check(what, "ok", f"{kept.responses} responses")


def _any_left(connection: Connection, manifest: Manifest) -> bool:
    query = select(func.count()).select_from(Response)
    first, last = date.fromisoformat(manifest.first_day), date.fromisoformat(manifest.last_day)
    query = query.where(Response.service_day.between(first, last))
    return bool(connection.scalar(query.where(Response.number <= manifest.last_response)))


def _compared(now: Ratings, kept: Ratings) -> Iterator[tuple[str, bool]]:
    """Compare columns; those that index domains or versions by what they lead to."""
    places = {
        "unit": (now.units, kept.units),
        "deciding_unit": (now.units, kept.units),
        "counter": (now.counters, kept.counters),
        "officer": (now.officers, kept.officers),
    }
    own = dict(columns(now))
    for name, column in columns(kept):
        if name.startswith("workload/") or name == "field":
            continue  # workload may be corrected; what was used is in the frozen columns
        other = own.get(name)
        if other is None:
            yield name, False
        elif name in places:
            yield name, np.array_equal(_named(other, places[name][0]), _named(column, places[name][1]))
        elif name == "version":
            yield name, [now.versions[v] for v in other] == [kept.versions[v] for v in column]
        else:
            yield name, np.array_equal(other, column)


def _named(column: np.ndarray[Any, Any], domains: tuple[Domain, ...]) -> np.ndarray[Any, Any]:
    names = [f"{each.code} {each.valid_from}" for each in domains]
    return np.array([*names, ""], object)[np.where(column == NOBODY, len(names), column)]


def _figures(
    basis: Basis, settings: Settings, manifest: Manifest, files: Mapping[str, bytes]
) -> Iterator[Check]:
    then = msgspec.structs.replace(settings, minimum_people=manifest.settings["minimum_people"])
    evaluated = estimate(basis, rules_in(manifest), settings.period_scheme, revision=manifest.revision)
    tables = outputs(evaluated, then, formats=("json",))
    yield _same_figures(tables["summary.json"], files.get("summary.json", b'{"rows":[]}'))
    rendered = [name for name in manifest.files if name.endswith(RENDERED)]
    versions = versions_now()
    other = [
        f"{name} {versions.get(name)}"
        for name, kept in manifest.versions.items()
        if versions.get(name) != kept
    ]
    if other:
        for name in rendered:
            yield Check(f"rendered again {name}", "not compared", f"versions differ: now {', '.join(other)}")
        return
    provenance = provenance_of(
        settings,
        manifest.revision,
        manifest.closed_at,
        manifest.reason,
        manifest.audit_head,
        manifest.missing,
    )
    again = outputs(evaluated, then, provenance=provenance)
    for name in rendered:
        same = again.get(name) == files.get(name)
        yield Check(f"rendered again {name}", "ok" if same else "differs", "byte by byte")


def _same_figures(now: bytes, kept: bytes) -> Check:
    """Compare all rows: figures are written with twelve significant digits."""
    left, right = (msgspec.json.decode(each)["rows"] for each in (now, kept))
    if left == right:
        return Check(
            "figures from the frozen columns", "ok", f"{len(right)} rows, {DIGITS} significant digits"
        )
    wrong = next((a for a, b in zip(left, right, strict=False) if a != b), None)
    seen = (
        f"{len(left)} rows for {len(right)}"
        if wrong is None
        else f"first in {wrong['code']} {wrong['measure']}"
    )
    return Check("figures from the frozen columns", "differs", seen)
