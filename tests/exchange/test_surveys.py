"""Surveys of other programs: what is stored is what their files hold, row by row, however often it comes."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from survey_app.collect.releases import release
from survey_app.exchange.responses import import_responses
from survey_app.questionnaire.toml import load
from survey_app.store.engine import Database
from survey_app.store.organisation import Unit
from survey_app.store.responses import Batch, Comment, Part, Response

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
QUESTIONNAIRE = """
id = "other-survey"
version = 1
languages = ["vi"]
complete = ["vi"]
headline = "{headline}"
intro={{ who.vi = "a", free.vi = "a", anonymous.vi = "a", purpose.vi = "a", kept.vi = "a", length.vi = "a" }}
thanks.vi = "Cảm ơn."
[scales.five]
choices = [
  {{ code = "1", score = 1, vi = "1" }},
  {{ code = "2", score = 2, vi = "2" }},
  {{ code = "3", score = 3, vi = "3" }},
  {{ code = "4", score = 4, vi = "4" }},
  {{ code = "5", score = 5, vi = "5" }},
]
satisfied = ["4", "5"]
low = ["1", "2"]
na.vi = "Không rõ"
"""
SCALE = """
[[questions]]
id = "{id}"
kind = "scale"
scale = "five"
required = {required}
short.vi = "{id}"
text.vi = "{id}?"
"""
REMARK = """
[[questions]]
id = "remark"
kind = "text"
maximum_length = 4000
text.vi = "Góp ý?"
"""
TOP = 'source = "survey"\nquestionnaire = "other-survey"\nversion = 1\nlanguage = "en"\n'


@dataclass(frozen=True)
class Survey:
    """A survey: its file, how it is mapped, and an invented file of the same shape for where it is not there.

    ``units`` gives our code for each unit as the file names it, ``codes`` ours for each answer.
    """

    file: str
    questions: Sequence[str]
    plan: str
    units: dict[str, str]
    codes: dict[str, str]
    invented: str
    invented_counts: dict[tuple[str, str, str], int]
    comments: bool


GP = Survey(
    file="gp_surgeries.csv",
    questions=["rating"],
    plan=TOP
    + """
[answered_at]
column = "time"
formats = ["%Y-%m-%d %H:%M:%S"]
[unit]
column = "surgery"
[unit.values]
"Earls Court Surgery" = "S1"
"Earls Court Medical Centre" = "S2"
"Emperor's Gate Surgery" = "S3"
"Knightsbridge Medical Centre" = "S4"
"The Chelsea Practice" = "S5"
[questions.rating]
column = "rating"
na = ["Don't know"]
[questions.rating.choices]
"Extremely likely" = "5"
"Likely" = "4"
"Neither likely nor unlikely" = "3"
"Unlikely" = "2"
"Extremely unlikely" = "1"
[questions.remark]
column = "free_text"
""",
    units={
        "Earls Court Surgery": "S1",
        "Earls Court Medical Centre": "S2",
        "Emperor's Gate Surgery": "S3",
        "Knightsbridge Medical Centre": "S4",
        "The Chelsea Practice": "S5",
    },
    codes={
        "Extremely likely": "5",
        "Likely": "4",
        "Neither likely nor unlikely": "3",
        "Unlikely": "2",
        "Extremely unlikely": "1",
        "Don't know": "na",
    },
    invented=(
        "time,rating,free_text,do_better,surgery\n"
        + 2 * "2023-07-13 15:29:00,Extremely likely,,,Earls Court Surgery\n"
        + '2023-07-13 15:29:01,Unlikely,"Long, ""very"" long",,Earls Court Surgery\n'
        + "2024-04-05 14:07:18,Don't know,,Nothing,Emperor's Gate Surgery\n"
    ),
    invented_counts={("S1", "rating", "5"): 2, ("S1", "rating", "2"): 1, ("S3", "rating", "na"): 1},
    comments=True,
)
KANSAS = Survey(
    file="kansas_city_2021-09.csv",
    questions=["q2_01", "q3_12", "q17_04"],
    plan=TOP
    + 'id = "id"\nanswered_at = 2021-09-30\n[unit]\ncolumn = "counci"\n[unit.values]\n'
    + "".join(f'{n} = "S{n}"\n' for n in range(1, 7))
    + "".join(
        f'[questions.{id}]\ncolumn = "{id}"\nna = ["9"]\nskipped = ["NA"]\n'
        for id in ("q2_01", "q3_12", "q17_04")
    ),
    units={f"{n}": f"S{n}" for n in range(1, 7)},
    codes={"1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "9": "na"},
    invented="id,method,q2_01,q3_12,q17_04,q26_01,counci\n1,Web,5,9,NA,3,1\n2,Mail,5,1,NA,9,1\n3,Web,NA,NA,NA,NA,6\n",
    invented_counts={("S1", "q2_01", "5"): 2, ("S1", "q3_12", "na"): 1, ("S1", "q3_12", "1"): 1},
    comments=False,
)
AMBULANCE = Survey(
    file="nhs_trust_neas.csv",
    questions=["fft"],
    plan=TOP
    + """
id = ["Comment ID"]
answered_at = 2021-09-30
[unit]
column = "Service type 1"
values = { "111" = "S1", "PTS - Patient Transport" = "S2", "See and Convey" = "S3" }
[questions.fft]
column = "FFT categorical answer"
choices = { 1 = "5", 2 = "4", 3 = "3", 4 = "2", 5 = "1" }
unmapped = ["6", "7"]
skipped = [""]
[questions.remark]
column = "FFT answer"
skipped = ["Did not answer"]
""",
    units={"111": "S1", "PTS\u00a0 - Patient Transport": "S2", "See and Convey": "S3"},
    codes={"1": "5", "2": "4", "3": "3", "4": "2", "5": "1", "6": "unmapped", "7": "unmapped"},
    invented=(
        "Comment ID,Date,Service type 1,FFT categorical answer,FFT question,FFT answer\n"
        "P 1 - Q1,30/09/2021,PTS\u00a0 - Patient Transport,1,FFT Why?,Did not answer\n"
        "P 1 - Q2,30/09/2021,PTS\u00a0 - Patient Transport,1,FFT Better?,Shorter wait.\n"
        "P 2 - Q1,09/30/2021,111,6,FFT Why?,Did not answer\n"
        "P 3 - Q1,09/30/2021,111,7,FFT Why?,Did not answer\n"
        "P 4 - Q1,09/30/2021,111,5,FFT Why?,\n"
    ),
    invented_counts={("S2", "fft", "5"): 2, ("S1", "fft", "unmapped"): 2, ("S1", "fft", "1"): 1},
    comments=True,
)


def released(database: Database, put, survey: Survey) -> None:
    """Store a unit for each of the survey's, and release a questionnaire with its questions."""
    rows = "".join(f"{code},{code},branch,,2020-01-01\n" for code in survey.units.values())
    put("units", "code,name,kind,parent_code,valid_from\n" + rows)
    text = QUESTIONNAIRE.format(headline=survey.questions[0])
    for id in survey.questions:
        text += SCALE.format(id=id, required="true" if id == survey.questions[0] else "false")
    with database.writing() as connection:
        release(connection, load(text + REMARK, "other-survey"), NOW)


def tallied(database: Database) -> Counter[tuple[str, str, str]]:
    """Count stored answers by unit, question and code."""
    query = select(Unit.code, Part.answers).join(Response, Response.unit_id == Unit.id)
    with database.reading() as connection:
        rows = connection.execute(query.join(Part, Part.response_number == Response.number)).all()
    return Counter((unit, id, code) for unit, given in rows for id, code in json.loads(given).items())


def expected(survey: Survey, counts: Path) -> Counter[tuple[str, str, str]]:
    """Give the counts that came with the file, in our codes."""
    found: Counter[tuple[str, str, str]] = Counter()
    with counts.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["file"] == f"surveys/{survey.file}":
                question = row["question"] if row["question"] in survey.questions else survey.questions[0]
                found[survey.units[row["unit"]], question, survey.codes[row["answer"]]] += int(row["rows"])
    return found


@pytest.mark.parametrize("survey", [GP, KANSAS, AMBULANCE], ids=lambda survey: survey.file)
def test_survey__imported_twice__counts_of_the_file_once(
    database: Database, put, reference: Path | None, survey: Survey
) -> None:
    content, counts = survey.invented.encode(), Counter(survey.invented_counts)
    if reference is not None:
        content = (reference / "data" / "surveys" / survey.file).read_bytes()
        counts = expected(survey, reference / "data" / "counts.csv")
    released(database, put, survey)
    rows = sum(1 for _ in csv.reader(content.decode().splitlines(keepends=True))) - 1

    first = import_responses(database, content, survey.file, survey.plan, "map.toml", zone=HANOI, now=NOW)
    assert (first.rows, first.stored) == (rows, rows)
    assert tallied(database) == counts
    unmapped = sum(number for (_, _, code), number in counts.items() if code == "unmapped")
    assert first.unmapped == unmapped

    again = import_responses(database, content, survey.file, survey.plan, "map.toml", zone=HANOI, now=NOW)
    assert (again.rows, again.stored) == (rows, 0)
    assert tallied(database) == counts
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Response)).scalar_one() == rows
        assert connection.execute(select(Batch.rows, Batch.stored, Batch.unmapped)).all() == [
            (rows, rows, unmapped)
        ]
        assert bool(connection.execute(select(Comment.text)).first()) == survey.comments


@pytest.mark.parametrize("survey", [GP, KANSAS, AMBULANCE], ids=lambda survey: survey.file)
def test_survey__invented_file_of_the_same_shape__counted(database: Database, put, survey: Survey) -> None:
    released(database, put, survey)
    content = survey.invented.encode()
    import_responses(database, content, survey.file, survey.plan, "map.toml", zone=HANOI, now=NOW)
    assert tallied(database) == survey.invented_counts


def test_survey__times_to_the_second__moments_kept(database: Database, put) -> None:
    released(database, put, GP)
    import_responses(database, GP.invented.encode(), GP.file, GP.plan, "map.toml", zone=HANOI, now=NOW)
    with database.reading() as connection:
        moments = set(connection.execute(select(Response.answered_at)).scalars())
    assert max(moments) == datetime(2024, 4, 5, 7, 7, 18, tzinfo=UTC)
    assert len(moments) == 3
