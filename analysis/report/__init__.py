"""Report: a summary as named files."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256

from analysis.report.letterhead import Letterhead
from analysis.report.numerals import LANGUAGES, Language
from analysis.report.provenance import Provenance, Revision
from analysis.report.tables import answers_csv, csv_of, printed, summary_json, weighted_csv
from analysis.rules import Rules
from analysis.summary import Row, Summary

__all__ = ["FORMATS", "Letterhead", "Provenance", "Revision", "UnknownFormat", "write"]

FORMATS: tuple[str, ...] = ("csv", "json", "pdf")


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
    provenance: Mapping[Language, Provenance] | None = None,
) -> dict[str, bytes]:
    """Give the files of a summary by their names, and ``manifest.json`` with the SHA-256 and size of each.

    ``csv`` gives ``summary.csv``, ``answers.csv`` and, if
    there are such rates, ``weighted.csv``; ``json`` gives ``summary.json``, ``pdf`` gives
    ``summary.pdf`` (Vietnamese) and ``summary.en.pdf``, as far as ``languages`` names them; each needs the
    letterhead of its language. ``more`` are files made elsewhere, which the manifest names too.
    ``rules`` are those that the figures were made by, ``provenance`` says what stands around them; only the
    report prints these. The same summary gives the same bytes.

    Raises
    ------
    UnknownFormat
        If a format is none of `FORMATS`.
    KeyError
        If a PDF is asked for in a language without a letterhead.

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
    if "pdf" in formats:
        # Typst and matplotlib are heavy: CSV and JSON do without them.
        from analysis.report.document import report_pdf

        # A report walks the rows many times.
        whole = replace(summary, rows=tuple(summary.rows))
        for language in LANGUAGES:
            if language in languages:
                files["summary.pdf" if language == "vi" else f"summary.{language}.pdf"] = report_pdf(
                    whole,
                    language=language,
                    letterhead=letterhead[language],
                    labels=(labels or {}).get(language),
                    minimum=minimum,
                    rules=rules,
                    provenance=(provenance or {}).get(language),
                )
    files["manifest.json"] = _manifest(summary, files)
    return files


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
