"""How often an outsider with a linear program finds a small number among what an audience is shown.

Run as ``python -m tests.studies.disclosure``; it takes some minutes on two cores.
"""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import NamedTuple

from analysis.check.disclosure import MINIMUM
from tests.analysis.check.offices import FACTORS, tree
from tests.analysis.check.pinned import attacked

PROVINCES = 250


class Case(NamedTuple):
    """Made-up offices, who is shown their figures, and whether the factors of the questions are known."""

    seed: int
    audience: str
    factors: bool


def found_in(case: Case) -> list[str]:
    """Give the small numbers that are told, each in words."""
    told = attacked(tree(case.seed), case.audience, FACTORS if case.factors else None)
    return [f"{each.what} {each.row.code} {each.row.measure} = {each.value:g}" for each in told]


def main() -> None:
    """Print for each audience in how many of the provinces a number is told, and which."""
    cases = [Case(*each) for each in product(range(PROVINCES), MINIMUM, (True, False))]
    opened: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        for case, told in zip(cases, processes.map(found_in, cases, chunksize=16), strict=True):
            if told:
                opened[case.audience] += 1
                print(f"province {case.seed}, {case.audience}, factors {case.factors}: {'; '.join(told)}")
    for audience in MINIMUM:
        print(f"{audience}: {opened[audience]} of {2 * PROVINCES} tables tell a small number")


if __name__ == "__main__":
    main()
