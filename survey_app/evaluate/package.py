"""Package: all files of a unit for an audience as one signed ZIP, and the check of such a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection

from analysis.report.provenance import Provenance
from survey_app.access import audit
from survey_app.config import Settings
from survey_app.evaluate.basis import Basis, frozen_basis, named_halves, read_basis, read_found, read_frozen
from survey_app.evaluate.evaluation import estimate, rules_of
from survey_app.evaluate.lifecycle import StepFault, newest_revision
from survey_app.evaluate.manifest import File, decode, file_of, files_of, rules_in, versions_now
from survey_app.evaluate.missing import missing_records
from survey_app.evaluate.outputs import outputs, provenance_of
from survey_app.evaluate.signing import Signature, is_signed, public_key, sign
from survey_app.evaluate.snapshots import add_file, newest
from survey_app.store.engine import Database

if TYPE_CHECKING:
    from analysis.rules import Rules

MANIFEST, SIGNATURE, DESCRIPTION = "manifest.json", "manifest.sig", "README.txt"
_STILL = (1980, 1, 1, 0, 0, 0)
"""The same files give the same package."""


PACKAGE = "package"
"""The kind of job that makes one; its argument is `Wanted` as JSON."""


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which package: of a period, one unit with all below it (None: everything), and an audience."""

    period: str
    unit: str | None = None
    audience: str = "internal"

    @property
    def name(self) -> str:
        """Give the name under which it is kept beside the snapshot that it was made from."""
        return f"package/{self.audience}/{self.unit or 'all'}.zip"


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """The manifest of a package.

    ``revision`` is None of an open period: its figures are those of a snapshot. ``closed`` is the digest of
    the signed manifest of the closed state that it comes from.
    """

    period: str
    first_day: str
    last_day: str
    revision: int | None
    reason: str | None
    as_of: datetime
    unit: str | None
    audience: str
    demo: bool
    closed: str | None
    audit_head: str
    versions: dict[str, str]
    files: dict[str, File]
    missing: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class _Source:
    """What a package is made of: the basis, its rules, and the closed state or snapshot it comes from."""

    basis: Basis
    rules: Rules
    contents: Contents
    evaluation_id: int


def make_package(database: Database, settings: Settings, instance: Path, wanted: Wanted) -> int:
    """Make a package and keep it beside the newest snapshot of its period; give the number of that.

    Raises
    ------
    StepFault
        If there is no snapshot, or an open period is wanted for others than inspectors.
    ValueError
        If the unit is not among the figures.
    """
    with database.reading() as connection:
        source = _source(connection, settings, wanted)
    evaluated = estimate(
        source.basis, source.rules, settings.period_scheme, revision=source.contents.revision or 0
    )
    files = outputs(
        evaluated,
        settings,
        audience=wanted.audience,
        unit=wanted.unit,
        provenance=_provenance(settings, source.contents),
    )
    files.pop(MANIFEST)
    files[DESCRIPTION] = _description(source.contents)
    contents = msgspec.structs.replace(source.contents, files=files_of(files))
    text = msgspec.json.format(msgspec.json.encode(contents), indent=1) + b"\n"
    packed = _packed(files | {MANIFEST: text, SIGNATURE: _signature(instance, text)})
    with database.writing() as connection:
        add_file(connection, source.evaluation_id, wanted.name, packed)
    return source.evaluation_id


def member(content: bytes, name: str) -> bytes | None:
    """Give one file of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name) if name in archive.namelist() else None


def verify_package(instance: Path, content: bytes) -> list[str]:
    """Give what is wrong with a package: nothing, if it is as it was signed.

    Raises StepFault if it is no package.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        lines = dict(line.split(": ", 1) for line in files[SIGNATURE].decode("ascii").splitlines())
        signature = Signature(bytes.fromhex(lines["signature"]), lines["key"])
        contents = msgspec.json.decode(files[MANIFEST], type=Contents)
    except (zipfile.BadZipFile, KeyError, ValueError, msgspec.DecodeError) as fault:
        raise StepFault(
            f"package: is no package of ours ({fault}); name the file as it was downloaded"
        ) from None
    wrong = []
    if not is_signed(instance, files[MANIFEST], signature):
        wrong.append(
            f"{MANIFEST}: the signature of key {signature.key_id} does not fit, or its key is unknown"
        )
    for name, expected in contents.files.items():
        if name not in files:
            wrong.append(f"{name}: is missing")
        elif file_of(files[name]) != expected:
            wrong.append(f"{name}: is not the file that was signed")
    more = files.keys() - contents.files.keys() - {MANIFEST, SIGNATURE}
    return wrong + [f"{name}: is not in the manifest" for name in sorted(more)]


def _source(connection: Connection, settings: Settings, wanted: Wanted) -> _Source:
    made = newest(connection, wanted.period)
    if made is None:
        raise StepFault(f"{wanted.period}: has no snapshot; 'survey snapshot {wanted.period}' makes one")
    revision = newest_revision(connection, wanted.period)
    if revision is None:
        if wanted.audience != "internal":
            raise StepFault(f"{wanted.period}: is open; packages for others are made of closed periods alone")
        basis = read_basis(
            connection, settings, wanted.period, last_response=made.last_response, until=made.made_at
        )
        rules, number, reason, closed = rules_of(settings), None, None, None
        as_of, head = made.made_at, audit.head(connection)
        missing = missing_records(connection, basis.period, settings.zone)
    else:
        manifest = decode(revision.manifest)
        basis = frozen_basis(
            connection,
            settings,
            wanted.period,
            read_frozen(connection, revision.id),
            last_response=revision.last_response,
            demo=manifest.demo,
            excluded=manifest.excluded,
            findings=read_found(connection, revision.id),
            halves=named_halves(connection, settings, wanted.period, manifest.rests_on),
        )
        rules, number, reason = rules_in(manifest), int(revision.number), str(revision.reason)
        as_of, head, missing = revision.closed_at, manifest.audit_head, manifest.missing
        closed = sha256(revision.manifest.encode()).hexdigest()
    contents = Contents(
        period=wanted.period,
        first_day=basis.period.first_day.isoformat(),
        last_day=basis.period.last_day.isoformat(),
        revision=number,
        reason=reason,
        as_of=as_of,
        unit=wanted.unit,
        audience=wanted.audience,
        demo=basis.demo,
        closed=closed,
        audit_head=head,
        versions=versions_now(),
        files={},
        missing=missing,
    )
    return _Source(basis, rules, contents, made.id)


def _provenance(settings: Settings, contents: Contents) -> Provenance:
    """Say what documents print of the state that they come from."""
    return provenance_of(
        settings, contents.revision, contents.as_of, contents.reason, contents.audit_head, contents.missing
    )


def _signature(instance: Path, text: bytes) -> bytes:
    signature = sign(instance, text)
    public = public_key(instance, signature.key_id)
    lines = (f"key: {signature.key_id}", f"public: {public}", f"signature: {signature.bytes.hex()}")
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _description(contents: Contents) -> bytes:
    state = (
        f"bản sửa đổi số {contents.revision}, revision {contents.revision}"
        if contents.revision is not None
        else "kỳ chưa chốt, period not closed"
    )
    lines = (
        f"{contents.period} ({contents.first_day} - {contents.last_day}); {state}; {contents.audience}",
        "",
        "manifest.json: SHA-256 của từng tệp, SHA-256 of each file.",
        "manifest.sig: chữ ký Ed25519 của manifest.json, Ed25519 signature of manifest.json.",
        "Kiểm tra, to check: survey period verify --package FILE",
    )
    return "\r\n".join(lines).encode("utf-8-sig") + b"\r\n"


def _packed(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _STILL)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()
