"""An outsider with a linear program against what each audience is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.check.disclosure import MINIMUM, for_audience
from analysis.summary import IDENTITY, Row
from tests.analysis.check.offices import FACTORS, PEOPLE, tree
from tests.analysis.check.outsider import attack
from tests.analysis.check.pinned import attacked, emptied, secrets, told


@pytest.mark.parametrize("audience", list(MINIMUM))
@settings(max_examples=8)
@given(st.integers(0, 10_000), st.booleans())
@example(199, True)
@example(862, True)
def test_random_tree__linear_programming__pins_no_small_number(
    audience: str, seed: int, factors_known: bool
) -> None:
    made = tree(seed)
    found = attacked(made, audience, FACTORS if factors_known else None)
    assert [(each.what, each.row.code, each.row.measure, each.value) for each in found] == []


def small_only(row: Row, cut: Row) -> Row:
    people = MINIMUM["head"].people or 0
    return emptied(row) if row.kind in PEOPLE and (row.responses or 0) < people else row


def all_but(prefix: str) -> Callable[[Row, Row], Row]:
    return lambda row, cut: row if row.measure.startswith(prefix) else cut


@pytest.mark.parametrize(
    ("leaves", "answers_too"),
    [
        pytest.param(small_only, False, id="partners"),
        pytest.param(all_but("overall"), False, id="overall"),
        pytest.param(all_but("factor:"), False, id="factors"),
        pytest.param(all_but("index:"), False, id="indexes"),
        pytest.param(all_but("question:"), False, id="questions"),
        pytest.param(all_but("nothing"), True, id="answers"),
    ],
)
def test_attack__one_kind_of_number_left_in__pins_small_numbers(
    leaves: Callable[[Row, Row], Row], answers_too: bool
) -> None:
    """The attack is one: it makes use of every kind of number, were it not hidden."""

    def opened(seed: int) -> bool:
        made = tree(seed)
        cut = for_audience(made.summary, "head", factors=FACTORS)
        of = secrets("head", made.summary.rows, cut.rows)
        # What stands in a row that is left in needs no attack.
        rows = [leaves(row, hidden) for row, hidden in zip(made.summary.rows, cut.rows, strict=True)]
        still = {row[:IDENTITY] for row in rows if row.status == ("suppressed",)}
        of = [each for each in of if each.row[:IDENTITY] in still]
        before = told(attack(made, cut.rows, cut.answers), of)
        left = [each for each in of if each not in before]
        answers = made.summary.answers if answers_too else cut.answers
        return len(told(attack(made, rows, answers), left)) > 0

    assert any(opened(seed) for seed in range(6))
