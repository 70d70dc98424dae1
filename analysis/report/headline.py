"""Headline: the four figures that stand first, each with what bounds it."""

from __future__ import annotations

from analysis.report import comparisons, sentences
from analysis.report.charts.differences import points, said
from analysis.report.style import Line, Style, instead
from analysis.report.terms import GRADES, INSTEAD, REMARKS
from analysis.summary import Row


def headline(top: Row | None, style: Style) -> list[Line]:
    """Give rate, responses, band and change of the leading unit; nothing where it has no responses."""
    if top is None or not top.responses:
        return []
    return [{"facts": [_rate(top, style), _responses(top, style), _band(top, style), _change(top, style)]}]


def _fact(label: str, value: str, detail: str) -> Line:
    return {"label": label, "value": value, "detail": detail}


def _rate(top: Row, style: Style) -> Line:
    words = style.words
    label = words.say("Satisfaction rate")
    status = instead(top)
    if status is not None or top.rate is None or top.low is None or top.high is None:
        word = INSTEAD[status or "no_data"]
        return _fact(label, "–", words.say(word))
    detail = words.say(
        "{level} interval: {low} to {high}",
        level=style.level,
        low=style.percent(top.low),
        high=style.percent(top.high),
    )
    return _fact(label, style.percent(top.rate), detail)


def _responses(top: Row, style: Style) -> Line:
    words = style.words
    label, value = words.say("Responses"), style.number(top.responses)
    if top.served is None or top.coverage is None:
        return _fact(label, value, words.say("visits not known"))
    detail = words.say(
        "of {served} visits, a coverage of {coverage}",
        served=style.number(top.served),
        coverage=style.percent(top.coverage),
    )
    return _fact(label, value, detail)


def _band(top: Row, style: Style) -> Line:
    words = style.words
    label = words.say("Satisfaction band")
    if instead(top) or not top.grade:
        return _fact(label, "–", words.say("not enough responses"))
    detail = sentences.certainty(top, style)
    if "under_review" in top.status:
        detail = f"{detail}; {words.say('under review')}"
    return _fact(label, words.term(top.grade, GRADES), detail)


def _change(top: Row, style: Style) -> Line:
    words, language = style.words, style.words.language
    label = words.say("Since the period before")
    if instead(top) or top.change is None or top.change_low is None or top.change_high is None:
        reason = next(
            (REMARKS[code] for code in ("version_change", "no_baseline") if code in top.status), None
        )
        return _fact(label, "–", words.say(reason) if reason else words.say("not compared"))
    detail = words.say(
        "{change} points ({low} to {high})",
        change=points(top.change, language),
        low=points(top.change_low, language),
        high=points(top.change_high, language),
    )
    return _fact(label, said(top.change, comparisons.direction(top), words), detail)
