from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from analysis.counting import pairs
from analysis.hierarchy import HierarchyError, members
from analysis.ratings import Domain, Question, Ratings
from analysis.tally import TallyError, tally

QUESTION = Question("overall", "scale", ("bad", "good"), headline=True, satisfied=frozenset({"good"}))


def ratings(answers: list[int]) -> Ratings:
    many = len(answers)
    return Ratings(
        (Domain("ward", "A", "Ward A"),),
        (),
        (),
        (QUESTION,),
        (("counter-service", 1),),
        np.full(many, 739_000, np.int32),
        np.zeros(many, np.int32),
        np.zeros(many, np.int32),
        np.full(many, -1, np.int32),
        np.full(many, -1, np.int32),
        np.zeros(many, np.int16),
        np.zeros(many, np.bool_),
        {"overall": np.array(answers, np.int8)},
    )


def test_negative_codes_are_never_answers() -> None:
    found = tally(ratings([1, 0, -1, -2, -3, -4, 1])).levels[0]
    assert found.tallies[0].clusters.answers.tolist() == [3]
    assert found.tallies[0].clusters.satisfied.tolist() == [2]
    # Unmapped, refused, not applicable, skipped, bad, good.
    assert found.answers["overall"].tolist() == [[1, 1, 1, 1, 1, 2]]


def test_code_that_the_question_lacks_is_refused() -> None:
    with pytest.raises(TallyError, match="'overall': answers from 0 to 2, but codes go from -4 to 1"):
        tally(ratings([0, 2]))


def test_missing_column_is_refused() -> None:
    with pytest.raises(TallyError, match="'overall': no column for 1 responses"):
        tally(replace(ratings([0]), answers={}))


def test_pairs_are_numbered_alike_in_a_table_too_large_to_hold() -> None:
    left, right = np.array([0, 9_000_000, 0, 3]), np.array([5, 8_000_000, 5, 0])
    found = pairs(left, right)
    assert found.of.tolist() == [0, 2, 0, 1]
    assert found.left.tolist() == [0, 3, 9_000_000]
    assert found.right.tolist() == [5, 0, 8_000_000]


def test_units_in_a_circle_are_refused() -> None:
    with pytest.raises(HierarchyError, match="'A'"):
        members([Domain("ward", "A", "A", parent=1), Domain("ward", "B", "B", parent=0)])


def test_importing_periods_loads_no_numbers() -> None:
    code = "import sys, analysis.period; assert not {'numpy', 'scipy', 'matplotlib'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_estimating_does_not_load_scipy_stats() -> None:
    code = "import sys, analysis.summarise; assert not {'scipy.stats', 'matplotlib'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True)
