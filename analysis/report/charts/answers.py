"""Answers: how the answers to questions are spread over the scale, and the rate of the satisfied ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from analysis.report.charts import bars
from analysis.report.charts.columns import ChartError, numbers, same_length
from analysis.report.charts.intervals import BOUNDS
from analysis.report.charts.marks import ANSWERS, PAGE, panel, sheet, write
from analysis.report.numerals import Language, number, percent
from analysis.report.wording import Wording, wording

_CHART = "answers plot"


def _questions(
    labels: Sequence[str], counts: ArrayLike, rates: ArrayLike, lows: ArrayLike, highs: ArrayLike
) -> bars.Questions:
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != len(ANSWERS):
        raise ChartError(
            f"{_CHART}: counts have the shape {table.shape}; give {len(ANSWERS)} a row, the worst first"
        )
    columns = numbers(_CHART, within=(0.0, 1e12), **{f"answer {n + 1}": table[:, n] for n in range(5)})  # type: ignore[arg-type]  # names of columns
    rate, low, high = numbers(_CHART, gaps=True, rates=rates, lows=lows, highs=highs)
    same_length(_CHART, labels=labels, counts=columns[0], rates=rate)
    n = table.sum(axis=1)
    for row in np.flatnonzero((n == 0) & ~np.isnan(rate))[:1]:
        raise ChartError(f"{_CHART}: row {row + 1}: a rate of {rate[row]} of no answers; give nan")
    shares = np.divide(table, n[:, None], out=np.full_like(table, np.nan), where=n[:, None] > 0)
    return bars.Questions(shares, n, rate, low, high)


def _choices(words: Wording) -> tuple[str, ...]:
    return (
        words.say("Very dissatisfied"),
        words.say("Dissatisfied"),
        words.say("Neither satisfied nor dissatisfied"),
        words.say("Satisfied"),
        words.say("Very satisfied"),
    )


def answers_plot(
    labels: Sequence[str],
    counts: ArrayLike,
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    choices: Sequence[str] | None = None,
    bounds: Sequence[float] = BOUNDS,
    language: Language = "vi",
    level: str = "95%",
    width: float = PAGE,
) -> Figure:
    """Draw the answers to questions as bars that meet in the middle of the neutral one, and the rates beside.

    The dissatisfied side is hatched. Numbers in the bars are percentages of the answers; shares under 7 %
    bear none. Beside them stands the rate of the satisfied with its interval on its own axis, and the number
    of answers. About 30 questions fit on an A4 page.

    Parameters
    ----------
    labels
        One a question.
    counts
        Five a question, from the worst answer to the best.
    rates, lows, highs
        Fractions; NaN in all three where a question has no rate, for want of answers.
    choices
        The words of the five answers; ours if not given.
    bounds
        Hairlines on the axis of the rates.
    language, level, width
        Language, the level of the intervals as it is printed, and the width in millimetres.

    Raises
    ------
    ChartError
        If there is no question, a question has not five counts, the columns differ in length, or a number is
        not in its place.

    Examples
    --------
    >>> figure = answers_plot(["Nhìn chung"], [[8, 21, 37, 206, 140]], [0.84], [0.79], [0.88])
    >>> [text.get_text() for text in figure.axes[1].texts][-4:]
    ['Nhìn chung', '9', '50', '34']
    """
    data = _questions(labels, counts, rates, lows, highs)
    words = wording(language)
    names = _choices(words) if choices is None else tuple(choices)
    if len(names) != len(ANSWERS):
        raise ChartError(f"{_CHART}: {len(names)} choices; give {len(ANSWERS)}, the worst first")
    layout = bars.laid_out(labels, data, width, words)
    swatches, lines = bars.flow(names, layout.full)
    head = lines * bars.LEGEND + bars.HEADS
    figure = sheet(width, head + layout.height + 4)
    top = panel(figure, 0, 0, layout.full, head, (0, layout.full), (-head, 0))
    for (right, down), name, answer in zip(swatches, names, range(len(names)), strict=True):
        bars.draw_segment(top, answer, right, down, *bars.SWATCH)
        write(top, name, right + bars.SWATCH[0] + 4, down)
    bars.draw_bars(figure, head, layout, data, words)
    bars.draw_rates(figure, head, layout, data, bounds, words, level)
    return figure


def answers_text(
    labels: Sequence[str],
    counts: ArrayLike,
    rates: ArrayLike,
    lows: ArrayLike,
    highs: ArrayLike,
    *,
    bounds: Sequence[float] = BOUNDS,
    language: Language = "vi",
    level: str = "95%",
) -> str:
    """Say in words what `answers_plot` shows: the lowest and the highest question, and those without a rate.

    Raises
    ------
    ChartError
        As `answers_plot`.

    Examples
    --------
    >>> answers_text(["Overall"], [[8, 21, 37, 206, 140]], [0.84], [0.79], [0.88], language="en")
    'Chart of the answers to 1 question with the rate of the satisfied and its 95% interval. Overall: 7.0% \
dissatisfied, 9.0% neutral, 84.0% satisfied (79.0% to 88.0%; answers: 412).'
    """
    data = _questions(labels, counts, rates, lows, highs)
    words = wording(language)

    def said(row: int) -> str:
        shares = data.shares[row]
        return words.say(
            "{label}: {worst} dissatisfied, {neutral} neutral, {rate} satisfied "
            "({low} to {high}; answers: {n}).",
            label=labels[row],
            worst=percent(float(shares[bars.WORST].sum()), language),
            neutral=percent(float(shares[bars.NEUTRAL]), language),
            rate=percent(data.rate[row], language, bounds),
            low=percent(data.low[row], language, bounds),
            high=percent(data.high[row], language, bounds),
            n=number(round(float(data.n[row])), language),
        )

    parts = [
        words.count(
            "Chart of the answers to {n} question with the rate of the satisfied and its {level} interval.",
            "Chart of the answers to {n} questions with the rates of the satisfied and their {level} "
            "intervals.",
            len(labels),
            level=level,
        )
    ]
    shown = np.flatnonzero(~np.isnan(data.rate))
    if len(shown) == 1:
        parts.append(said(int(shown[0])))
    elif len(shown):
        parts.append(words.say("Lowest:") + " " + said(int(np.nanargmin(data.rate))))
        parts.append(words.say("Highest:") + " " + said(int(np.nanargmax(data.rate))))
    without = [labels[row] for row in np.flatnonzero(np.isnan(data.rate)).tolist()]
    if without:
        parts.append(words.say("Without a rate: {labels}.", labels=", ".join(without)))
    return " ".join(parts)
