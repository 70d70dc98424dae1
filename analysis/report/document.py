"""Document: a summary as the report that an office signs, in PDF."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from analysis.report import listings, sections
from analysis.report.intervals import Style, style_of
from analysis.report.letterhead import Letterhead
from analysis.report.limits import limits
from analysis.report.numerals import Language, period_name, period_words
from analysis.report.tables import summary_csv
from analysis.report.typesetting import typeset
from analysis.report.wording import Wording, wording
from analysis.summary import Row, Summary

__all__ = ["Letterhead", "report_pdf"]

TEMPLATE = Path(__file__).with_name("report.typ")

_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


def report_pdf(
    summary: Summary,
    *,
    language: Language,
    letterhead: Letterhead,
    labels: Mapping[str, str] | None = None,
    minimum: int | None = None,
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
        Labels of measures (``question:parking``) in that language, before our own.
    minimum
        The number of responses below which cells are hidden, printed if given.

    Raises
    ------
    UnknownLanguage
        If the report is not written in the language.
    """
    return typeset(TEMPLATE, _data(summary, wording(language), letterhead, labels or {}, minimum))


def _data(
    summary: Summary, words: Wording, letterhead: Letterhead, labels: Mapping[str, str], minimum: int | None
) -> dict[str, object]:
    style = style_of(summary, words, labels)
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
        "addressee": words.say("To: {addressee}.", addressee=letterhead.addressee),
        "opening": words.say(
            "{issuer} reports the results of the {period} as follows:",
            issuer=letterhead.issuer,
            period=period_words(summary.period, words.language),
        ),
        "body": [
            *sections.collection(summary, top, style),
            *sections.overall(summary, top, style),
            *listings.by_unit(summary, top, style),
            *limits(summary, top, style, minimum),
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
        "annexes": listings.annexes(summary, top, style),
        "foot": _foot(summary, style),
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


def _foot(summary: Summary, style: Style) -> dict[str, str]:
    words = style.words
    digest = sha256(summary_csv(summary)).hexdigest()
    label = summary.period.label
    versions = sorted({version for row in summary.rows for version in row.versions})
    parts = [
        words.say("Period {label}, revision {revision}", label=label, revision=str(summary.revision))
        if summary.revision
        else words.say("Period {label}, not closed", label=label),
        ", ".join(versions),
        f"{style.method} {style.level}" if style.methods else "",
    ]
    return {
        "left": " · ".join(part for part in parts if part),
        "right": f"SHA-256 summary.csv {digest[:8]}…{digest[-8:]}",
    }
