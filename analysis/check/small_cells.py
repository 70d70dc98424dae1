"""Small cells: figures that hide because a cell of theirs is small or would be told by others."""

from __future__ import annotations

import numpy as np

from analysis.arrays import Array, Marks
from analysis.check.parts import UNIT, Figures, Parts


def unsafe_cells(figures: Figures, parts: Parts, cells: Array, least: float, hidden: Marks) -> Marks:
    """Mark the hidden figures, those with a cell of fewer than ``least``, and those that would give one away.

    ``cells`` has a row a figure. Of a figure that is not marked, each cell of what is left besides its parts
    that are not marked is empty or reaches the least.
    """
    marked = hidden | _few(cells, least)
    before = -1
    while before != (before := int(np.count_nonzero(marked))):
        marked[parts.figure] |= marked[parts.whole]
        rest = cells
        for group in np.unique(figures.group[parts.figure]):
            live = (figures.group[parts.figure] == group) & ~marked[parts.whole]
            live &= ~marked[parts.figure] & (figures.responses[parts.figure] > 0)
            figure, whole = parts.figure[live], parts.whole[live]
            left = rest.copy()
            np.subtract.at(left, whole, cells[figure])
            if group == UNIT:
                rest = left
            at_risk = _few(left, least)[whole]
            figure, whole = figure[at_risk], whole[at_risk]
            order = np.lexsort((figures.order[figure], figures.responses[figure], whole))
            _, smallest = np.unique(whole[order], return_index=True)
            marked[figure[order][smallest]] = True
    return marked


def _few(cells: Array, least: float) -> Marks:
    return np.asarray(((cells > 0) & (cells < least)).any(axis=1))
