from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.check.suppression import SuppressionError, audit_suppression, suppress

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 5))
TABLES = SHAPES.flatmap(lambda shape: arrays(np.int64, shape, elements=st.integers(0, 60)))
SMALL = st.tuples(st.integers(1, 2), st.integers(1, 3)).flatmap(
    lambda shape: st.tuples(arrays(np.int64, shape, elements=st.integers(0, 5)), arrays(np.bool_, shape))
)

SCHOOLS = [[20, 3, 15], [12, 18, 9], [30, 25, 40]]
CHAIN = [[2, 50, 8], [60, 4, 70], [9, 45, 31]]


def mask(table: list[list[int]], *cells: tuple[int, int]) -> np.ndarray:
    hidden = np.zeros(np.shape(table), np.bool_)
    for cell in cells:
        hidden[cell] = True
    return hidden


def ranges_by_totals(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fréchet's bounds: all that row and column totals tell of a cell (Hundepool et al. 2012, ch. 4)."""
    row, column = table.sum(axis=1)[:, None], table.sum(axis=0)[None, :]
    return np.maximum(0, row + column - table.sum()), np.minimum(row, column)


def tables_like(table: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Give every table that an outsider must think possible, by trying all."""
    most = ranges_by_totals(table)[1][hidden]
    found = []
    for values in itertools.product(*(range(high + 1) for high in most)):
        other = table.copy()
        other[hidden] = values
        if all((other.sum(axis=axis) == table.sum(axis=axis)).all() for axis in (0, 1)):
            found.append(other)
    return np.array(found)


def test_reference_table_of_audits_is_met(reference: Path | None) -> None:
    if reference is None:
        return
    cases = json.loads((reference / "statistics" / "suppression_audit.json").read_text("utf-8"))["cases"]
    assert len(cases) == 5
    for case in cases:
        cells = [tuple(cell) for cell in case["suppressed"]]
        found = audit_suppression(case["table"], mask(case["table"], *cells))
        assert [tuple(each["cell"]) for each in case["cells"]] == cells
        for each, cell in zip(case["cells"], cells, strict=True):
            assert case["table"][cell[0]][cell[1]] == each["value"]
            assert (found.low[cell], found.high[cell]) == (each["feasible_min"], each["feasible_max"])
            assert found.disclosed[cell] == each["exactly_disclosed"]
        assert found.disclosed.sum() == sum(each["exactly_disclosed"] for each in case["cells"])


def test_single_hidden_cell_is_the_total_minus_the_others() -> None:
    found = audit_suppression(SCHOOLS, mask(SCHOOLS, (0, 1)))
    assert (found.low[0, 1], found.high[0, 1]) == (3, 3)
    assert np.argwhere(found.disclosed).tolist() == [[0, 1]]


def test_rectangle_moves_by_its_smaller_corners() -> None:
    # One answer more at (0, 1) is one less at (0, 2) and (1, 1): down by 3, up by min(15, 18).
    found = audit_suppression(SCHOOLS, mask(SCHOOLS, (0, 1), (0, 2), (1, 1), (1, 2)))
    assert found.low.tolist() == [[20, 0, 0], [12, 3, 6], [30, 25, 40]]
    assert found.high.tolist() == [[20, 18, 18], [12, 21, 24], [30, 25, 40]]
    assert not found.disclosed.any()


def test_two_hidden_cells_in_each_line_may_still_be_told() -> None:
    # The column leaves 0 for both of its hidden cells, so the rows tell the others.
    table = [[0, 2, 30], [0, 60, 3], [70, 80, 90]]
    found = audit_suppression(table, mask(table, (0, 0), (0, 1), (1, 0), (1, 1)))
    assert np.argwhere(found.disclosed).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_table_without_small_cells_hides_nothing() -> None:
    assert not suppress([[20, 0], [30, 40]]).any()
    assert not suppress([[20, 30, 40]]).any()
    assert suppress([[20, 0, 30], [30, 40, 50], [25, 26, 27]], zeros=True)[0, 1]


def test_minimum_is_the_fewest_that_may_be_shown() -> None:
    table = [[10, 50, 60], [50, 60, 70], [60, 70, 80]]
    assert not suppress(table, minimum=10).any()
    assert suppress(table, minimum=11).astype(int).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_partners_are_the_smallest_of_their_lines() -> None:
    # 4 takes 30 of its row and 31 of its column with it, and these take 32.
    table = [[4, 30, 90], [31, 32, 80], [70, 60, 50]]
    assert suppress(table).astype(int).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_pairs_that_do_not_move_far_enough_take_further_cells() -> None:
    # The chain of three pairs leaves 70 a range of 6; it must be 14 wide.
    hidden = suppress(CHAIN)
    assert hidden[[0, 0, 1, 2], [0, 2, 1, 0]].all()
    found = audit_suppression(CHAIN, hidden)
    assert (found.high - found.low)[hidden].min() >= 5
    assert not hidden[1, 2] or (found.high - found.low)[1, 2] >= 14


def test_what_totals_tell_hides_all() -> None:
    for table in ([[3, 40, 50]], [[3], [40]], [[1, 1, 0], [0, 40, 50], [1, 60, 70]], [[4]]):
        assert suppress(table).all()
    # 3 can hide with 200 only, whose total leaves it a range of 15, not 40.
    assert suppress([[3, 200], [12, 300]]).all()
    assert audit_suppression([[3, 40, 50]], np.ones((1, 3), np.bool_)).disclosed.all()


@pytest.mark.parametrize(
    ("table", "quoted"),
    [
        ([[1, -2]], r"-2 in row 0, column 1"),
        ([[1, 2], [2.5, 1]], r"2\.5 in row 1, column 0"),
        ([[1, np.nan]], "nan"),
        ([[1, np.inf]], "inf"),
        ([1, 2], r"\(2,\)"),
        ([[]], r"\(1, 0\)"),
        ([[1, 2], [3]], "unequal length"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(table: object, quoted: str) -> None:
    with pytest.raises(SuppressionError, match=quoted):
        suppress(table)  # type: ignore[arg-type]
    with pytest.raises(SuppressionError, match=quoted):
        audit_suppression(table, [[True, True]])  # type: ignore[arg-type]


def test_what_is_no_minimum_or_mask_is_refused() -> None:
    with pytest.raises(SuppressionError, match="minimum 0"):
        suppress(SCHOOLS, minimum=0)
    with pytest.raises(SuppressionError, match=r"bool of shape \(1, 2\)"):
        audit_suppression(SCHOOLS, [[True, False]])
    with pytest.raises(SuppressionError, match="int64"):
        audit_suppression(SCHOOLS, np.ones((3, 3), np.int64))
    assert issubclass(SuppressionError, ValueError)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from([5, 10]), st.booleans())
def test_random_table__after_suppression__attack_pins_no_cell(
    table: np.ndarray, minimum: int, zeros: bool
) -> None:
    before = table.copy()
    hidden = suppress(table, minimum=minimum, zeros=zeros)
    assert (table == before).all()
    secret = (table < minimum) & (zeros | (table > 0))
    assert hidden[secret].all()
    found = audit_suppression(table, hidden)
    low, high = ranges_by_totals(table)
    needed = np.maximum(5, 0.2 * table)
    # Nothing is told but what the totals tell by themselves; then no cell is shown.
    unavoidable = high - low < needed
    if (secret & unavoidable).any():
        assert hidden.all()
    if hidden.all():
        assert (found.low == low).all()
        assert (found.high == high).all()
    else:
        assert (found.high - found.low >= needed)[hidden].all()
        assert not found.disclosed.any()


@settings(max_examples=60, deadline=None)
@given(TABLES.flatmap(lambda table: st.tuples(st.just(table), arrays(np.bool_, table.shape))))
def test_random_mask__audit__keeps_cells_and_totals(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, hidden = made
    found = audit_suppression(table, hidden)
    assert (found.low[~hidden] == table[~hidden]).all()
    assert (found.high[~hidden] == table[~hidden]).all()
    assert ((found.low <= table) & (table <= found.high)).all()
    for axis in (0, 1):
        total = table.sum(axis=axis)
        assert ((found.low.sum(axis=axis) <= total) & (total <= found.high.sum(axis=axis))).all()
    assert not found.disclosed[~hidden].any()


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_small_table__audit__finds_what_trying_all_finds(made: tuple[np.ndarray, np.ndarray]) -> None:
    table, hidden = made
    found, every = audit_suppression(table, hidden), tables_like(table, hidden)
    assert (found.low == every.min(axis=0)).all()
    assert (found.high == every.max(axis=0)).all()
    assert (found.disclosed == (hidden & (every.min(axis=0) == every.max(axis=0)))).all()
