from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.compare.succession import Kind, Succession, SuccessionError, lineage, pooled

JULY, LAST = date(2025, 7, 1), date(2025, 12, 14)


def row(old: str, new: str, day: date = JULY, kind: Kind = "merge") -> Succession[str]:
    return Succession(old, new, day, kind)


def test_merged_units_lead_to_one_and_say_what_was_summed() -> None:
    found = lineage([row("A", "C"), row("B", "C")], LAST)
    assert found.stands == {"A": "C", "B": "C", "C": "C"}
    assert found.summed["C"] == (("A", "B"), JULY)
    assert (
        found.summed["C"].label({"A": "Xã A", "B": "Xã B"}.__getitem__)
        == "sum of Xã A + Xã B before 2025-07-01"
    )
    assert found.no_baseline == frozenset()


def test_chains_are_followed() -> None:
    rows = [
        row("B", "C", date(2026, 3, 1), "merge"),
        row("A", "B", JULY, "rename"),
        row("D", "C", date(2026, 3, 1), "merge"),
    ]
    assert lineage(rows, LAST).stands == {"A": "B", "B": "B"}
    later = lineage(rows, date(2026, 3, 1))
    assert [later.successor(unit) for unit in "ABCD"] == ["C"] * 4
    assert later.summed["C"] == (("A", "B", "D"), date(2026, 3, 1))
    assert later.summed["C"].label() == "sum of A + B + D before 2026-03-01"
    assert set(later.summed) == {"C"}


def test_the_day_itself_counts() -> None:
    rows = [row("A", "B", kind="rename")]
    assert lineage(rows, JULY).successor("A") == "B"
    assert lineage(rows, JULY - timedelta(1)).successor("A") == "A"
    assert lineage(rows, JULY).summed["B"].label() == "A before 2025-07-01"


def test_divided_unit_has_no_successor_and_its_parts_no_past() -> None:
    rows = [row("A", "B", kind="split"), row("A", "C", kind="split"), row("D", "B")]
    found = lineage(rows, LAST)
    assert found.successor("A") is None
    assert found.stands["A"] == "A"
    assert found.divided == {"A"}
    assert found.no_baseline == {"B", "C"}
    assert found.successor("D") == "B"
    assert found.summed == {"B": (("D",), JULY)}


def test_what_ended_in_a_divided_unit_has_no_successor() -> None:
    rows = [
        row("A", "B", JULY, "rename"),
        row("B", "C", date(2026, 1, 1), "split"),
        row("B", "D", date(2026, 1, 1), "split"),
        row("C", "E", date(2026, 7, 1), "rename"),
        row("D", "F", date(2026, 8, 1), "split"),
        row("D", "G", date(2026, 8, 1), "split"),
    ]
    found = lineage(rows, date(2026, 12, 31))
    assert found.successor("A") is None
    assert found.stands["A"] == "B"
    assert found.no_baseline == {"E", "F", "G"}


def test_want_of_a_past_passes_once_it_is_long_ago() -> None:
    rows = [row("A", "B", kind="split"), row("A", "C", kind="split"), row("D", "E", kind="rename")]
    assert lineage(rows, LAST, since=JULY - timedelta(1)).no_baseline == {"B", "C"}
    found = lineage(rows, LAST, since=JULY)
    assert found.no_baseline == frozenset()
    assert found.summed == {}
    assert found.stands["D"] == "E"


def test_several_new_units_are_a_split_whatever_the_kind() -> None:
    found = lineage([row("A", "B", kind="transfer"), row("A", "C", kind="merge")], LAST)
    assert found.successor("A") is None
    assert found.no_baseline == {"B", "C"}


def test_transfer_of_the_whole_is_carried_on_unless_told_otherwise() -> None:
    rows = [row("A", "B", kind="transfer")]
    assert lineage(rows, LAST).successor("A") == "B"
    strict = lineage(rows, LAST, without_past=("split", "transfer"))
    assert strict.successor("A") is None
    assert strict.no_baseline == {"B"}


def test_unit_that_stood_before_is_named_in_the_sum() -> None:
    units = {"A": date(2020, 1, 1), "C": JULY, "X": date(2000, 1, 1)}
    found = lineage([row("B", "A"), row("D", "C")], LAST, units=units)
    assert found.summed["A"].units == ("A", "B")
    assert found.summed["C"].units == ("D",)
    assert found.stands["X"] == "X"
    assert found.successor("nowhere named") == "nowhere named"


def test_ids_and_dated_codes_are_keys_alike() -> None:
    numbers = lineage([Succession(1, 7, JULY, "merge")], LAST)
    assert numbers.successor(1) == 7
    old, new = ("17647", date(1991, 1, 1)), ("17647", JULY)
    assert lineage([Succession(old, new, JULY, "merge")], LAST).successor(old) == new


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Succession[int]], dict[int, list[int]]]:
    """Draw rows where each of up to 14 units ends at most once, in one of a higher number or in several."""
    rows = []
    for old in range(draw(st.integers(1, 14))):
        news = draw(st.sets(st.integers(old + 1, 15), max_size=2))
        kind: Kind = "split" if len(news) > 1 else draw(st.sampled_from(["merge", "rename", "transfer"]))
        rows += [Succession(old, new, JULY + timedelta(old), kind) for new in sorted(news)]
    counts = st.lists(st.integers(0, 99), min_size=3, max_size=3)
    return draw(st.permutations(rows)), draw(st.dictionaries(st.integers(0, 15), counts, max_size=16))


@given(histories(), st.integers(-1, 15))
def test_merged_units_equal_summed_tallies(
    history: tuple[list[Succession[int]], dict[int, list[int]]], days: int
) -> None:
    rows, tallies = history
    found = lineage(rows, JULY + timedelta(days))
    sums = pooled(tallies, found)
    for unit, total in sums.items():
        members = [old for old in tallies if found.stands.get(old, old) == unit]
        assert total.tolist() == np.sum([tallies[old] for old in members], axis=0).tolist()
    whole = sum((np.array(counts) for counts in tallies.values()), np.zeros(3))
    assert sum(sums.values(), np.zeros(3)).tolist() == whole.tolist()
    # The same, one row at a time.
    moved = {unit: np.array(counts, float) for unit, counts in tallies.items()}
    for old, new, day, _ in sorted(rows, key=lambda one: one.date):
        if day <= JULY + timedelta(days) and old not in found.divided and old in moved:
            moved[new] = moved.get(new, np.zeros(3)) + moved.pop(old)
    assert {unit: total.tolist() for unit, total in moved.items()} == {
        unit: total.tolist() for unit, total in sums.items()
    }


@given(histories())
def test_successors_stand_and_order_does_not_matter(
    history: tuple[list[Succession[int]], dict[int, list[int]]],
) -> None:
    rows, _ = history
    found = lineage(rows, LAST)
    assert lineage(reversed(rows), LAST).stands == found.stands
    ended = {one.old for one in rows}
    for unit, last in found.stands.items():
        assert (last not in ended) or last in found.divided
        assert found.stands[last] == last
        assert (found.successor(unit) is None) == (last in found.divided)
    assert not found.no_baseline & ended


def test_faults_are_quoted() -> None:
    with pytest.raises(SuccessionError, match="unknown kind 'join'"):
        lineage([row("A", "B", kind="join")], LAST)  # type: ignore[arg-type]
    with pytest.raises(SuccessionError, match="follows itself"):
        lineage([row("A", "A")], LAST)
    with pytest.raises(SuccessionError, match="twice"):
        lineage([row("A", "B"), row("A", "B", kind="rename")], LAST)
    with pytest.raises(SuccessionError, match="ended on 2025-07-01 already"):
        lineage([row("A", "B"), row("A", "C", LAST)], LAST)
    with pytest.raises(SuccessionError, match="the new unit has ended on 2025-07-01"):
        lineage([row("A", "B"), row("B", "C")], LAST)
    with pytest.raises(SuccessionError, match="has ended"):
        lineage([row("A", "B"), row("B", "A", LAST)], LAST)
    with pytest.raises(SuccessionError, match=r"'B' have the shape \(2,\)"):
        pooled({"A": [1], "B": [1, 2]}, lineage([], LAST))
