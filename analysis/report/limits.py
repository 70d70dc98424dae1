"""Limits: what was flagged and what the figures do not say, as blocks for the template."""

from __future__ import annotations

from analysis.report.provenance import Provenance
from analysis.report.sections import heading, paragraph
from analysis.report.sentences import bounds, flagged, tipping
from analysis.report.style import Line, Style
from analysis.summary import Row, Summary


def limits(
    summary: Summary,
    top: Row | None,
    style: Style,
    minimum: int | None,
    provenance: Provenance | None = None,
) -> list[Line]:
    """Give section IV; what is not computed is not mentioned.

    ``minimum`` is the number of responses below which a cell is hidden, printed if given.
    """
    words = style.words
    return [
        heading(words.say("Data quality and limits")),
        *_reviewed(top, style, provenance or Provenance()),
        heading(words.say("What these results do not say"), 2),
        {
            "letters": [
                *_method(style),
                _self_selection(top, style),
                *_silent(top, style),
                words.say(
                    "These are the views of people just served. This is not SIPAS and cannot be compared "
                    "with SIPAS, PAPI, PCI or the index of Decision 766/QD-TTg."
                ),
                _small_numbers(style, minimum),
                *_where_they_apply(summary, style),
            ]
        },
    ]


def _reviewed(top: Row | None, style: Style, provenance: Provenance) -> list[Line]:
    words = style.words
    said = [] if top is None else [flagged(top, style)]
    if provenance.excluded:
        said.append(
            words.count(
                "{n} response was excluded by two people; the reason is kept in the audit.",
                "{n} responses were excluded by two people; the reasons are kept in the audit.",
                provenance.excluded,
            )
        )
    blocks: list[Line] = []
    if sentences := [sentence for sentence in said if sentence]:
        title = words.say("Responses under review, responses excluded")
        blocks += [heading(title, 2), *map(paragraph, sentences)]
    missing = [
        words.say("{device}: {n} responses missing by serial number.", device=device, n=str(n))
        for device, n in provenance.missing
    ]
    if missing or provenance.notes:
        blocks.append(heading(words.say("Devices, missing responses"), 2))
        blocks += map(paragraph, [*missing, *provenance.notes])
    return blocks


def _silent(top: Row | None, style: Style) -> list[str]:
    """Say what those who did not answer could change."""
    if top is None:
        return []
    return [sentence for sentence in (bounds(top, style), tipping(top, style)) if sentence]


def _method(style: Style) -> list[str]:
    words = style.words
    return [
        words.say(
            'The satisfaction rate is "satisfied" plus "very satisfied" answers divided by answers; '
            "skipped, not applicable and prefer-not-to-say are left out."
        ),
        words.say(
            "The {level} uncertainty interval ({method}) treats the answers as a random sample of similar "
            "days; it does not include the bias of people choosing whether to answer.",
            level=style.level,
            method=style.method,
        ),
    ]


def _self_selection(top: Row | None, style: Style) -> str:
    if top is None or top.served is None or top.coverage is None:
        return style.words.say("People chose whether to answer; the views of the rest are not known.")
    return style.words.say(
        "People chose whether to answer. {responses} of {served} visits answered ({coverage}); "
        "the views of the rest are not known.",
        responses=style.number(top.responses),
        served=style.number(top.served),
        coverage=style.percent(top.coverage),
    )


def _small_numbers(style: Style, minimum: int | None) -> str:
    if minimum is None:
        return style.words.say('Cells marked "hidden" rest on too few responses or would reveal such a cell.')
    return style.words.count(
        'Cells marked "hidden" rest on fewer than {n} response or would reveal such a cell.',
        'Cells marked "hidden" rest on fewer than {n} responses or would reveal such a cell.',
        minimum,
    )


def _where_they_apply(summary: Summary, style: Style) -> list[str]:
    words = style.words
    lines = []
    if any(row.rank_best is not None for row in summary.rows):
        lines.append(
            words.say("A rank is a range. Where two ranges overlap, neither unit can be said to be better.")
        )
    if any(row.kind == "officer" for row in summary.rows):
        lines.append(officers_line(style))
    if any("version_change" in row.status for row in summary.rows):
        lines.append(words.say("Periods are not compared where the wording changed."))
    if summary.demo:
        lines.append(words.say("DEMO DATA, NOT REAL") + ".")
    return lines


def officers_line(style: Style) -> str:
    """Give the line that stands wherever results of officers stand."""
    return style.words.say(
        "An officer's result is personal data: "
        "not published, and never the only ground for reward or discipline."
    )
