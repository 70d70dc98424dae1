from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.check.disclosure import for_audience, subtree
from analysis.estimate.post_stratification import post_stratified_domains
from analysis.period import period
from analysis.ratings import Domain, Ratings, Workload
from analysis.report.tables import weighted_csv
from analysis.summarise import summarise
from analysis.summary import Summary, WeightedRow
from analysis.tally import tally
from tests.load.provinces import scale

H1 = period("2026-H1")
DAYS, EACH = 20, 12


def office(served: list[list[float]], fields: int = 2) -> Ratings:
    """Make a province of two wards: the first field satisfies four of five, the second one of two."""
    unit = np.repeat([1, 2], DAYS * EACH).astype(np.int32)
    day = np.tile(np.repeat(np.arange(DAYS), EACH), 2)
    place = np.tile(np.arange(EACH), 2 * DAYS)
    field = (place >= 8).astype(np.int32)
    rng = np.random.default_rng(4)
    good = rng.random(len(unit)) < np.where(field == 0, 0.8, 0.5)
    nobody = np.full(len(unit), -1, np.int32)
    table = np.array(served, np.float64)
    unknown = np.full(3, np.nan)
    return Ratings(
        units=(
            Domain("province", "T", "Tỉnh Mẫu"),
            Domain("ward", "A", "Phường Mẫu A", parent=0),
            Domain("ward", "B", "Phường Mẫu B", parent=0),
        ),
        counters=(),
        officers=(),
        questions=(scale("overall", None),),
        versions=(("counter-service", 1),),
        day=(739_300 + day).astype(np.int32),
        unit=unit,
        deciding_unit=unit,
        counter=nobody,
        officer=nobody,
        version=np.zeros(len(unit), np.int16),
        flagged=np.zeros(len(unit), np.bool_),
        answers={"overall": np.where(good, 3, 1).astype(np.int8)},
        workload=Workload(table.sum(axis=1), unknown, np.empty(0), np.empty(0), table),
        fields=tuple(f"F{number}" for number in range(fields)),
        field=field,
    )


def weighted(ratings: Ratings) -> tuple[Summary, dict[str, WeightedRow]]:
    summary = summarise(tally(ratings), H1)
    return summary, {row.code: row for row in summary.weighted}


def test_weighted__fields_known__each_field_counts_as_its_citizens() -> None:
    ratings = office([[0, 0], [100, 300], [500, 500]])
    _, rows = weighted(ratings)
    good, field = ratings.answers["overall"] == 3, ratings.field
    assert field is not None
    own = [[good[(ratings.unit == unit) & (field == which)].mean() for which in (0, 1)] for unit in (1, 2)]
    assert rows["A"].rate == pytest.approx(0.25 * own[0][0] + 0.75 * own[0][1])
    assert rows["B"].rate == pytest.approx(0.5 * own[1][0] + 0.5 * own[1][1])
    assert rows["A"].low is not None
    assert rows["A"].high is not None
    assert rows["A"].rate is not None
    assert rows["A"].low < rows["A"].rate < rows["A"].high
    assert rows["A"].kish is not None
    assert rows["A"].kish > 1
    assert all(row.status == () for row in rows.values())


def test_weighted__unit_with_units_below__citizens_of_all_of_them_stratified_by_unit() -> None:
    ratings = office([[0, 0], [100, 300], [500, 500]])
    _, rows = weighted(ratings)
    good = (ratings.answers["overall"] == 3).astype(float)
    assert ratings.field is not None
    found = post_stratified_domains(
        good,
        np.ones(len(good)),
        np.zeros(len(good), int),
        ratings.day.astype(int),
        ratings.field.astype(int),
        np.array([[600.0, 800.0]]),
        stratum=ratings.unit.astype(int),
    )
    assert rows["T"].rate == pytest.approx(found.rate[0])
    assert rows["T"].kish == pytest.approx(found.kish[0])


def test_weighted__field_without_workload__not_weighted_and_said_so() -> None:
    summary, rows = weighted(office([[0, 0], [100, np.nan], [500, 500]]))
    assert (rows["A"].status, rows["B"].status) == (("not_weighted",), ())
    plain = {row.code: row for row in summary.rows if row.role == "serving"}
    assert rows["A"].rate == plain["A"].rate
    assert "not_weighted" in plain["A"].status
    assert "not_weighted" not in plain["B"].status


def test_weighted__fewer_citizens_than_answers__not_weighted() -> None:
    _, rows = weighted(office([[0, 0], [10, 5], [500, 500]]))
    assert rows["A"].status == ("not_weighted",)


def test_weighted__workload_without_fields__no_rows_and_no_status() -> None:
    ratings = office([[0, 0], [100, 300], [500, 500]])
    assert ratings.workload is not None
    summary = summarise(tally(replace(ratings, workload=replace(ratings.workload, field_served=None))), H1)
    assert len(summary.weighted) == 0
    assert not any("not_weighted" in row.status for row in summary.rows)


def test_weighted__cut_for_audiences__for_inspectors_and_heads_and_of_a_unit() -> None:
    summary, _ = weighted(office([[0, 0], [100, 300], [500, 500]]))
    assert [row.code for row in for_audience(summary, "internal").weighted] == ["T", "A", "B"]
    assert (
        len(for_audience(summary, "public").weighted) == len(for_audience(summary, "officer").weighted) == 0
    )
    assert [row.code for row in subtree(for_audience(summary, "head"), "B").weighted] == ["B"]
    assert weighted_csv(summary).decode("utf-8-sig").splitlines()[0] == ",".join(WeightedRow._fields)
