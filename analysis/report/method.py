"""Method: how the figures were made, as an annex: rules in words, design effects, other readings."""

from __future__ import annotations

from analysis.report.intervals import listing, table
from analysis.report.numerals import number
from analysis.report.sections import heading, measures
from analysis.report.style import Line, Style, measure_name
from analysis.report.terms import LEVELS
from analysis.summary import Pool, Row, Summary


def method(summary: Summary, top: Row | None, style: Style) -> list[Line]:
    """Give the body of the annex on the method."""
    words = style.words
    blocks: list[Line] = [
        heading(words.say("How the figures are made"), 2),
        {"letters": [*_counting(style), *_comparing(style)]},
        *_pools(summary, style),
    ]
    readings = [] if top is None else measures(summary, top, "index:")
    if readings and top is not None:
        names = {row.measure: measure_name(row.measure, style) for row in readings}
        caption = words.say("Rates of several questions together")
        blocks += [
            heading(words.say("Several questions read as one"), 2),
            table(f"{caption}, {top.name}", words.say("Reading"), [(None, readings)], style, names, top),
        ]
    return blocks


def _counting(style: Style) -> list[str]:
    words = style.words
    return [
        words.say(
            "A response counts for the unit and the counter whose code was scanned. An officer is named only "
            "if the page was opened in the hours of the counter, the visit was just now, and one posting "
            "alone was in force."
        ),
        words.say(
            "The overall rate comes from the one headline question. A factor takes in its questions; the "
            "figures of an officer come from the questions about officials alone."
        ),
        words.say(
            "The {level} interval is Wilson's at the effective sample size: people served on one day "
            "resemble each other, so that the day of the unit or officer is the cluster. The design effect "
            "is steadied by those of all units of the level (table below).",
            level=style.level,
        ),
        words.say(
            "Coverage is responses per visit, and not known until the visits of every day of the period are "
            "there."
        ),
    ]


def _comparing(style: Style) -> list[str]:
    words, rules = style.words, style.rules
    least = rules.minimum
    return [
        words.say(
            "Units are compared and have a band and ranks from {responses} responses on {days} days, an "
            "effective size of {size} and an interval narrower than {width} points on.",
            responses=style.number(round(least.responses)),
            days=style.number(round(least.clusters)),
            size=style.number(round(least.effective_n)),
            width=number(round(least.width * 100, 6), words.language),
        ),
        words.say(
            "A unit is compared with the rest of its kind, communes and wards as one; an officer with the "
            "rest of the field of service that most of the responses belong to. The tests are adjusted "
            "together (Benjamini-Hochberg)."
        ),
        words.say(
            "The band is the class of the published rate; its bounds are settings, no regulation fixes them. "
            "How certain it is comes from the answers and the rates of the peers."
        ),
        words.say(
            "All ranks of a group hold together at {level}. Units that cannot be told apart are not ranked.",
            level=style.level,
        ),
        words.say(
            "The change since the period before has Newcombe's interval, for units as they stand today; "
            "periods with other questions are not compared."
        ),
    ]


def _pools(summary: Summary, style: Style) -> list[Line]:
    """Give the table of what the units of a level lent each other's design effects."""
    words, language = style.words, style.words.language
    pools = [pool for pool in summary.pools if pool.measure.partition(":")[0] in ("overall", "factor")]
    if not pools:
        return []

    def line(pool: Pool) -> Line:
        return {
            "name": words.say("Overall") if pool.measure == "overall" else measure_name(pool.measure, style),
            "under": words.say("default design effect") if pool.default else "",
            "cells": [
                number(pool.phi, language, 2),
                number(pool.rho, language, 3),
                style.number(pool.usable),
                style.number(pool.clusters),
            ],
        }

    levels = dict.fromkeys(pool.level for pool in pools)
    rows: list[Line] = []
    for level in levels:
        word = words.term(level, LEVELS)
        rows += [
            {"group": word[:1].upper() + word[1:]},
            *(line(pool) for pool in pools if pool.level == level),
        ]
    columns = (("phi", 18.0), ("rho", 18.0), (words.say("Usable"), 24.0), (words.say("Days"), 22.0))
    return [
        heading(words.say("Design effects"), 2),
        listing(
            words.say("What the design effects of a level have in common"),
            words.say("Level, measure"),
            columns,
            rows,
            note=words.say(
                "phi: spread between the answers of one person. rho: likeness of answers given on one day. "
                "Usable: units, counters or officers with rates between 0 and 1."
            ),
            align="right",
        ),
    ]
