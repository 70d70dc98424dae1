"""Closing: fixes a period: its columns, its figures, its files, and a signed manifest of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from analysis.period import Period, halves_of, is_half_year, period
from survey_app.access import audit
from survey_app.config import Settings
from survey_app.evaluate.basis import FOUND, FROZEN, Basis, read_basis
from survey_app.evaluate.changes import changes_csv
from survey_app.evaluate.evaluation import estimate, rules_of
from survey_app.evaluate.frozen import freeze
from survey_app.evaluate.lifecycle import Life, StepFault, cut_off, find_revision, life
from survey_app.evaluate.manifest import (
    Manifest,
    files_of,
    questionnaires_of,
    rules_by_name,
    settings_of,
    versions_now,
)
from survey_app.evaluate.missing import missing_records
from survey_app.evaluate.outputs import outputs, provenance_of
from survey_app.evaluate.shown import arrived_of, pages
from survey_app.evaluate.signing import sign
from survey_app.evaluate.snapshots import keep
from survey_app.store.accounts import Account
from survey_app.store.engine import Database
from survey_app.store.evaluations import Frozen, Proposal, Revision
from survey_app.store.responses import Release

FIRST = "first closing"
CHANGES = "changes.csv"
SHORTEST = 10
"""Fewest signs of the reason of a revision."""


def close(
    database: Database,
    settings: Settings,
    instance: Path,
    label: str,
    now: datetime,
    *,
    account: int | None = None,
    reason: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Close a period, or revise a closed one for a reason; give the number of the revision.

    Everything is made first and stored in one transaction at the end: two who close at once make one
    revision, and whatever stops the work leaves the period as it was.

    Raises StepFault if the period cannot be closed now, or somebody else was quicker.
    """
    this = period(label, settings.period_scheme)
    today = now.astimezone(settings.zone).date()
    with database.writing() as connection:
        last = cut_off(connection)
    progress("reading")
    with database.reading() as connection:
        stands = life(connection, this, today)
        number = _check(connection, stands, settings, today, reason)
        basis = read_basis(connection, settings, label, last_response=last, until=now)
        decisions = _decisions(connection, this)
        about = _about(connection, account, now, basis, settings.zone)
        older = _older_figures(connection, stands)
        arrived = arrived_of(connection, settings, basis)
    progress("estimating")
    evaluated = estimate(basis, rules_of(settings), settings.period_scheme, revision=number)
    provenance = provenance_of(settings, number, now, reason, about["audit_head"], about["missing"])
    files = outputs(evaluated, settings, provenance=provenance)
    if older is not None:
        files[CHANGES] = changes_csv(older, files["summary.json"])
    progress("signing")
    restricted = {
        FROZEN: freeze({"this": basis.this, "previous": basis.earlier}),
        FOUND: msgspec.json.encode(basis.findings),
    }
    manifest = Manifest(
        period=label,
        first_day=this.first_day.isoformat(),
        last_day=this.last_day.isoformat(),
        revision=number,
        reason=reason or FIRST,
        last_response=basis.last_response,
        responses=basis.this.responses,
        demo=basis.demo,
        rests_on=basis.rests_on,
        rules=rules_by_name(rules_of(settings)),
        settings=settings_of(settings),
        versions=versions_now(),
        files=files_of(files | restricted),
        **about,
    )
    with database.writing() as connection:
        if _decisions(connection, this) != decisions:
            raise StepFault(f"{label}: somebody decided on responses meanwhile; close it again")
        _store(connection, manifest, sign(instance, manifest.encoded().encode()), account)
        _freeze(connection, label, number, files | restricted)
        keep(connection, label, now, basis, files | pages(evaluated, settings, arrived, None))
        audit.record(
            connection, "period.closed", now, account, period=label, revision=number, reason=manifest.reason
        )
    return number


def _check(connection: Connection, stands: Life, settings: Settings, today: date, reason: str) -> int:
    label, first = stands.period.label, stands.closes_from(settings.closing_grace_days)
    halves = halves_of(label)
    if not halves and not is_half_year(label):
        raise StepFault(f"{label}: is never closed; only half-years and years are")
    if stands.undecided:
        raise StepFault(
            f"{label}: {stands.undecided} proposals wait for a second person; decide on them first"
        )
    if stands.revision is not None:
        if len(reason.strip()) < SHORTEST:
            raise StepFault(f"{label}: is closed; give the reason of a revision, at least {SHORTEST} signs")
        return int(stands.revision.number) + 1
    if today < first:
        raise StepFault(f"{label}: can be closed from {first:%d/%m/%Y}, when late answers have arrived")
    for half in halves:
        find_revision(connection, half)
    if not halves and stands.step != "review":
        raise StepFault(f"{label}: is {stands.step}; put it into review first")
    return 0


def _about(
    connection: Connection, account: int | None, now: datetime, basis: Basis, zone: ZoneInfo
) -> dict[str, Any]:
    """Say who closes when, what was excluded, what was asked, and where the audit ends."""
    who = connection.scalar(select(Account.login).where(Account.id == account)) if account else "command line"
    digests = {
        f"{id}.v{version}": digest
        for id, version, digest in connection.execute(
            select(Release.questionnaire, Release.version, Release.digest)
        )
    }
    return {
        "closed_at": now,
        "closed_by": who or "",
        "excluded": basis.excluded,
        "questionnaires": questionnaires_of(basis, digests),
        "audit_head": audit.head(connection),
        "missing": missing_records(connection, basis.period, zone),
    }


def _decisions(connection: Connection, this: Period) -> list[tuple[int, bool | None]]:
    query = select(Proposal.id, Proposal.confirmed).where(Proposal.period == this.label)
    return [(id, confirmed) for id, confirmed in connection.execute(query.order_by(Proposal.id))]


def _older_figures(connection: Connection, stands: Life) -> bytes | None:
    """Give the figures of the closed state that a revision takes the place of."""
    if stands.revision is None:
        return None
    query = select(Frozen.content)
    return connection.scalar(
        query.where(Frozen.revision_id == stands.revision.id, Frozen.name == "summary.json")
    )


def _store(connection: Connection, manifest: Manifest, signature: Any, account: int | None) -> None:
    try:
        connection.execute(
            insert(Revision).values(
                period=manifest.period,
                number=manifest.revision,
                closed_at=manifest.closed_at,
                closed_by=account,
                reason=manifest.reason,
                last_response=manifest.last_response,
                manifest=manifest.encoded(),
                signature=signature.bytes,
                key_id=signature.key_id,
            )
        )
    except IntegrityError:
        raise StepFault(
            f"{manifest.period}: revision {manifest.revision} was made by somebody else meanwhile; look at it"
        ) from None


def _freeze(connection: Connection, label: str, number: int, files: Mapping[str, bytes]) -> None:
    id = find_revision(connection, label, number).id
    connection.execute(
        insert(Frozen),
        [{"revision_id": id, "name": name, "content": content} for name, content in files.items()],
    )
