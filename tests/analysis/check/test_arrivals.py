from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.check.arrivals import ArrivalsError
from tests.analysis.check.columns import arrivals


def test_counts_leave_out_responses_of_no_domain() -> None:
    one = arrivals(domains=2, days=3, a_day=2, domain=np.array([0] * 5 + [-1] + [1] * 6))
    everyone = np.ones(12, np.bool_)
    assert one.count(everyone).tolist() == [5, 6]
    assert one.add(np.full(12, 2.0)).tolist() == [10, 12]
    assert one.by_day().tolist() == [[2, 2, 1], [2, 2, 2]]
    assert one.days == 3


def test_received_is_opened_where_no_duration_is_known() -> None:
    duration = np.array([5.0, np.nan])
    one = arrivals(domains=1, days=1, a_day=2, opened=np.array([10.0, 20.0]), duration=duration)
    assert one.received.tolist() == [15.0, 20.0]


@pytest.mark.parametrize(
    ("changed", "quoted"),
    [
        ({"day": np.full(4, 1005)}, "day 1005"),
        ({"domain": np.full(4, 1)}, "domain 1"),
        ({"best": np.zeros(3, np.bool_)}, "best: 3"),
        ({"satisfied": np.full(4, 6.0)}, "satisfied: more"),
        ({"answers": np.full(4, -1.0)}, "answers -1"),
        ({"served": np.zeros(2)}, r"served: shape \(2,\)"),
        ({"served": np.full(1, -3.0)}, "served: -3"),
        ({"served_by_day": np.zeros((1, 5))}, r"served_by_day: shape \(1, 5\); give \(1, 2\)"),
        ({"choices": np.zeros((2, 5))}, "choices: 2 rows"),
    ],
)
def test_columns_that_do_not_belong_together_are_refused(changed: dict[str, Any], quoted: str) -> None:
    with pytest.raises(ArrivalsError, match=quoted):
        arrivals(domains=1, days=2, a_day=2, **changed)
