"""Places: what every level adds up, counted once for each place and each day of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Array, Index
from analysis.counting import Counts, Moments, by_cluster, counts, pairs, respondents
from analysis.ratings import NOBODY, Ratings
from analysis.tallies import LevelName, Measure

Dimension = LevelName | Literal["field"]


class Places(NamedTuple):
    """Counts by place, and sums by day of a place.

    A place is a distinct (unit, deciding unit, counter, officer, field of service), whose parts ``domain``
    gives. ``place`` and ``day`` have one element a day of a place, as have ``sums`` and ``respondents``.
    """

    domain: Mapping[Dimension, Index]
    responses: Array
    counts: Mapping[str, Counts]
    moments: Mapping[tuple[str, ...], Moments]
    place: Index
    day: Index
    sums: Mapping[str, Array]
    respondents: Mapping[tuple[str, ...], Array]


def counted(
    ratings: Ratings, dimensions: Mapping[Dimension, NDArray[np.int32]], used: Sequence[Measure]
) -> Places:
    """Count all answers by place, and those to the questions of measures by day."""
    place, domain = _places(ratings.responses, dimensions)
    places, versions = len(next(iter(domain.values()))), len(ratings.versions)
    first_day = int(ratings.day.min()) if ratings.responses else 0
    days = pairs(place, ratings.day - first_day)
    flagged = place * 2 + ratings.flagged
    group = flagged * versions + ratings.version
    by_id = {question.id: question for question in ratings.questions}
    several = {
        ids: respondents([by_id[id] for id in ids], [ratings.answers[id] for id in ids], flagged, 2 * places)
        for ids in dict.fromkeys(measure.questions for measure in used)
        if len(ids) > 1
    }
    size = len(days.left)
    return Places(
        domain,
        np.bincount(place, minlength=places).astype(np.float64),
        {id: counts(each, ratings.answers[id], group, (places, 2, versions)) for id, each in by_id.items()},
        {ids: moments for ids, (_, moments) in several.items()},
        days.left,
        days.right + first_day,
        {
            id: by_cluster(by_id[id], ratings.answers[id], days.of, size)
            for id in dict.fromkeys(id for measure in used for id in measure.questions)
        },
        {ids: np.bincount(days.of, anyone, size).astype(np.float64) for ids, (anyone, _) in several.items()},
    )


def _places(
    responses: int, dimensions: Mapping[Dimension, NDArray[np.int32]]
) -> tuple[Index, dict[Dimension, Index]]:
    """Give the place of each response, and the domain of each place by dimension."""
    place: Index = np.zeros(responses, np.intp)
    domain: dict[Dimension, Index] = {}
    for name, column in dimensions.items():
        found = pairs(place, column.astype(np.intp) - NOBODY)
        domain = {known: labels[found.left] for known, labels in domain.items()}
        domain[name] = found.right + NOBODY
        place = found.of
    return place, domain
