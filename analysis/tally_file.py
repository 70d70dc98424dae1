"""Tallies from plain files: counts by day, unit, counter, officer, question and answer."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Index
from analysis.cells import SUMS, Cells, level_of, rows_of
from analysis.ratings import NOBODY, Domain, Question
from analysis.tallies import LEVELS, OFFICIALS, LevelName, Measure, Tallies, measures

ANSWERS = ("1", "2", "3", "4", "5")
HEADLINE = "overall"
PLACE = ("date", "unit", "counter", "officer")


class TallyFileError(ValueError):
    """Files of tallies with faults; the text has a line for each."""


def read_tallies(path: Path, moments: Path | None = None, *, officials: str = OFFICIALS) -> Tallies:
    """Read tallies of answers on the scale from 1 to 5, of which 4 and 5 are satisfied.

    ``overall`` is the question of that name, if there is one without a factor; else it pools all questions. A
    rate of several questions takes the clustering of respondents from ``moments``.

    Parameters
    ----------
    path
        CSV with the columns date, unit, counter, officer, question, factor, answer, count; others are left
        aside, and counter, officer and factor may be empty.
    moments
        CSV with the columns date, unit, counter, officer, respondents, sum_q, sum_k, sum_q2, sum_qk, sum_k2,
        over respondents with q answers of which k are satisfied; a column measure (``overall`` without it).
    officials
        The factor that rates officers, if the file calls it otherwise.

    Raises
    ------
    TallyFileError
        If a file lacks a column or holds a cell that cannot be read, or the moments of a measure do not fit
        the tallies; all faults at once.
    """
    faults: list[str] = []
    rows = _rows(path, (*PLACE, "question", "factor", "answer", "count"), faults)
    codes = {name: _codes(rows, name) for name in ("unit", "counter", "officer")}
    cells = _cells(path, rows, "question", ("count",), codes, faults)
    _check(path, rows, "answer", ANSWERS, faults)
    questions = _questions(rows, officials)
    extra: Cells | None = None
    if moments is not None:
        found = _rows(moments, (*PLACE, *SUMS), faults)
        for name, known in codes.items():
            _check(moments, found, name, ("", *known) if name != "unit" else known, faults)
        extra = _cells(moments, found, "measure", SUMS, codes, faults)
    if faults:
        raise TallyFileError("\n".join(faults))
    used = measures(questions)
    if not any(question.headline for question in questions):
        used = (Measure("overall", tuple(question.id for question in questions)), *used[1:])
    answer = np.array([int(row["answer"]) for row in rows], np.intp)
    if moments is not None and extra is not None:
        _compare(moments, cells, extra, used)
    domains = _domains(rows, codes)
    return Tallies(
        levels=tuple(level_of(name, domains[name], questions, used, cells, answer, extra) for name in LEVELS),
        questions=questions,
        versions=(),
        workload=None,
        responses=int(extra.numbers["respondents"][rows_of(extra, "overall")].sum()) if extra else 0,
    )


def _rows(path: Path, columns: Sequence[str], faults: list[str]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            faults.append(
                f"{path.name}: no column {', '.join(missing)}; the header needs {', '.join(columns)}"
            )
            return []
        return [{name: (row[name] or "").strip() for name in row if name is not None} for row in reader]


def _codes(rows: Iterable[Mapping[str, str]], name: str) -> dict[str, int]:
    found = dict.fromkeys(row[name] for row in rows if row[name])
    return {code: number for number, code in enumerate(found)}


def _check(
    path: Path, rows: Sequence[Mapping[str, str]], name: str, known: Iterable[str], faults: list[str]
) -> None:
    allowed = frozenset(known)
    what = f"write one of {', '.join(known)}" if name == "answer" else "write one that stands in the tallies"
    faults.extend(
        f"{path.name} row {number}, {name}: {row[name]!r}; {what}"
        for number, row in enumerate(rows, 2)
        if row[name] not in allowed
    )


def _cells(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    key: str,
    numbers: Sequence[str],
    codes: Mapping[str, Mapping[str, int]],
    faults: list[str],
) -> Cells:
    def read(name: str, parse: Callable[[str], int], advice: str) -> NDArray[np.intp]:
        values = []
        for number, row in enumerate(rows, 2):
            try:
                values.append(parse(row[name]))
            except ValueError:
                values.append(0)
                faults.append(f"{path.name} row {number}, {name}: {row[name]!r}; {advice}")
        return np.array(values, np.intp)

    def place(name: str) -> Index:
        return np.array([codes[name].get(row[name], NOBODY) for row in rows], np.intp)

    faults.extend(
        f"{path.name} row {number}, {name}: empty; name it"
        for name in ("unit", key)
        for number, row in enumerate(rows, 2)
        if not row.get(name, "overall")
    )
    unit = place("unit")
    return Cells(
        day=read("date", lambda text: date.fromisoformat(text).toordinal(), "write a day as 2026-01-31"),
        places={
            "unit": unit,
            "deciding": np.full(len(rows), NOBODY),
            "counter": place("counter"),
            "officer": place("officer"),
        },
        keys=[row.get(key, "overall") for row in rows],
        numbers={
            name: read(name, _whole, "write a whole number, 0 or more").astype(float) for name in numbers
        },
    )


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


def _questions(rows: Iterable[Mapping[str, str]], officials: str) -> tuple[Question, ...]:
    factor_of = {row["question"]: row["factor"] or None for row in rows}
    factor_of = {id: OFFICIALS if factor == officials else factor for id, factor in factor_of.items()}
    return tuple(
        Question(
            id,
            "scale",
            ANSWERS,
            factor=factor,
            headline=id == HEADLINE and factor is None,
            satisfied=frozenset("45"),
            very_satisfied=frozenset("5"),
            dissatisfied=frozenset("12"),
            scores={answer: float(answer) for answer in ANSWERS},
        )
        for id, factor in sorted(factor_of.items())
    )


def _domains(
    rows: Iterable[Mapping[str, str]], codes: Mapping[str, Mapping[str, int]]
) -> dict[LevelName, tuple[Domain, ...]]:
    answers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name in ("counter", "officer"):
            answers[name, row[name]][row["unit"]] += int(row["count"])
    # Who has answers in several units belongs to the one with most, whatever the order of the lines.
    parents = {
        place: codes["unit"][min(of, key=lambda unit: (-of[unit], unit))] for place, of in answers.items()
    }
    units = tuple(Domain("unit", code, code) for code in codes["unit"])

    def below(kind: str) -> tuple[Domain, ...]:
        return tuple(Domain(kind, code, code, parent=parents[kind, code]) for code in codes[kind])

    return {"unit": units, "deciding": units, "counter": below("counter"), "officer": below("officer")}


def _compare(path: Path, cells: Cells, extra: Cells, used: Sequence[Measure]) -> None:
    """Refuse moments that count other answers than the tallies, of a day, unit, counter and officer."""
    faults = []
    known = {measure.name: measure for measure in used}
    for name in dict.fromkeys(extra.keys):
        if name not in known:
            faults.append(f"{path.name}: measure {name!r}; the tallies have {', '.join(known)}")
            continue
        answers = _by_place(cells, np.isin(cells.keys, known[name].questions), "count")
        counted = _by_place(extra, rows_of(extra, name), "sum_q")
        different = sum(answers.get(key, 0) != counted.get(key, 0) for key in {*answers, *counted})
        if different:
            faults.append(
                f"{path.name}: measure {name!r}: sum_q differs from the tallies on {different} "
                "days of an officer at a counter; make both from the same responses"
            )
    if faults:
        raise TallyFileError("\n".join(faults))


def _by_place(cells: Cells, kept: NDArray[np.bool_], name: str) -> dict[tuple[int, ...], float]:
    sums: dict[tuple[int, ...], float] = {}
    columns = (cells.day, *cells.places.values(), cells.numbers[name])
    for *key, number in zip(*(column[kept].tolist() for column in columns), strict=True):
        sums[tuple(key)] = sums.get(tuple(key), 0) + number
    return sums
