import json
import time
from collections import Counter as Counted
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from survey_app.collect.releases import release
from survey_app.exchange.faults import ImportFaults
from survey_app.exchange.mapping import MapFaults
from survey_app.exchange.responses import Received, import_responses
from survey_app.questionnaire.toml import load
from survey_app.store.engine import Database
from survey_app.store.organisation import Counter as Desk
from survey_app.store.organisation import Officer, Procedure, Unit
from survey_app.store.responses import Batch, Comment, Part, Response

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
QUESTIONNAIRE = """
id = "visit"
version = 1
languages = ["vi"]
complete = ["vi"]
headline = "overall"
intro = { who.vi = "a", free.vi = "a", anonymous.vi = "a", purpose.vi = "a", kept.vi = "a", length.vi = "a" }
thanks.vi = "Cảm ơn."
[scales.satisfaction]
choices = [
  { code = "1", score = 1, vi = "Rất tệ" },
  { code = "2", score = 2, vi = "Tệ" },
  { code = "3", score = 3, vi = "Bình thường" },
  { code = "4", score = 4, vi = "Tốt" },
  { code = "5", score = 5, vi = "Rất tốt" },
]
satisfied = ["4", "5"]
low = ["1", "2"]
na.vi = "Không rõ"
[[questions]]
id = "overall"
kind = "scale"
scale = "satisfaction"
required = true
short.vi = "Chung"
text.vi = "Chung?"
[[questions]]
id = "officials"
kind = "scale"
scale = "satisfaction"
na = false
short.vi = "Cán bộ"
text.vi = "Cán bộ?"
[[questions]]
id = "reasons"
kind = "multiple"
text.vi = "Vì sao?"
choices = [{ code = "time", vi = "Chờ" }, { code = "place", vi = "Chỗ" }, { code = "other", vi = "Khác" }]
[[questions]]
id = "minutes"
kind = "number"
minimum = 0
maximum = 600
text.vi = "Bao lâu?"
[[questions]]
id = "remark"
kind = "text"
maximum_length = 4000
text.vi = "Góp ý?"
"""
OWN = 'source = "own"\nquestionnaire = "visit"\nversion = 1\n'
UNITS = """code,name,kind,parent_code,valid_from,valid_to
40,Tỉnh Mẫu,province,,2020-01-01,
A,Xã An,commune,40,2020-01-01,2025-06-30
A,Phường Ấm,ward,40,2025-07-01,
B,Xã Bình,commune,40,2020-01-01,
"""

Take = Callable[..., Received]


@pytest.fixture
def asked(database: Database, put) -> Callable[..., None]:
    """Give an organisation and a released questionnaire; and what makes a unit of each code."""
    put("units", UNITS)
    with database.writing() as connection:
        release(connection, load(QUESTIONNAIRE, "visit"), NOW)

    def make(*codes: str) -> None:
        rows = "".join(f"{code},{code},branch,40,2020-01-01\n" for code in codes)
        put("units", "code,name,kind,parent_code,valid_from\n" + rows)

    return make


@pytest.fixture
def take(database: Database, asked) -> Take:
    def store(content: str | bytes, plan: str = OWN, now: datetime = NOW) -> Received:
        content = content.encode() if isinstance(content, str) else content
        return import_responses(database, content, "r.csv", plan, "map.toml", zone=HANOI, now=now)

    return store


def stored(database: Database) -> list:
    columns = [
        Response.id,
        Unit.code.label("unit"),
        Unit.name,
        Response.service_day,
        Response.answered_at,
        Response.channel,
        Response.attribution,
        Response.language,
        Response.officer_id,
        Response.counter_id,
        Response.procedure_id,
        Response.deciding_unit_id,
        Response.unit_id,
        Part.answers,
    ]
    with database.reading() as connection:
        query = select(*columns).join(Part, Part.response_number == Response.number)
        return list(
            connection.execute(query.join(Unit, Unit.id == Response.unit_id).order_by(Response.number))
        )


def answers(database: Database) -> list[dict]:
    return [json.loads(row.answers) for row in stored(database)]


def tallied(database: Database, question: str) -> Counted:
    """Count stored answers by unit and code."""
    rows = ((row.unit, json.loads(row.answers)) for row in stored(database))
    return Counted((unit, given[question]) for unit, given in rows if question in given)


def batches(database: Database) -> list[tuple]:
    with database.reading() as connection:
        query = select(Batch.kind, Batch.source, Batch.rows, Batch.stored, Batch.unmapped)
        return [tuple(row) for row in connection.execute(query.order_by(Batch.id))]


def test_responses__own_columns__stored_with_the_unit_of_the_day(database: Database, take: Take) -> None:
    text = (
        "answered_at,unit_code,overall,officials,reasons,minutes,remark\n"
        "2025-06-30,A,5,4,other;time,15, Tốt \n"
        "2025-07-01 08:30,A,na,skipped,,,\n"
        "2025-07-01T23:59:30,B,unmapped,,,,\n"
    )
    assert take(text) == Received(rows=3, stored=3, unmapped=1)
    first, second, third = stored(database)
    assert (first.name, first.service_day, first.answered_at) == ("Xã An", date(2025, 6, 30), None)
    assert (second.name, second.answered_at) == ("Phường Ấm", datetime(2025, 7, 1, 1, 30, tzinfo=UTC))
    assert third.service_day == date(2025, 7, 1)
    assert (first.channel, first.attribution, first.language) == ("import", "none", "vi")
    assert first.deciding_unit_id == first.unit_id
    assert answers(database) == [
        {"overall": "5", "officials": "4", "reasons": ["time", "other"], "minutes": 15},
        {"overall": "na"},
        {"overall": "unmapped"},
    ]
    with database.reading() as connection:
        assert connection.execute(select(Comment.question, Comment.text)).all() == [("remark", "Tốt")]
    assert batches(database) == [("responses", "own", 3, 3, 1)]


def test_responses__counter_officer_procedure__copied(database: Database, put, take: Take) -> None:
    put("counters", "code,unit_code,name,deciding_unit_code,valid_from\nQ1,A,Quầy 1,B,2025-01-01\n")
    put("officers", "code,name,unit_code,valid_from\nCB1,Cán bộ Mẫu 01,A,2025-01-01\n")
    put("procedures", "code,name\n1.012753,Cấp lần đầu\n")
    put("mergers", "old_code,new_code,date,kind\nA,A,2025-07-01,rename\n")
    header = "answered_at,counter_code,officer_code,procedure_code,channel,language,overall\n"
    take(header + "2025-06-30,Q1,CB1,1.012753,paper,en,5\n2025-07-01,Q1,,,,,5\n")
    then, after = stored(database)
    assert (then.name, after.name) == ("Xã An", "Phường Ấm")
    with database.reading() as connection:
        ids = [connection.execute(select(table.id)).scalar_one() for table in (Desk, Officer, Procedure)]
        deciding = connection.execute(select(Unit.id).where(Unit.code == "B")).scalar_one()
    assert [then.counter_id, then.officer_id, then.procedure_id] == ids
    assert (after.counter_id, after.officer_id, after.procedure_id) == (ids[0], None, None)
    assert then.deciding_unit_id == after.deciding_unit_id == deciding
    assert (then.channel, then.language, then.attribution) == ("paper", "en", "none")


def test_responses__exact_repeats_without_ids__rows_of_their_own_once(database: Database, take: Take) -> None:
    text = "answered_at,unit_code,overall\n" + 3 * "2025-07-01,A,5\n"
    assert take(text) == Received(3, 3, 0)
    assert str(take(text)) == "0 new, 3 already there, 0 answers unmapped"
    assert len(stored(database)) == 3
    assert len(batches(database)) == 1


def test_responses__with_ids__growing_file_adds_what_is_new(database: Database, take: Take) -> None:
    plan = OWN + 'id = ["nr"]\n'
    text = "nr,answered_at,unit_code,overall\n1,2025-07-01,A,5\n2,2025-07-01,A,unmapped\n"
    take(text, plan)
    assert take(text + "3,2025-07-02,B,unmapped\n", plan) == Received(3, 1, 1)
    assert len({row.id for row in stored(database)}) == 3
    assert batches(database) == [("responses", "own", 2, 2, 1), ("responses", "own", 3, 1, 1)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "1,2025-07-01,A,4",
            "r.csv, row 2: this response came before with other answers; the first one counts",
        ),
        (
            "1,2025-07-02,A,5",
            "r.csv, row 2: this response came before with another questionnaire, unit or day",
        ),
        (
            "1,2025-07-01,B,5",
            "r.csv, row 2: this response came before with another questionnaire, unit or day",
        ),
    ],
)
def test_responses__same_id_with_other_content__refused(
    database: Database, take: Take, row: str, expected: str
) -> None:
    plan = OWN + 'id = ["nr"]\n'
    header = "nr,answered_at,unit_code,overall\n"
    take(header + "1,2025-07-01,A,5\n", plan)
    with pytest.raises(ImportFaults) as caught:
        take(header + row + "\n2,2025-07-01,A,5\n", plan)
    assert expected in str(caught.value)
    assert len(stored(database)) == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",A,,5,,,", "row 2, column answered_at: the cell is empty"),
        ("1/7/2025,A,,5,,,", "column answered_at: '1/7/2025' is no date by the formats of the map"),
        ("2026-03-03,A,,5,,,", "column answered_at: '2026-03-03' is not yet, or too long ago"),
        ("2026-03-02 09:16,A,,5,,,", "column answered_at: '2026-03-02 09:16' is not yet, or too long ago"),
        ("2019-12-31,A,,5,,,", "column unit_code: 'A' is no unit on 2019-12-31; it is valid 2020-01-01 to"),
        ("2025-07-01,X,,5,,,", "column unit_code: 'X' is no unit on 2025-07-01; import it first"),
        ("2025-07-01,,,5,,,", "column unit_code: the row names no unit and no counter"),
        ("2025-07-01,,Q9,5,,,", "column counter_code: 'Q9' is no counter on 2025-07-01"),
        (
            "2025-07-01,B,Q1,5,,,",
            "column counter_code: the counter 'Q1' is not of the unit 'B' on 2025-07-01",
        ),
        ("2025-07-01,A,,6,,,", "column overall: '6' stands for no choice of 'overall'; map it to a choice"),
        ("2025-07-01,A,,5,bus,,", "column reasons: 'bus' stands for no choice of 'reasons'"),
        ("2025-07-01,A,,5,,601,", "column minutes: '601' is no whole number from 0 to 600"),
        ("2025-07-01,A,,5,,," + "a" * 4001, "column remark: the text has 4001 signs; shorten it to 4000"),
    ],
)
def test_responses__fault__named_and_nothing_stored(
    database: Database, put, take: Take, row: str, expected: str
) -> None:
    put("counters", "code,unit_code,name,valid_from\nQ1,A,Quầy 1,2025-07-01\n")
    header = "answered_at,unit_code,counter_code,overall,reasons,minutes,remark\n"
    with pytest.raises(ImportFaults) as caught:
        take(header + row + "\n2025-07-01,A,,5,,,\n2025-07-01,A,,7,,,\n")
    assert expected in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2
    assert (stored(database), batches(database)) == ([], [])


def test_responses__date_that_two_formats_read_apart__refused(take: Take) -> None:
    plan = OWN + '[answered_at]\ncolumn = "Date"\nformats = ["%d/%m/%Y", "%m/%d/%Y"]\n'
    assert take("Date,unit_code,overall\n30/09/2025,A,5\n09/30/2025,A,5\n09/09/2025,A,5\n", plan).stored == 3
    with pytest.raises(ImportFaults, match=r"'01/02/2025' can be 2025-01-02 or 2025-02-01 by the formats"):
        take("Date,unit_code,overall\n01/02/2025,A,5\n", plan)


def test_responses__times_with_an_offset__their_local_day(database: Database, take: Take) -> None:
    plan = OWN + '[answered_at]\ncolumn = "at"\nformats = ["%Y-%m-%dT%H:%M:%S%z"]\n'
    take("at,unit_code,overall\n2025-06-30T20:00:00+0000,A,5\n", plan)
    assert [(row.service_day, row.name) for row in stored(database)] == [(date(2025, 7, 1), "Phường Ấm")]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("source = ", "map.toml, file: Invalid value"),
        ('source = "x"\n', '"questionnaire" is missing'),
        (OWN.replace('"visit"', '"other"'), 'line 2, questionnaire: "other" version 1 is not released'),
        (OWN + "units = 1\n", 'line 4, units: the key "units" is not known here. Perhaps "unit" is meant'),
        (OWN + 'answered_at = "2025"\n', "line 4, answered_at: found 2025. Write a date (2021-09-30)"),
        (OWN + "answered_at = 2026-03-03\n", "answered_at: 2026-03-03 is not yet"),
        (OWN + '[answered_at]\ncolumn = "d"\nformats = ["%d/%m"]\n', '"%d/%m" names no whole date'),
        (OWN + '[unit]\nvalues = { a = "A" }\n', '"column" is missing'),
        (
            OWN + '[questions.all]\ncolumn = "q"\n',
            'visit has no question "all". Use one of overall, officials',
        ),
        (
            OWN + '[questions.overall]\ncolumn = "q"\nchoices = { good = "6" }\n',
            '"good" becomes "6", which is no',
        ),
        (
            OWN + '[questions.officials]\ncolumn = "q"\nna = ["NA"]\n',
            'the question "officials" does not offer it',
        ),
        (
            OWN + '[questions.overall]\ncolumn = "q"\nchoices = { good = "5" }\nskipped = ["good"]\n',
            '"good" stands in two lists',
        ),
        (OWN + '[questions.remark]\ncolumn = "q"\nna = ["NA"]\n', 'the key "na" is not known here'),
    ],
)
def test_map__fault__named_with_its_line(take: Take, plan: str, expected: str) -> None:
    with pytest.raises(MapFaults) as caught:
        take("answered_at,unit_code,overall\n2025-07-01,A,5\n", plan)
    assert expected in str(caught.value)


def test_map__column_that_the_file_lacks__named(take: Take) -> None:
    plan = OWN + 'id = "nr"\n[unit]\ncolumn = "place"\n[questions.overall]\ncolumn = "rating"\n'
    with pytest.raises(ImportFaults) as caught:
        take("answered_at,more\n2025-07-01,x\n", plan)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "r.csv, row 1, column nr",
        "r.csv, row 1, column place",
        "r.csv, row 1, column rating",
    ]


def test_responses__unknown_column_without_questions_in_the_map__refused(take: Take) -> None:
    with pytest.raises(
        ImportFaults, match="column overal: the column is not known; perhaps overall is meant"
    ):
        take("answered_at,unit_code,overall,overal\n2025-07-01,A,5,5\n")


def test_responses__ten_thousand_rows__stored_in_seconds(database: Database, take: Take) -> None:
    rows = "".join(f"{n},2025-07-{n % 28 + 1:02} 08:00,A,{n % 5 + 1},{n % 5 + 1}\n" for n in range(10_000))
    began = time.process_time()  # ours alone: the machine may be busy
    assert take("nr,answered_at,unit_code,overall,officials\n" + rows, OWN + 'id = "nr"\n').stored == 10_000
    assert time.process_time() - began < 30
    assert sum(tallied(database, "overall").values()) == 10_000
