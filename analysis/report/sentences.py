"""Sentences: what the figures of one row say, in words that claim no more than the figures do."""

from __future__ import annotations

from analysis.estimate.nonresponse import tipping_point
from analysis.report.numerals import percent
from analysis.report.style import Style, instead
from analysis.report.terms import CERTAINTIES, GRADES, INSTEAD
from analysis.summary import Row


def rate(row: Row, style: Style) -> str:
    """Say the rate of a row with its interval and answers, or the word that stands in its place."""
    words = style.words
    status = instead(row)
    if status == "insufficient" and row.responses is not None and row.clusters is not None:
        return not_enough(row, style)
    if status is not None or row.rate is None or row.low is None or row.high is None:
        word = INSTEAD[status or "no_data"]
        return words.say("{unit}: {word}.", unit=row.name, word=words.say(word))
    if row.answers is not None and row.satisfied == row.answers:
        return words.count(
            "{unit}: the one answer was satisfied; with this number the true rate may be as low as {low}.",
            "{unit}: all {n} answers were satisfied; with this number the true rate may be as low as {low}.",
            row.answers,
            unit=row.name,
            low=style.percent(row.low),
        )
    return words.count(
        "{unit}: {rate} of answers were satisfied or very satisfied "
        "({level} uncertainty interval {low} to {high}; {n} answer).",
        "{unit}: {rate} of answers were satisfied or very satisfied "
        "({level} uncertainty interval {low} to {high}; {n} answers).",
        row.answers or 0,
        unit=row.name,
        rate=style.percent(row.rate),
        level=style.level,
        low=style.percent(row.low),
        high=style.percent(row.high),
    )


def not_enough(row: Row, style: Style) -> str:
    """Say on how little a row rests, and how much a band needs."""
    words, least = style.words, style.rules.minimum
    return words.count(
        "{unit}: only {n} response on {days} days; a band needs at least {least} on {least_days} days.",
        "{unit}: only {n} responses on {days} days; a band needs at least {least} on {least_days} days.",
        row.responses or 0,
        unit=row.name,
        days=style.number(row.clusters),
        least=style.number(round(least.responses)),
        least_days=style.number(round(least.clusters)),
    )


def coverage(row: Row, style: Style) -> list[str]:
    """Say how many visits gave how many responses, and how many were invited."""
    words = style.words
    if row.served is None or row.coverage is None:
        sentences = [
            words.count("{n} response was received.", "{n} responses were received.", row.responses or 0),
            words.say("The visits are not supplied, so coverage is not known."),
        ]
    else:
        sentences = [
            words.say(
                "{served} visits in the period gave {responses} responses, a coverage of {coverage}.",
                served=style.number(row.served),
                responses=style.number(row.responses),
                coverage=style.percent(row.coverage),
            )
        ]
    if row.offered is not None:
        sentences.append(words.count("{n} visitor was invited.", "{n} visitors were invited.", row.offered))
    return sentences


def certainty(row: Row, style: Style) -> str:
    """Say how certain the band of a row is, and which other it borders on where only one can be."""
    words = style.words
    neighbour = {"very_high": "high", "low": "medium"}.get(row.grade or "")
    if row.certainty == "borderline" and neighbour is not None:
        return words.say("borderline with {neighbour}", neighbour=words.term(neighbour, GRADES))
    return words.term(row.certainty or "", CERTAINTIES)


def band(row: Row, style: Style) -> str | None:
    """Say the band of a row with its certainty; None where it has none."""
    if instead(row) or not row.grade:
        return None
    words = style.words
    parts = [certainty(row, style)]
    if "under_review" in row.status:
        parts.append(words.say("under review"))
    return words.say(
        "Satisfaction band: {band} ({certainty}).",
        band=words.term(row.grade, GRADES),
        certainty="; ".join(parts),
    )


def flagged(row: Row, style: Style) -> str | None:
    """Say what the flagged responses change; None where there are none or they are not shown."""
    if instead(row) or not row.flagged or row.rate is None or row.rate_without_flagged is None:
        return None
    return style.words.count(
        "{n} response is flagged. Without it the rate is {rate_without_flagged}; with it, {rate}.",
        "{n} responses are flagged. Without them the rate is {rate_without_flagged}; with them, {rate}.",
        row.flagged,
        rate_without_flagged=style.percent(row.rate_without_flagged),
        rate=style.percent(row.rate),
    )


def bounds(row: Row, style: Style) -> str | None:
    """Say what the rate would be if all who are silent were of one mind; None where that is not known."""
    if instead(row) or row.bound_low is None or row.bound_high is None:
        return None
    return style.words.say(
        "If all who did not answer were dissatisfied the rate is {bound_low}; "
        "if all were satisfied, {bound_high}.",
        bound_low=style.percent(row.bound_low),
        bound_high=style.percent(row.bound_high),
    )


def tipping(row: Row, style: Style) -> str | None:
    """Say how much less satisfied the silent must be for the band to change; None where they cannot."""
    if instead(row) or not row.grade or row.rate is None or row.coverage is None or row.coverage >= 1:
        return None
    reached = [bound for bound in style.rules.bounds if bound <= row.rate]
    if not reached:
        return None
    gap = float(tipping_point(row.rate, row.coverage, reached[-1]))
    if gap > row.rate:
        return None
    return style.words.say(
        "The band would change if those who did not answer were {gap} points less satisfied.",
        gap=percent(gap, style.words.language, sign=""),
    )
