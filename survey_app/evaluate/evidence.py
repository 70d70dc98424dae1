"""Evidence: what raised a doubt, as a sentence, bars and strokes that a person can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time

import flask_babel

from analysis.report.numerals import number
from survey_app.evaluate.doubt_words import value
from survey_app.evaluate.doubts import Case
from survey_app.evaluate.words import count, desk_language

gettext: Callable[..., str] = flask_babel.gettext  # Flask-Babel carries no types

BOUNDS = ("more_answers", "more_answers_on_day", "presses")
"""Indicators whose expectation is no usual value but the most that can be."""
RARE = (10_000, 1_000, 100)
"""One in so many, from the rarest."""


@dataclass(frozen=True)
class Bar:
    """One bar with its words; ``width`` is a percentage. ``found`` says that it is what was seen."""

    words: str
    width: float
    found: bool


@dataclass(frozen=True)
class Day:
    """Answers as strokes along a day, and when the counter is open, in percent of 24 hours."""

    strokes: tuple[float, ...]
    open_from: float | None = None
    open_for: float | None = None


@dataclass(frozen=True)
class Evidence:
    """What is told of a doubt: sentences, a chart where one says more; ``notes`` are of single responses."""

    sentences: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    day: Day | None = None
    notes: Mapping[int, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Give what a chart says to those who do not see it."""
        return "; ".join(bar.words for bar in self.bars) or " ".join(self.sentences)


def of_finding(case: Case) -> Evidence:
    """Tell what an indicator found beside what is usual, and how far chance explains it."""
    if case.value is None:
        return Evidence()
    found = value(case, case.value)
    if case.expected is None:
        words = gettext("Found %(value)s, from %(n)s responses.", value=found, n=count(case.n))
        return Evidence((words, *_chance(case)))
    usual = value(case, case.expected)
    if case.what in BOUNDS:
        words = gettext(
            "Found %(value)s, where at most %(expected)s can be; from %(n)s responses.",
            value=found,
            expected=usual,
            n=count(case.n),
        )
        beside = gettext("At most: %(expected)s", expected=usual)
    else:
        words = gettext(
            "Found %(value)s, where what is usual makes us expect %(expected)s; from %(n)s responses.",
            value=found,
            expected=usual,
            n=count(case.n),
        )
        beside = gettext("Expected: %(expected)s", expected=usual)
    return Evidence(
        (words, *_chance(case)),
        bars(gettext("Found: %(value)s", value=found), case.value, beside, case.expected),
    )


def bars(words: str, seen: float, beside: str, usual: float) -> tuple[Bar, ...]:
    """Give two bars on one scale from 0: what was seen, and what it is held against."""
    most = max(seen, usual)
    if most <= 0:
        return ()
    return tuple(
        Bar(text, round(100 * max(figure, 0) / most, 1), found)
        for text, figure, found in ((words, seen, True), (beside, usual, False))
    )


def day_of(moments: list[time], opens: time | None, closes: time | None) -> Day:
    """Place moments along a day."""
    strokes = tuple(sorted(_place(each) for each in moments))
    if opens is None or closes is None:
        return Day(strokes)
    return Day(strokes, _place(opens), round(_place(closes) - _place(opens), 1))


def _place(moment: time) -> float:
    return round((moment.hour * 60 + moment.minute) / 14.4, 1)


def _chance(case: Case) -> tuple[str, ...]:
    """Say how many signs as strong as this are expected to be false; of a hard check that none can be."""
    if case.q is None:
        return (gettext("Chance does not explain this."),)
    rare = next((each for each in RARE if case.q <= 1 / each), None)
    if rare is None:
        return ()
    return (
        gettext(
            "Of signs as strong as this, over all that was looked at, at most 1 in %(times)s is expected to "
            "come from chance alone.",
            times=number(rare, desk_language()),
        ),
    )
