"""Asked: what the answers of the leading unit say beside its rates: the spread, trips, payment, reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.report import charts
from analysis.report.style import Line, Style, instead, measure_name
from analysis.summary import Row, Summary

SCALE = ("1", "2", "3", "4", "5")
TRIPS, PAYMENT, REASONS = "trips", "extra_payment", "reasons"
"""Questions of the delivered questionnaires that have a sentence of their own."""

Counts = Mapping[str, Mapping[str, int]]
"""Of each question, how often each choice was taken."""


def counts_of(summary: Summary, top: Row) -> dict[str, dict[str, int]]:
    """Give the answers of a unit; a question of which a choice is hidden is left out."""
    found: dict[str, dict[str, int | None]] = {}
    for answer in summary.answers:
        if (answer.kind, answer.code, answer.valid_from) == (top.kind, top.code, top.valid_from):
            found.setdefault(answer.question, {})[answer.choice] = answer.count
    return {
        question: {choice: count for choice, count in counts.items() if count is not None}
        for question, counts in found.items()
        if None not in counts.values()
    }


def sentences(counts: Counts, style: Style) -> list[str]:
    """Give the sentences about trips and payments beyond the fees, where they were asked."""
    words = style.words
    said = []
    trips = {code: n for code, n in counts.get(TRIPS, {}).items() if code[:1].isdigit()}
    if known := sum(trips.values()):
        often = known - trips.get("1", 0)
        said.append(
            words.count(
                "{share} had to come twice or more ({n} answer; who cannot recall is left out).",
                "{share} had to come twice or more ({n} answers; who cannot recall is left out).",
                known,
                share=style.percent(often / known),
            )
        )
    payment = counts.get(PAYMENT, {})
    if answers := payment.get("yes", 0) + payment.get("no", 0):
        said.append(
            words.say(
                "{yes} of {answers} reported a hint to pay more; {refused} preferred not to say.",
                yes=style.number(payment.get("yes", 0)),
                answers=style.number(answers),
                refused=style.number(payment.get("refused", 0)),
            )
        )
    return said


def weakest(questions: list[Row], counts: Counts, style: Style) -> str | None:
    """Say which question has the lowest rate, and the reason most often given where its words are known."""
    words = style.words
    shown = [row for row in questions if not instead(row) and row.rate is not None]
    if len(shown) < 2:
        return None
    lowest = min(shown, key=lambda row: (row.rate, row.measure))
    figures = {
        "short_label": measure_name(lowest.measure, style),
        "rate": style.percent(lowest.rate or 0.0),
    }
    reasons = {
        code: n for code, n in counts.get(REASONS, {}).items() if f"choice:{REASONS}:{code}" in style.labels
    }
    if not any(reasons.values()):
        return words.say('Lowest: "{short_label}" ({rate}).', **figures)
    code = max(reasons, key=lambda code: (reasons[code], code))
    return words.count(
        'Lowest: "{short_label}" ({rate}); reason most often given: {reason} ({n} response).',
        'Lowest: "{short_label}" ({rate}); reason most often given: {reason} ({n} responses).',
        reasons[code],
        reason=style.labels[f"choice:{REASONS}:{code}"],
        **figures,
    )


def spread(rows: list[Row], top: Row, counts: Counts, style: Style) -> list[Line]:
    """Give the figure of how the answers to each rated question are spread; none where none can be shown."""
    by_measure = {row.measure: row for row in rows} | {"question:overall": top}
    drawn = [
        (measure_name(measure, style), [counts[question].get(code, 0) for code in SCALE], row)
        for measure, row in sorted(by_measure.items(), key=lambda item: item[0] != "question:overall")
        if (question := measure.partition(":")[2]) in counts and _on_scale(counts[question])
    ]
    if not drawn:
        return []
    words = style.words
    labels = [label for label, _, _ in drawn]
    spreads = [spread for _, spread, _ in drawn]
    rates, lows, highs = zip(
        *((math.nan,) * 3 if instead(row) else (row.rate, row.low, row.high) for _, _, row in drawn),
        strict=True,
    )
    return [
        {
            "chart": charts.svg(
                charts.answers_plot(
                    labels,
                    spreads,
                    rates,
                    lows,
                    highs,
                    bounds=style.rules.bounds,
                    language=words.language,
                    level=style.level,
                )
            ).decode(),
            "caption": words.say(
                "How the answers are spread, {unit}: percentages of the answers, and the rate of the "
                "satisfied with its {level} interval.",
                unit=top.name,
                level=style.level,
            ),
            "alternative": charts.answers_text(
                labels,
                spreads,
                rates,
                lows,
                highs,
                bounds=style.rules.bounds,
                language=words.language,
                level=style.level,
            ),
        }
    ]


def _on_scale(counts: Mapping[str, int]) -> bool:
    return set(SCALE) <= set(counts) and any(counts[code] for code in SCALE)
