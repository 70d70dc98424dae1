"""Document: a summary as the report that an office signs, in PDF."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from analysis.report import listings, sections
from analysis.report.annexes import annexes
from analysis.report.apart import typeset_apart
from analysis.report.headline import headline
from analysis.report.letterhead import Letterhead
from analysis.report.limits import limits
from analysis.report.numerals import Language, day, period_name, period_words
from analysis.report.provenance import Provenance
from analysis.report.style import Style, style_of
from analysis.report.tables import summary_csv
from analysis.report.typesetting import typeset
from analysis.report.wording import Wording, wording
from analysis.rules import Rules
from analysis.summary import Row, Summary

__all__ = ["Letterhead", "report_pdf"]

LARGE = 5_000
"""Rows of a summary whose report is typeset in a process of its own."""

TEMPLATE = Path(__file__).with_name("report.typ")

_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


def report_pdf(
    summary: Summary,
    *,
    language: Language,
    letterhead: Letterhead,
    labels: Mapping[str, str] | None = None,
    minimum: int | None = None,
    rules: Rules | None = None,
    provenance: Provenance | None = None,
) -> bytes:
    """Give the report of a summary as a tagged PDF in the form of Vietnamese administrative documents.

    It is a draft: number, day, remarks and signature are left to the office. The same summary gives the
    same bytes.

    Parameters
    ----------
    summary
        What to print; its rows are already cut for its audience.
    language
        ``vi``, or ``en`` for the translation for information.
    letterhead
        Who reports to whom, in that language.
    labels
        Words in that language, before our own: labels of measures (``question:parking``), whole questions
        (``text:parking``) and choices (``choice:parking:yes``). The annex of questionnaires prints them.
    minimum
        The number of responses below which cells are hidden, printed if given.
    rules
        By which the figures were made; the usual ones if not given.
    provenance
        What stands around the figures, in that language: revision, audit, files, exclusions, gaps.

    Raises
    ------
    UnknownLanguage
        If the report is not written in the language.
    """
    style = style_of(summary, wording(language), labels or {}, rules)
    data = document_data(summary, style, letterhead, minimum, provenance or Provenance())
    return (typeset_apart if len(summary.rows) > LARGE else typeset)(TEMPLATE, data)


def document_data(
    summary: Summary, style: Style, letterhead: Letterhead, minimum: int | None, provenance: Provenance
) -> dict[str, object]:
    words = style.words
    top = sections.leading(summary)
    subject = _subject(summary, top, words)
    return {
        "language": words.language,
        "region": {"vi": "VN", "en": "GB"}[words.language],
        "title": words.say("Report: {subject}", subject=subject),
        "author": letterhead.issuer,
        "head": _head(letterhead, words),
        "kind": words.say("REPORT"),
        "subject": subject,
        "revision": _revision(provenance, words),
        "addressee": words.say("To: {addressee}.", addressee=letterhead.addressee),
        "opening": words.say(
            "{issuer} reports the results of the {period} as follows:",
            issuer=letterhead.issuer,
            period=period_words(summary.period, words.language),
        ),
        "body": [
            *headline(top, style),
            *sections.collection(summary, top, style),
            *sections.overall(summary, top, style),
            *listings.by_unit(summary, top, style),
            *limits(summary, top, style, minimum, provenance),
        ],
        "remarks": [
            sections.heading(words.say("Remarks and proposals")),
            sections.paragraph(words.say("[To be written by {issuer}.] ./.", issuer=letterhead.issuer)),
        ],
        "end": {
            "recipients-title": words.say("Recipients:"),
            "recipients": [f"- {line}" for line in letterhead.recipients],
            "signature": words.say("(office, signature, full name)"),
        },
        "annexes": annexes(summary, top, style, provenance),
        "foot": _foot(summary, style, provenance.closed),
        "demo": words.say("DEMO DATA, NOT REAL") if summary.demo else None,
        "words": {"table": words.say("Table"), "figure": words.say("Figure")},
    }


def _head(letterhead: Letterhead, words: Wording) -> dict[str, object]:
    original = words.language == "vi"
    return {
        "parent": letterhead.parent.upper(),
        "issuer": letterhead.issuer.upper(),
        "motto": _MOTTO if original else None,
        "translation": words.say("Translation for information"),
        "number": words.say("No.:          /{symbol}", symbol=letterhead.symbol) if original else "",
        "place-and-day": words.say("{place}, day       month       year", place=letterhead.place)
        if original
        else "",
        "draft": words.say("DRAFT"),
    }


def _revision(provenance: Provenance, words: Wording) -> str | None:
    revision = provenance.revision
    if revision is None:
        return None
    return words.say(
        "Revision {revision} of {date} replaces the earlier one: {reason}.",
        revision=str(revision.number),
        date=day(revision.day, words.language),
        reason=revision.reason.rstrip(". "),
    )


def _subject(summary: Summary, top: Row | None, words: Wording) -> str:
    name = period_name(summary.period, words.language)
    if top is None or top.kind == "province":
        return words.say(
            "Results of asking people and organisations about the service "
            "at the one-stop departments of the province, {period}",
            period=name,
        )
    return words.say(
        "Results of asking people and organisations about the service at {unit}, {period}",
        unit=top.name,
        period=name,
    )


def _foot(summary: Summary, style: Style, closed: bool) -> dict[str, str]:
    words = style.words
    digest = sha256(summary_csv(summary)).hexdigest()
    label = summary.period.label
    versions = sorted({version for row in summary.rows for version in row.versions})
    parts = [
        words.say("Period {label}, revision {revision}", label=label, revision=str(summary.revision))
        if closed or summary.revision
        else words.say("Period {label}, not closed", label=label),
        ", ".join(versions),
        f"{style.method} {style.level}" if style.methods else "",
    ]
    return {
        "left": " · ".join(part for part in parts if part),
        "right": f"SHA-256 summary.csv {digest[:8]}…{digest[-8:]}",
    }
