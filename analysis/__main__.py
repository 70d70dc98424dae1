"""Figures of a plain file of tallies, without web and database: python -m analysis TALLIES.csv --out FILE."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from analysis.check.disclosure import PEOPLE_FLOOR, for_audience
from analysis.period import Period
from analysis.report.tables import summary_csv, summary_json
from analysis.rules import Rules, RulesError
from analysis.summarise import summarise
from analysis.summary import Summary
from analysis.tallies import OFFICIALS, Tallies
from analysis.tally_file import TallyFileError, read_tallies
from analysis.workload_file import with_workload

WRITERS = {".csv": summary_csv, ".json": summary_json}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the figures; give 0, or 1 if a file has faults (all are listed). Wrong usage ends with 2."""
    parser = _parser()
    given = parser.parse_args(arguments)
    out: Path = given.out
    if out.suffix not in WRITERS:
        parser.error(f"--out {out}: name a file that ends in {' or '.join(WRITERS)}")
    try:
        rules = Rules(confidence_level=given.confidence_level, target=given.target)
    except RulesError as error:
        parser.error(str(error))
    try:
        summary = _summary(given, rules)
    except TallyFileError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError) as error:
        print(f"{error}; give a UTF-8 file that can be read", file=sys.stderr)
        return 1
    fresh = out.with_name(f"{out.name}.new")
    fresh.write_bytes(WRITERS[out.suffix](summary))
    fresh.replace(out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis",
        description="Satisfaction rates with intervals, verdicts, ranks and grades from daily tallies.",
    )
    parser.add_argument("tallies", type=Path, metavar="TALLIES.csv", help="counts by day, unit and answer")
    parser.add_argument("--moments", type=Path, metavar="FILE", help="sums over respondents")
    parser.add_argument("--workload", type=Path, metavar="FILE", help="transactions by month and unit")
    parser.add_argument("--previous", type=Path, metavar="TALLIES.csv", help="tallies of the period before")
    parser.add_argument("--level", choices=("unit", "officer"), default="unit", help="whose rows to write")
    parser.add_argument("--officials", default=OFFICIALS, metavar="FACTOR", help="factor that rates officers")
    parser.add_argument(
        "--target", type=float, metavar="RATE", help="rate to hold units against, such as 0.9"
    )
    parser.add_argument("--confidence-level", type=float, default=0.95, metavar="LEVEL")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv|.json")
    return parser


def _summary(given: argparse.Namespace, rules: Rules) -> Summary:
    faults, read = [], []
    for path, moments in ((given.tallies, given.moments), (given.previous, None)):
        try:
            read.append(None if path is None else read_tallies(path, moments, officials=given.officials))
        except TallyFileError as error:
            faults.append(str(error))
            read.append(None)
    tallies, previous = read
    if tallies is not None and given.workload is not None:
        try:
            tallies = with_workload(tallies, given.workload)
        except TallyFileError as error:
            faults.append(str(error))
    if faults or tallies is None:
        raise TallyFileError("\n".join(faults))
    summary = summarise(tallies, _period(tallies), rules=rules, previous=previous)
    factors = {question.id: question.factor for question in tallies.questions if question.factor}
    return _of_level(for_audience(summary, "internal", people=PEOPLE_FLOOR, factors=factors), given.level)


def _of_level(summary: Summary, level: str) -> Summary:
    people = level == "officer"
    rows = [row for row in summary.rows if (row.kind == "officer") == people and row.kind != "counter"]
    return replace(summary, rows=rows)


def _period(tallies: Tallies) -> Period:
    """Give the days from the first to the last tally, labelled by both."""
    days = tallies.levels[0].day
    if not len(days):
        raise TallyFileError("the tallies: no row at all; give counts of at least one day")
    first, last = date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))
    return Period(first, last, f"{first}/{last}")


if __name__ == "__main__":
    sys.exit(main())
