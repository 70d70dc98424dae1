"""Report: a summary as named files."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from analysis.report.letterhead import Letterhead
from analysis.report.numerals import LANGUAGES, Language
from analysis.report.provenance import Provenance, Revision
from analysis.report.tables import answers_csv, csv_of, printed, summary_json, weighted_csv
from analysis.summary import Row, Summary

if TYPE_CHECKING:
    from analysis.report.workbook import Flag
    from analysis.rules import Rules

__all__ = ["FORMATS", "Letterhead", "Provenance", "Revision", "UnknownFormat", "write"]

DOCUMENTS: tuple[str, ...] = ("pdf", "xlsx", "docx")
FORMATS: tuple[str, ...] = ("csv", "json", *DOCUMENTS)


class UnknownFormat(ValueError):
    """No report comes in this format."""


def write(
    summary: Summary,
    formats: Collection[str],
    languages: Collection[Language],
    letterhead: Mapping[Language, Letterhead],
    *,
    labels: Mapping[Language, Mapping[str, str]] | None = None,
    minimum: int | None = None,
    more: Mapping[str, bytes] | None = None,
    rules: Rules | None = None,
    provenance: Provenance | None = None,
    flags: Sequence[Flag] = (),
    trend: Sequence[Row] = (),
) -> dict[str, bytes]:
    """Give the files of a summary by their names, and ``manifest.json`` with the SHA-256 and size of each.

    ``csv`` gives ``summary.csv``, ``answers.csv`` and, if there are such rates, ``weighted.csv``; ``json``
    gives ``summary.json``; ``pdf``, ``xlsx`` and ``docx`` give ``summary.pdf`` (Vietnamese),
    ``summary.en.pdf`` and so on, as far as ``languages`` names them; each needs the letterhead of its
    language. ``more`` are files made elsewhere, which the manifest names too. ``rules`` are those that the
    figures were made by, ``provenance`` says what stands around them; documents print both. ``flags`` and
    ``trend`` (rows of months) are sheets of the workbook. The same arguments give the same bytes.

    Raises
    ------
    UnknownFormat
        If a format is none of `FORMATS`.
    KeyError
        If a document is asked for in a language without a letterhead.

    Examples
    --------
    >>> from analysis.period import period
    >>> sorted(write(Summary(period("2026-H1"), (), ()), ["csv"], [], {}))
    ['answers.csv', 'manifest.json', 'summary.csv']
    """
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise UnknownFormat(f"format {', '.join(unknown)}: unknown; choose from {', '.join(FORMATS)}")
    files: dict[str, bytes] = dict(more or {})
    if "csv" in formats or "json" in formats:
        rows = printed(Row, summary.rows)
        if "csv" in formats:
            files |= {"summary.csv": csv_of(rows), "answers.csv": answers_csv(summary)}
            if len(summary.weighted):
                files["weighted.csv"] = weighted_csv(summary)
        if "json" in formats:
            files["summary.json"] = summary_json(summary, rows)
    documents = [form for form in DOCUMENTS if form in formats]
    if documents:
        whole = replace(summary, rows=tuple(summary.rows))  # a document walks the rows many times
        known = _with_digests(provenance or Provenance(), files)
        for language in (each for each in LANGUAGES if each in languages):
            words = (labels or {}).get(language)
            for form in documents:
                name = f"summary.{form}" if language == "vi" else f"summary.{language}.{form}"
                about = _About(language, letterhead[language], words, minimum, rules, known, flags, trend)
                files[name] = _document(form, whole, about)
    files["manifest.json"] = _manifest(summary, files)
    return files


def _with_digests(provenance: Provenance, files: Mapping[str, bytes]) -> Provenance:
    """Let documents print the digests of the tables beside them; a file cannot hold its own."""
    digests = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
    return replace(provenance, manifest=provenance.manifest or digests)


class _About(NamedTuple):
    """What a document says besides the figures."""

    language: Language
    letterhead: Letterhead
    labels: Mapping[str, str] | None
    minimum: int | None
    rules: Rules | None
    provenance: Provenance
    flags: Sequence[Flag]
    trend: Sequence[Row]


def _document(form: str, summary: Summary, about: _About) -> bytes:
    # What makes documents is heavy: tables do without it.
    if form == "xlsx":
        from analysis.report.workbook import workbook

        return workbook(
            summary,
            language=about.language,
            issuer=about.letterhead.issuer,
            labels=about.labels,
            minimum=about.minimum,
            flags=about.flags,
            trend=about.trend,
            rules=about.rules,
            provenance=about.provenance,
        )
    from analysis.report.document import report_pdf
    from analysis.report.draft import draft

    make = report_pdf if form == "pdf" else draft
    return make(
        summary,
        language=about.language,
        letterhead=about.letterhead,
        labels=about.labels,
        minimum=about.minimum,
        rules=about.rules,
        provenance=about.provenance,
    )


def _manifest(summary: Summary, files: Mapping[str, bytes]) -> bytes:
    manifest = {
        "period": summary.period.label,
        "first_day": summary.period.first_day.isoformat(),
        "last_day": summary.period.last_day.isoformat(),
        "revision": summary.revision,
        "audience": summary.audience,
        "demo": summary.demo,
        "files": {
            name: {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in sorted(files.items())
        },
    }
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
