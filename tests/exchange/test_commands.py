import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey_app.cli import main

UNITS = (
    "code;name;kind;parent_code;valid_from\n40;Tỉnh Mẫu;province;;2020-01-01\nA;Xã An;commune;40;2020-01-01\n"
)


@pytest.fixture
def survey(tmp_path: Path):
    """Run `survey …` on an installation of its own; what it sets for its process ends with the test."""
    umask = os.umask(0o077)

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(main, ["--instance", str(tmp_path / "instance"), *map(str, words)])

    assert run("db", "upgrade").exit_code == 0
    yield run
    os.umask(umask)


def test_import__units_twice__counted(survey, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(UNITS, encoding="utf-8")
    assert survey("import", "units", file).output == f"{file}: units: 2 new, 0 unchanged\n"
    assert survey("import", "units", file).output == f"{file}: units: 0 new, 2 unchanged\n"


def test_import__faults__listed_with_exit_code_1(survey, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(UNITS.replace("2020-01-01\n", "2020-02-30\n"), encoding="utf-8")
    done = survey("import", "units", file)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "units.csv, row 2, column valid_from: '2020-02-30' is no date; write a date such as 2025-07-01",
        "units.csv, row 3, column valid_from: '2020-02-30' is no date; write a date such as 2025-07-01",
    ]


def test_import__province__stored_without_a_file(survey) -> None:
    done = survey("import", "units", "--province", "40")
    assert (done.exit_code, done.output) == (0, "province 40: units: 131 new, 0 unchanged\n")
    assert survey("import", "units", "--province", "41").exit_code == 1


def test_import__units_from_nowhere__wrong_usage(survey) -> None:
    assert survey("import", "units").exit_code == 2
    assert survey("import", "responses", __file__).exit_code == 2


@pytest.mark.parametrize(
    "kind", ["mergers", "counters", "officers", "postings", "procedures", "workload", "responses"]
)
def test_import__every_kind__helps(survey, kind: str) -> None:
    assert survey("import", kind, "--help").exit_code == 0


def test_import__responses_with_a_faulty_map__listed(survey, tmp_path: Path) -> None:
    answers, plan = tmp_path / "answers.csv", tmp_path / "map.toml"
    answers.write_text("answered_at,unit_code,overall\n2025-07-01,A,5\n", encoding="utf-8")
    plan.write_text('source = "x"\nquestionnaire = "visit"\nversion = 1\n', encoding="utf-8")
    done = survey("import", "responses", answers, "--map", plan)
    assert done.exit_code == 1
    assert done.stderr.startswith('map.toml, line 2, questionnaire: "visit" version 1 is not released.')


def test_commands__imported__leave_out_the_list_of_vietnam() -> None:
    code = "import sys, survey_app.cli; sys.exit('vietnam_provinces' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
