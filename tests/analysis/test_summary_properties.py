"""What holds of the rows of a whole province: of a part of it alone, and with every answer turned round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.check.disclosure import for_audience, subtree
from analysis.period import period
from analysis.ratings import Ratings
from analysis.summarise import summarise
from analysis.summary import Row, Summary
from analysis.tally import tally
from analysis.tally_file import read_tallies
from tests.load.provinces import CHOICES, province
from tests.provinces import province as printed_province

H1 = period("2026-H1")
PEOPLE = ("counter", "officer")


@pytest.fixture(scope="module")
def ratings() -> Ratings:
    """Give some thousand responses, with every tenth unit below the one of its ten."""
    made = province(6_000, 6)
    head, *units = made.units
    moved = (
        replace(unit, kind="ward", parent=1 + (at - at % 10)) if at % 10 else unit
        for at, unit in enumerate(units)
    )
    return replace(made, units=(head, *moved))


@pytest.fixture(scope="module")
def whole(ratings: Ratings) -> Summary:
    """Give the figures of all of them."""
    return summarise(tally(ratings), H1)


def below(rows: list[Row], code: str) -> set[str]:
    """Give the codes of a unit and all units below it, one step after the other."""
    found = {code}
    while True:
        more = {row.code for row in rows if row.kind not in PEOPLE and row.parent_code in found} - found
        if not more:
            return found
        found |= more


@pytest.mark.parametrize("audience", ["internal", "head"])
def test_subtree__its_rows_equal_those_of_the_province(whole: Summary, audience: str) -> None:
    cut = for_audience(whole, audience)
    rows, answers, weighted = list(cut.rows), list(cut.answers), list(cut.weighted)
    for code in ("T", "X001", "X002", "X011", "X150"):
        units = below(rows, code)
        mine = [row for row in rows if (row.parent_code if row.kind in PEOPLE else row.code) in units]
        made = subtree(cut, code)
        assert list(made.rows) == mine
        domains = {(row.kind, row.code) for row in mine}
        assert list(made.answers) == [each for each in answers if (each.kind, each.code) in domains]
        assert list(made.weighted) == [each for each in weighted if (each.kind, each.code) in domains]
        top = next(row for row in mine if (row.code, row.role, row.measure) == (code, "serving", "overall"))
        assert made.responses == top.responses
        # A part of the part is that part of the whole.
        assert all(subtree(made, unit).rows == subtree(cut, unit).rows for unit in sorted(units)[:3])


@settings(max_examples=20)
@given(st.data())
def test_subtree__of_any_printed_unit__keeps_order_and_figures(data: st.DataObject) -> None:
    cut = printed_province()
    rows = list(cut.rows)
    code = data.draw(st.sampled_from(sorted({row.code for row in rows if row.kind not in PEOPLE})))
    units = below(rows, code)
    made = list(subtree(cut, code).rows)
    assert made == [row for row in rows if (row.parent_code if row.kind in PEOPLE else row.code) in units]


COUNTED = ("responses", "answers", "satisfied", "rate", "clusters", "mean_score", "very_satisfied", "flagged")


def test_unit_alone__same_counts_and_rates_as_in_the_province(ratings: Ratings, whole: Summary) -> None:
    """Peers lend intervals and ranks; what was counted is a unit's own."""
    at = next(at for at, unit in enumerate(ratings.units) if unit.code == "X011")
    parts = [place for place, unit in enumerate(ratings.units) if at in (place, unit.parent)]
    assert len(parts) == 10
    mine = np.isin(ratings.unit, parts)
    columns = ("day", "unit", "deciding_unit", "counter", "officer", "version", "flagged", "field")
    alone = replace(
        ratings,
        answers={name: column[mine] for name, column in ratings.answers.items()},
        **{name: getattr(ratings, name)[mine] for name in columns},
    )
    made = subtree(summarise(tally(alone), H1), "X011")
    theirs = {key(row): row for row in subtree(whole, "X011").rows}
    compared = 0
    for row in made.rows:
        if row.kind in PEOPLE:
            continue
        for name in COUNTED:
            assert getattr(row, name) == pytest.approx(getattr(theirs[key(row)], name), rel=1e-12), (
                row,
                name,
            )
        compared += row.rate is not None
    assert compared >= 10


def key(row: Row) -> tuple[str, str, str, str]:
    return row.kind, row.role, row.code, row.measure


def test_every_answer_turned_round__rates_intervals_and_effects_mirror(
    ratings: Ratings, whole: Summary
) -> None:
    turned = tuple(
        replace(
            question,
            satisfied=frozenset(CHOICES) - question.satisfied,
            very_satisfied=frozenset("1"),
            dissatisfied=frozenset("45"),
        )
        for question in ratings.questions
    )
    mirrored = {key(row): row for row in summarise(tally(replace(ratings, questions=turned)), H1).rows}
    compared = 0
    for row in whole.rows:
        other = mirrored[key(row)]
        assert (row.answers, row.clusters) == (other.answers, other.clusters)
        if row.rate is None or row.low is None or row.high is None:
            continue
        assert (other.rate, other.low, other.high) == pytest.approx(
            (1 - row.rate, 1 - row.high, 1 - row.low), abs=1e-9
        )
        assert other.design_effect == pytest.approx(row.design_effect, rel=1e-6)
        assert other.effective_n == pytest.approx(row.effective_n, rel=1e-6)
        compared += 1
    assert compared > 500


HEADER = "date,unit,counter,officer,procedure,channel,question,factor,answer,count"


def test_file_of_tallies__lines_in_any_order_and_counts_in_pieces__same_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    lines = [
        f"2026-0{month + 1}-1{day},U{unit},U{unit}-1,O{unit},land,kiosk,{question},{factor},{answer},"
        for month, day, unit in np.ndindex(6, 9, 8)
        for question, factor in (("overall", ""), ("polite", "officials"), ("clear", "access"))
        for answer in rng.choice(5, 2, replace=False, p=[0.05, 0.05, 0.1, 0.3, 0.5]) + 1
    ]
    counts = rng.integers(1, 5, len(lines)).tolist()
    whole = [f"{line}{count}" for line, count in zip(lines, counts, strict=True)]
    pieces = [f"{line}1" for line, count in zip(lines, counts, strict=True) for _ in range(count)]
    rng.shuffle(pieces)
    found = []
    for number, text in enumerate((whole, pieces)):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join([HEADER, *text]) + "\n", encoding="utf-8")
        np.random.seed(number)  # nothing hangs on the global random state
        found.append({key(row): row for row in summarise(read_tallies(path), H1).rows})
    once, again = found
    assert once.keys() == again.keys()
    assert sum(row.rate is not None for row in once.values()) > 20
    for name, row in once.items():
        for mine, other in zip(row, again[name], strict=True):
            assert other == (pytest.approx(mine, rel=1e-9) if isinstance(mine, float) else mine), (row, name)
