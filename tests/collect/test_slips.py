import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from survey_app import create_app
from survey_app.access.audit import entries
from survey_app.cli import main
from survey_app.collect.codes import read_any, spaced
from survey_app.collect.slip_sheets import HandedOutFor, print_slips
from survey_app.collect.slips import Spent, find_slip, make_slips, spend
from survey_app.config import Settings, create_keys, load_keys, rotate_keys
from survey_app.store.engine import Database, open_database
from survey_app.store.organisation import Procedure
from survey_app.store.responses import Receipt, Response, Slip
from survey_app.store.upgrade import upgrade
from tests.collect.visits import open_form, responses, send
from tests.offices import MONDAY_9, SmallOffice, small_office
from tests.pages import Clock, PageClient, parsed

HOUR = timedelta(hours=1)


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    clock.now = MONDAY_9
    with database.writing() as connection:
        return small_office(connection)


@pytest.fixture
def keys(app: Flask) -> list[str]:
    return load_keys(Path(app.instance_path), "slip")


def made(
    database: Database, keys: list[str], office: SmallOffice, count: int = 1, **named: object
) -> list[str]:
    with database.writing() as connection:
        return make_slips(connection, keys, office.counter, count, MONDAY_9, **named)  # type: ignore[arg-type]


def spent(database: Database) -> bool:
    with database.reading() as connection:
        return connection.execute(select(Slip.spent_at)).scalar_one() is not None


def test_slips__made__different_and_kept_as_hashes(
    database: Database, keys: list[str], office: SmallOffice
) -> None:
    codes = made(database, keys, office, 500)
    assert len(set(codes)) == 500
    assert all(len(code) == 12 and read_any(spaced(code).lower()) == code for code in codes)
    with database.reading() as connection:
        rows = connection.execute(select(*Slip.__table__.columns)).all()
    assert len(rows) == 500
    assert not any(code in repr(row) for code in codes for row in rows[:3])


def test_slip__opened_twice__spends_and_stores_nothing(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice
) -> None:
    (code,) = made(database, keys, office)
    for _ in range(2):
        open_form(client, code)
    assert (responses(database), spent(database)) == (0, False)


def test_slip__sent__stored_with_officer_procedure_and_stage(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice
) -> None:
    with database.writing() as connection:
        connection.execute(insert(Procedure).values(id=7, code="1.001", name="Khai sinh"))
    (code,) = made(database, keys, office, officer_id=office.officers[2], procedure_id=7, stage="refused")
    visit = open_form(client, code)
    response = send(client, code, visit, stage="result")
    assert response.status_code == 303
    receipt = client.get(response.headers["Location"])
    assert receipt.status_code == 200
    with database.reading() as connection:
        row = connection.execute(select(*Response.__table__.columns)).one()
    assert (row.channel, row.attribution, row.stage) == ("slip", "slip", "refused")
    assert (row.counter_id, row.officer_id, row.procedure_id) == (office.counter, office.officers[2], 7)
    assert spent(database)


def test_slip__of_a_known_stage__does_not_ask_for_it(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice
) -> None:
    (known,) = made(database, keys, office, stage="more_papers")
    (unknown,) = made(database, keys, office)
    asked = [
        {field.get("name") for field in parsed(client.get(f"/q/{code}")).iter("input")}
        for code in (known, unknown)
    ]
    assert asked[1] - asked[0] == {"stage"}
    assert "when" not in asked[1]


def test_slip__used_by_somebody_else__said_without_a_time(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice, clock: Clock
) -> None:
    (code,) = made(database, keys, office)
    mine, other = open_form(client, code), open_form(client, code)
    assert send(client, code, mine).status_code == 303
    clock.now += timedelta(minutes=7)
    for page in (send(client, code, other), client.get(f"/q/{code}?lang=en")):
        assert page.status_code == 410
        assert "09:" not in page.text
        assert "2026" not in page.text
    assert "This invitation has been used" in page.text
    assert responses(database) == 1


@pytest.mark.parametrize("later", [timedelta(), HOUR, 47 * HOUR], ids=["at once", "an hour", "47 hours"])
def test_slip__same_response_again_within_48_hours__first_receipt(
    client: PageClient,
    database: Database,
    keys: list[str],
    office: SmallOffice,
    clock: Clock,
    later: timedelta,
) -> None:
    (code,) = made(database, keys, office)
    visit = open_form(client, code)
    first = send(client, code, visit)
    clock.now += later
    again = send(client, code, visit)
    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert client.get(again.headers["Location"]).status_code == 200
    assert responses(database) == 1
    with database.reading() as connection:
        assert len(connection.execute(select(Receipt.receipt)).all()) == 1


def test_slip__same_response_after_48_hours__used(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice, clock: Clock
) -> None:
    (code,) = made(database, keys, office)
    visit = open_form(client, code)
    send(client, code, visit)
    clock.now += 49 * HOUR
    assert send(client, code, visit).status_code == 410


def test_slip__same_response_with_other_answers__the_first_ones_count(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice
) -> None:
    (code,) = made(database, keys, office)
    visit = open_form(client, code)
    send(client, code, visit)
    assert send(client, code, visit, overall="1").status_code == 409


def test_slip__second_part__belongs_to_the_response_that_spent_it(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice
) -> None:
    (code,) = made(database, keys, office)
    visit = open_form(client, code)
    send(client, code, visit)
    assert send(client, code, visit, part="2", access="2").status_code == 303
    assert responses(database) == 1


def test_slip__first_sent_hours_after_opening__asked_again_and_not_spent(
    client: PageClient, database: Database, keys: list[str], office: SmallOffice, clock: Clock
) -> None:
    (code,) = made(database, keys, office)
    visit = open_form(client, code)
    clock.now += 3 * HOUR
    page = send(client, code, visit, overall="2")
    assert page.status_code == 400
    chosen = [f.get("value") for f in parsed(page).iter("input") if f.get("checked") is not None]
    assert (chosen, spent(database), responses(database)) == (["2"], False, 0)


def test_slip__made_up__not_found(client: PageClient, office: SmallOffice) -> None:
    assert client.get("/q/AAAACCCCDDDD").status_code == 404


def test_slip__keys_rotated__good_after_one_rotation_and_not_after_two(
    database: Database, settings: Settings, office: SmallOffice, app: Flask, keys: list[str]
) -> None:
    (code,) = made(database, keys, office)
    folder = Path(app.instance_path)
    for status in (200, 404):
        rotate_keys(folder)
        later = create_app(folder, settings, lambda: MONDAY_9)
        assert later.test_client().get(f"/q/{code}").status_code == status
        later.extensions["database"].engine.dispose()


def test_slip__two_send_at_once__one_is_first(
    app: Flask, database: Database, keys: list[str], office: SmallOffice
) -> None:
    (code,) = made(database, keys, office)
    visits = [open_form(app.test_client(), code) for _ in range(8)]
    start = threading.Barrier(len(visits))
    found: list[int] = []

    def race(visit: str) -> None:
        client = FlaskClient(app, app.response_class)
        start.wait()
        found.append(send(client, code, visit).status_code)

    threads = [threading.Thread(target=race, args=(visit,)) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [303] + [410] * 7
    assert responses(database) == 1


SPENDER = """
import sys, time
from datetime import UTC, datetime
from survey_app.collect.slips import Spent, find_slip, spend
from survey_app.store.engine import open_database
url, key, code, response = sys.argv[1:]
database = open_database(url)
print("ready", flush=True)
sys.stdin.readline()
try:
    with database.writing() as connection:
        slip = find_slip(connection, [key], code)
        print(spend(connection, slip, response, datetime.now(UTC)), flush=True)
        time.sleep(0.3)
except Spent:
    print("refused", flush=True)
"""


def test_slip__two_processes_at_once__one_spends_it(
    database: Database, database_url: str, keys: list[str], office: SmallOffice
) -> None:
    (code,) = made(database, keys, office)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SPENDER, database_url, keys[0], code, f"visit{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        said.append(process.communicate(timeout=60)[0].strip())
    assert sorted(said) == ["True", "refused"]


def test_spend__in_a_transaction_that_fails__slip_still_good(
    database: Database, keys: list[str], office: SmallOffice
) -> None:
    (code,) = made(database, keys, office)

    def interrupted() -> None:
        with database.writing() as connection:
            slip = find_slip(connection, keys, code)
            assert slip is not None
            assert spend(connection, slip, "visit", MONDAY_9)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        interrupted()
    assert not spent(database)


def test_spend__by_another__refused(database: Database, keys: list[str], office: SmallOffice) -> None:
    (code,) = made(database, keys, office)
    with database.writing() as connection:
        slip = find_slip(connection, keys, code)
        assert slip is not None
        assert spend(connection, slip, "first", MONDAY_9)
        assert not spend(connection, slip, "first", MONDAY_9)
        with pytest.raises(Spent, match="each works once"):
            spend(connection, slip, "second", MONDAY_9)


HOSTILE = '#read("x") $x$ =HYPERLINK("http://x") *đậm* \\ //'


@pytest.mark.parametrize(
    "name", ["Xã Kim Liên", "W" * 120, HOSTILE], ids=["plain", "one long word", "hostile"]
)
def test_sheet__thirteen_slips__two_pages_and_each_code_leads_to_its_own(name: str) -> None:
    codes = [f"K7M4XARXWD{first}{second}" for first in "346" for second in "789AC"][:13]
    settings = Settings(base_url="https://khaosat.nghean.example/")
    document = pypdfium2.PdfDocument(
        print_slips(codes, HandedOutFor(1, f"Quầy 3 · {name}", name, None, None), settings)
    )
    try:
        pictures = [page.render(scale=200 / 72).to_pil() for page in document]
        words = ["".join(page.get_textpage().get_text_range().split()) for page in document]
        size = document.get_page_size(0)
    finally:
        document.close()
    read = [{found.text for found in zxingcpp.read_barcodes(picture)} for picture in pictures]
    wanted = [f"https://khaosat.nghean.example/q/{code}" for code in codes]
    assert read == [set(wanted[:10]), set(wanted[10:])]
    assert size == pytest.approx((210 / 25.4 * 72, 297 / 25.4 * 72), abs=0.1)
    for said in ("MờiÔng/Bàchoýkiến", "Dùngmộtlần", "Worksonce", codes[12], "khaosat.nghean.example/q/"):
        assert said in words[1].replace("\u200b", "")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Give the command in an installation with the small office."""
    create_keys(tmp_path)
    database = open_database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade(database)
    with database.writing() as connection:
        small_office(connection)
    database.engine.dispose()

    def invoke(*words: str) -> tuple[int, str, str]:
        outcome = CliRunner().invoke(main, ["--instance", str(tmp_path), *words])
        return outcome.exit_code, outcome.stdout, outcome.stderr

    return invoke


def test_command__slips__printed_stored_and_noted(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    out = tmp_path / "slips.pdf"
    code, said, _ = run(
        "slips", "Q1", "--count", "3", "--out", str(out), "--officer", "C2", "--stage", "result"
    )
    assert (code, said.splitlines()[0]) == (0, str(out))
    assert out.read_bytes().startswith(b"%PDF")
    database = open_database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    with database.reading() as connection:
        assert set(connection.execute(select(Slip.officer_id, Slip.stage)).all()) == {(2, "result")}
        assert [entry.action for entry in entries(connection)] == ["slips.made"]
    database.engine.dispose()


def test_command__slips_with_unknown_codes__all_said_and_nothing_made(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    out = tmp_path / "slips.pdf"
    unknown = ("--officer", "C9", "--procedure", "P9")
    code, _, said = run("slips", "Q9", "--count", "3", "--out", str(out), *unknown)
    assert code == 1
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "counter 'Q9'",
        "officer 'C9'",
        "procedure 'P9'",
    ]
    assert not out.exists()


def test_command__screen__link_printed(run: Callable[..., tuple[int, str, str]]) -> None:
    code, said, _ = run("screen", "Q1")
    assert code == 0
    assert said.startswith("http://127.0.0.1:8000/screen/")
