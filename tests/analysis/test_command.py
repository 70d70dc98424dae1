"""The command on plain files: what it writes, and what it says of files with faults."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.summary import COLUMNS

HEADER = "date,unit,counter,officer,procedure,channel,question,factor,answer,count\n"


def tallies(
    folder: Path, name: str = "tallies.csv", *, satisfied: int = 8, headline: str = "overall"
) -> Path:
    """Ten units with two officers each, on 20 days; unit U0 has fewer satisfied than the rest."""
    lines = [
        f"2026-01-{day:02},U{unit},U{unit}-1,U{unit}-O{officer},land,kiosk,{question},{factor},{answer},{count}\n"
        for day in range(1, 21)
        for unit in range(10)
        for officer in (1, 2)
        for question, factor in ((headline, ""), ("polite", "officials"))
        for answer, count in ((5, satisfied - 4 * (unit == 0)), (2, 2 + 4 * (unit == 0) + day % 2))
    ]
    path = folder / name
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_units__rows_of_summary_csv(tmp_path: Path) -> None:
    out = tmp_path / "figures.csv"
    workload = tmp_path / "transactions.csv"
    workload.write_text(
        "month,unit,procedure,channel,transactions\n"
        + "".join(f"2026-01,U{n},land,{c},1000\n" for n in range(10) for c in ("kiosk", "poster")),
        encoding="utf-8",
    )
    given = [str(tallies(tmp_path)), "--workload", str(workload), "--target", "0.7", "--out", str(out)]
    assert main([*given, "--previous", str(tallies(tmp_path, "before.csv", satisfied=6))]) == 0
    found = rows(out)
    assert tuple(found[0]) == COLUMNS
    overall = {row["code"]: row for row in found if row["measure"] == "overall"}
    assert overall["U0"]["verdict"] == "below"
    assert (overall["U0"]["rank_best"], overall["U0"]["rank_worst"]) == ("10", "10")
    assert overall["U3"]["served"] == "2000"
    assert overall["U3"]["answers"] == str(20 * 2 * 10 + 20)  # the headline alone
    assert overall["U3"]["against_target"] == "above"
    assert float(overall["U3"]["change"]) == pytest.approx(320 / 420 - 240 / 340, rel=1e-9)
    assert {row["kind"] for row in found} == {"unit"}
    assert {row["period"] for row in found} == {"2026-01-01/2026-01-20"}


def test_officers__json__verdict_without_grade(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    assert main([str(tallies(tmp_path)), "--level", "officer", "--out", str(out)]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))["rows"]
    assert {row["kind"] for row in found} == {"officer"}
    leading = {row["code"]: row for row in found if row["measure"] == "factor:officials"}
    assert leading["U0-O1"]["verdict"] == "below"
    assert {row["grade"] for row in found} == {None}


def test_no_headline__overall_pools_all_questions(tmp_path: Path) -> None:
    out = tmp_path / "figures.csv"
    assert main([str(tallies(tmp_path, headline="place")), "--out", str(out)]) == 0
    overall = next(row for row in rows(out) if row["measure"] == "overall")
    assert overall["answers"] == str(2 * (20 * 2 * 10 + 20))


def test_faults__of_all_files__exit_code_1_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(HEADER + "2026-01-01,U,,,,,q,,6,1\n2026-13-01,U,,,,,q,,5,x\n", encoding="utf-8")
    out = tmp_path / "figures.csv"
    before = tmp_path / "before.csv"
    before.write_text("date,unit\n", encoding="utf-8")
    assert main([str(wrong), "--previous", str(before), "--out", str(out)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert "wrong.csv row 2, answer: '6'; write one of 1, 2, 3, 4, 5" in said
    assert any(line.startswith("wrong.csv row 3, date:") for line in said)
    assert any(line.startswith("wrong.csv row 3, count:") for line in said)
    assert any(line.startswith("before.csv: no column counter") for line in said)
    assert not out.exists()


def test_workload__faults__all_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workload = tmp_path / "transactions.csv"
    workload.write_text("month,unit,transactions\n2026-1,U0,5\n2026-01,X,-5\n", encoding="utf-8")
    given = [str(tallies(tmp_path)), "--workload", str(workload), "--out", str(tmp_path / "o.csv")]
    assert main(given) == 1
    assert capsys.readouterr().err.splitlines() == [
        "transactions.csv row 2, month: '2026-1'; write a month as 2026-01",
        "transactions.csv row 3, unit: 'X'; write one that stands in the tallies",
        "transactions.csv row 3, transactions: '-5'; write a whole number, 0 or more",
    ]


@pytest.mark.parametrize("wrong", [["--out", "figures.pdf"], ["--level", "all"], ["--target", "90"], []])
def test_usage__exit_code_2(wrong: list[str], tmp_path: Path) -> None:
    given = [str(tallies(tmp_path)), *wrong]
    if wrong and "--out" not in wrong:
        given += ["--out", str(tmp_path / "o.csv")]
    with pytest.raises(SystemExit) as end:
        main(given)
    assert end.value.code == 2


def test_module__runs_without_web_and_database(tmp_path: Path) -> None:
    program = (
        "import sys, runpy\n"
        "sys.argv = ['analysis', sys.argv[1], '--out', sys.argv[2]]\n"
        "try:\n    runpy.run_module('analysis', run_name='__main__')\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "assert not {'flask', 'sqlalchemy', 'survey_app'} & set(sys.modules)\n"
    )
    out = tmp_path / "o.csv"
    subprocess.run([sys.executable, "-c", program, str(tallies(tmp_path)), str(out)], check=True)
    assert rows(out)
