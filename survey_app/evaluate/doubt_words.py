"""Doubt words: what indicators and rules are called, what they mean, and how their values are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import LazyString, gettext, lazy_gettext

from analysis.report.numerals import number
from survey_app.collect.rules import RULES
from survey_app.evaluate.doubts import Case
from survey_app.evaluate.words import NOTHING, desk_language, share

Measured = Literal["share", "count", "seconds", "bits", "plain"]


@dataclass(frozen=True)
class Indicator:
    """What one indicator is called, what it says, and what its values are."""

    name: LazyString
    meaning: LazyString
    measured: Measured


INDICATORS = {
    "more_answers": Indicator(
        lazy_gettext("More answers than visits"),
        lazy_gettext("Responses in the period, divided by the visits that were counted."),
        "share",
    ),
    "more_answers_on_day": Indicator(
        lazy_gettext("More answers than visits on one day"),
        lazy_gettext("Responses on the worst day, divided by the visits of that day."),
        "share",
    ),
    "burst": Indicator(
        lazy_gettext("Many responses close together"),
        lazy_gettext("Responses in the densest stretch of time, beside what similar units would have there."),
        "count",
    ),
    "in_a_row": Indicator(
        lazy_gettext("Responses that follow each other quickly"),
        lazy_gettext("Share of responses that came very soon after another at the same counter."),
        "share",
    ),
    "presses": Indicator(
        lazy_gettext("A long row of quick responses"),
        lazy_gettext("Length of the longest row of responses with no time for a visit between them."),
        "count",
    ),
    "hours": Indicator(
        lazy_gettext("Unusual hours of the day"),
        lazy_gettext("How far the hours of responses are from those of similar units (chi-square)."),
        "plain",
    ),
    "outside_hours": Indicator(
        lazy_gettext("Outside the counter's hours"),
        lazy_gettext("Share of responses opened when the counter was closed."),
        "share",
    ),
    "closing_time": Indicator(
        lazy_gettext("Crowded at closing time"),
        lazy_gettext("Share of responses opened in the last minutes before the counter closed."),
        "share",
    ),
    "fast": Indicator(
        lazy_gettext("Answered very fast"),
        lazy_gettext("Share of responses sent sooner than people usually read and answer."),
        "share",
    ),
    "straight_lines": Indicator(
        lazy_gettext("The same answer to every question"),
        lazy_gettext("Share of responses whose answers are all alike."),
        "share",
    ),
    "surge": Indicator(
        lazy_gettext("Crowded at the end of the period"),
        lazy_gettext("Share of responses in the last days of the period."),
        "share",
    ),
    "flagged": Indicator(
        lazy_gettext("Many flagged responses"),
        lazy_gettext("Share of responses that rules flagged when they came in."),
        "share",
    ),
    "flagged_together": Indicator(
        lazy_gettext("Flagged responses close together"),
        lazy_gettext("Share of responses that were flagged on a day after the first one that was flagged."),
        "share",
    ),
    "best_run": Indicator(
        lazy_gettext("A long row of best answers"),
        lazy_gettext("Length of the longest row of responses that all give the best answer everywhere."),
        "count",
    ),
    "perfect_score": Indicator(
        lazy_gettext("All answers satisfied"),
        lazy_gettext("Share of satisfied answers, where similar units hardly ever have all of them."),
        "share",
    ),
    "speed": Indicator(
        lazy_gettext("Unusual time for an answer"),
        lazy_gettext("Seconds that a question took, half of the responses took less."),
        "seconds",
    ),
    "entropy": Indicator(
        lazy_gettext("Answers vary little"),
        lazy_gettext("How much the answers of people differ from each other, in bits."),
        "bits",
    ),
}

SOURCES = {
    "finding": lazy_gettext("Indicator"),
    "flag": lazy_gettext("Rule at intake"),
    "objection": lazy_gettext("Objection"),
}

STATES = {
    "open": lazy_gettext("Waits for a proposal"),
    "proposed": lazy_gettext("Waits for a second person"),
    "decided": lazy_gettext("Decided"),
}

KINDS = {
    "exclude": lazy_gettext("Exclusion"),
    "include": lazy_gettext("Keeping in the figures"),
    "correct": lazy_gettext("Correction of attribution"),
}

DECISIONS = {
    "upheld": lazy_gettext("Upheld"),
    "partly": lazy_gettext("Upheld in part"),
    "refused": lazy_gettext("Refused"),
}

CHANNELS = {
    "poster": lazy_gettext("code at the counter"),
    "slip": lazy_gettext("slip"),
    "rotating": lazy_gettext("changing code"),
    "kiosk": lazy_gettext("kiosk"),
    "link": lazy_gettext("link"),
    "paper": lazy_gettext("paper"),
    "import": lazy_gettext("imported"),
}

_RULES = {str(each.number): each for each in RULES}


def what_is(source: str, what: str) -> str:
    """Write the name of an indicator or a rule."""
    if source == "finding":
        return str(INDICATORS[what].name) if what in INDICATORS else what
    return str(gettext("Rule %(number)s", number=what))


def meaning(case: Case) -> str:
    """Write what an indicator or a rule says."""
    if case.source == "finding":
        return str(INDICATORS[case.what].meaning) if case.what in INDICATORS else ""
    return str(_RULES[case.what].words) if case.what in _RULES else what_is("flag", case.what)


def heading(case: Case) -> str:
    """Write what is doubtful, in a few words."""
    return what_is("finding", case.what) if case.source == "finding" else meaning(case)


def value(case: Case, figure: float | None) -> str:
    """Write a value of an indicator in its unit."""
    measured = INDICATORS[case.what].measured if case.what in INDICATORS else "plain"
    if figure is None:
        return NOTHING
    if measured == "share":
        return share(figure)
    written = number(figure, desk_language(), 0 if measured == "count" and figure.is_integer() else 1)
    if measured == "seconds":
        return str(gettext("%(number)s seconds", number=written))
    if measured == "bits":
        return str(gettext("%(number)s bits", number=written))
    return written
