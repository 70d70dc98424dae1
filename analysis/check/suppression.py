"""Suppression: which cells of a two-way table of counts must hide when its totals are published."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, sparse
from scipy.sparse import csgraph

from analysis.arrays import Array, Index, Marks

WIDTH, SHARE = 5.0, 0.2
"""A hidden count must stay uncertain by so many, or by this share of it if that is more."""


class SuppressionError(ValueError):
    """A table, minimum or mask that hides nothing sensible."""


class Audit(NamedTuple):
    """The smallest and largest value of each cell, and whether a hidden one has no other than its own.

    Arrays of the table's shape; cells that are shown have their value as both.
    """

    low: Array
    high: Array
    disclosed: Marks


def suppress(table: ArrayLike, *, minimum: int = 10, zeros: bool = False) -> Marks:
    """Mark the cells to hide so that the published row and column totals tell none of them.

    Cells below the minimum hide. In each row and column with a single hidden cell the smallest other one
    hides too. Then every hidden cell must be able to have values that lie max(5, 20 % of it) or more apart
    (`audit_suppression`). Where it is not so, cells (k, j), (i, l), (k, l) hide beside (i, j), the smallest
    that let it move so far, and so on: more hidden cells never narrow a range [1]_ [2]_ [3]_. Cells of 0 are
    taken as partners only when nothing else is left.

    What the totals alone tell cannot be hidden: a table of one row, or a total of 2. Then all cells hide, and
    the audit says which of them are still told; publish such a table without its totals, or not at all.

    Parameters
    ----------
    table
        Whole counts, 0 or more: two dimensions.
    minimum
        Fewest that may be shown.
    zeros
        Whether 0 is a secret as well.

    Returns
    -------
    numpy.ndarray
        True where a cell hides; the shape of the table.

    Raises
    ------
    SuppressionError
        If the table has no two dimensions, is empty, or holds anything but whole counts, or the minimum is
        below 1.

    References
    ----------
    .. [1] Cox 1980, J Am Stat Assoc 75:377-385.
    .. [2] Fischetti and Salazar 2001, Manag Sci 47:1008-1027.
    .. [3] Hundepool et al. 2012, Statistical Disclosure Control, ch. 4.

    Examples
    --------
    >>> suppress([[20, 3, 15], [12, 18, 9], [30, 25, 40]]).astype(int).tolist()
    [[1, 1, 1], [1, 1, 1], [0, 0, 0]]
    """
    counts = _checked(table)
    if minimum < 1:
        raise SuppressionError(f"minimum {minimum}: hides nothing; give 1 or more")
    hidden = (counts < minimum) & (zeros | (counts > 0))
    # What not even a table of totals keeps uncertain makes every other choice of partners vain.
    if (hidden & _narrow(counts, _by_totals(counts))).any():
        return np.ones(counts.shape, np.bool_)
    _pair(counts, hidden)
    waiting = hidden.copy()
    while not hidden.all():
        waiting &= _narrow(counts, _ranges(counts, hidden, waiting))
        if not waiting.any():
            break
        before = hidden.copy()
        for row, column in np.argwhere(waiting).tolist():
            # What hid for another cell of its lines may have widened this one too.
            if not (hidden & ~before)[row].any() and not (hidden & ~before)[:, column].any():
                _widen(counts, hidden, row, column)
        _pair(counts, hidden)
        waiting |= hidden & ~before
    return hidden


def audit_suppression(table: ArrayLike, suppressed: ArrayLike) -> Audit:
    """Give the smallest and largest value that each hidden cell may have, as an outsider finds them.

    Over all tables without negative cells that agree with the shown cells and with all totals, by linear
    programming; the ends are whole numbers, as the program is a transportation problem.

    Parameters
    ----------
    table
        Whole counts, 0 or more: two dimensions.
    suppressed
        True where a cell is hidden.

    Raises
    ------
    SuppressionError
        If the table is none of counts, or the mask has not its shape or is not boolean.

    References
    ----------
    Fischetti and Salazar 2001, Manag Sci 47:1008-1027.

    Examples
    --------
    >>> found = audit_suppression([[1, 2, 30], [40, 50, 60]], [[True, True, False], [True, True, False]])
    >>> found.low[0].tolist(), found.high[0].tolist(), bool(found.disclosed.any())
    ([0.0, 0.0, 30.0], [3.0, 3.0, 30.0], False)
    """
    counts = _checked(table)
    hidden = np.asarray(suppressed)
    if hidden.dtype != np.bool_ or hidden.shape != counts.shape:
        raise SuppressionError(
            f"suppressed: {hidden.dtype} of shape {hidden.shape}; give True or False for each cell of the "
            f"table {counts.shape}"
        )
    low, high = _ranges(counts, hidden, hidden)
    return Audit(low, high, hidden & (low == high))


def _checked(table: ArrayLike) -> Array:
    try:
        counts = np.asarray(table, np.float64)
    except ValueError as error:
        raise SuppressionError("table: rows of unequal length; give a count for each cell") from error
    if counts.ndim != 2 or not counts.size:
        raise SuppressionError(f"table: shape {counts.shape}; give at least one row and one column")
    faulty = ~(np.isfinite(counts) & (counts >= 0)) | (counts != np.floor(counts))
    if faulty.any():
        row, column = np.argwhere(faulty)[0].tolist()
        raise SuppressionError(
            f"table: {counts[row, column]:g} in row {row}, column {column}; give whole counts, 0 or more"
        )
    return counts


def _narrow(counts: Array, ranges: tuple[Array, Array]) -> Marks:
    low, high = ranges
    return np.asarray(high - low < np.maximum(WIDTH, SHARE * counts))


def _by_totals(counts: Array) -> tuple[Array, Array]:
    """Give the range of each cell where nothing but the totals is known (Fréchet's bounds)."""
    row, column = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    return np.maximum(row + column - counts.sum(), 0.0), np.minimum(row, column)


def _ranges(counts: Array, hidden: Marks, asked: Marks) -> tuple[Array, Array]:
    """Give the ranges of the hidden cells that are asked for; of all others what they are."""
    low, high = counts.copy(), counts.copy()
    row, column = np.nonzero(hidden)
    rows, columns = counts.shape
    links = sparse.coo_array(
        (np.ones(len(row)), (row, rows + column)), shape=(rows + columns, rows + columns)
    )
    # Hidden cells that share no row or column with each other, over others, do not bear on each other.
    _, label = csgraph.connected_components(links, directed=False)
    for each in np.unique(label[row[asked[row, column]]]):
        own = label[row] == each
        _solve(counts, row[own], column[own], asked, low, high)
    return low, high


def _solve(counts: Array, row: Index, column: Index, asked: Marks, low: Array, high: Array) -> None:
    """Fill in the ranges of hidden cells that hang together."""
    value = counts[row, column]
    size = len(value)
    _, at_row = np.unique(row, return_inverse=True)
    _, at_column = np.unique(column, return_inverse=True)
    lines = np.concatenate((at_row, at_row.max() + 1 + at_column))
    sums = np.zeros((int(lines.max()) + 1, size))
    sums[lines, np.tile(np.arange(size), 2)] = 1.0
    for place in np.flatnonzero(asked[row, column]):
        for sign, ends in ((1.0, low), (-1.0, high)):
            cost = np.zeros(size)
            cost[place] = sign
            found = optimize.linprog(cost, A_eq=sums, b_eq=sums @ value, method="highs")
            if found.fun is None:
                raise SuppressionError(f"table: {found.message}; give smaller counts")
            ends[row[place], column[place]] = np.rint(sign * found.fun)


def _pair(counts: Array, hidden: Marks) -> None:
    """Hide the smallest other cell of each row and column with one hidden cell, until there is none such."""
    for lone in iter(lambda: _lone(hidden), None):
        axis, line = lone
        cells, marks = (each[line] if axis == 0 else each[:, line] for each in (counts, hidden))
        # Of equal ones, that in a line which has hidden cells already needs no further partner.
        crossing = hidden.any(axis=axis)
        marks[np.lexsort((~crossing, cells, cells == 0, marks))[0]] = True


def _lone(hidden: Marks) -> tuple[int, int] | None:
    for axis in (0, 1):
        of = hidden.sum(axis=1 - axis)
        single = np.flatnonzero((of == 1) & (hidden.shape[1 - axis] > 1))
        if len(single):
            return axis, int(single[0])
    return None


def _widen(counts: Array, hidden: Marks, i: int, j: int) -> None:
    """Hide three corners with a cell that let it move far enough; the widest, or any cell, if none do."""
    up = np.minimum(counts[i][None, :], counts[:, j][:, None])
    down = np.minimum(counts[i, j], counts)
    cost = np.where(hidden, 0.0, np.where(counts > 0, counts, counts.sum() + 1))
    cost = cost + cost[i][None, :] + cost[:, j][:, None]
    new = ~hidden | ~hidden[i][None, :] | ~hidden[:, j][:, None]
    new[i], new[:, j] = False, False
    if not new.any():
        hidden[:] = True
        return
    move = np.where(new, up + down, -1.0)
    needed = min(max(WIDTH, SHARE * counts[i, j]), float(move.max()))
    row, column = np.unravel_index(np.argmin(np.where(move >= needed, cost, np.inf)), counts.shape)
    hidden[i, column] = hidden[row, j] = hidden[row, column] = True
