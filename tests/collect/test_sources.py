import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select

from survey_app import create_app
from survey_app.collect import sources
from survey_app.collect.codes import new_code
from survey_app.collect.sources import day_key, end_days_before, source_of
from survey_app.collect.visits import issue
from survey_app.config import Settings
from survey_app.retention.erasing import erase
from survey_app.store.backup import back_up
from survey_app.store.engine import Database, open_database
from survey_app.store.organisation import Counter, CounterCode
from survey_app.store.responses import Flag, Response, Sending
from survey_app.worker import work
from tests.collect.visits import flags, open_form, responses, send
from tests.offices import FOUNDED, MONDAY_9, SmallOffice, small_office
from tests.pages import Clock, PageClient, parsed

SECOND = timedelta(seconds=1)
ZONE = Settings().zone
OFFICE_NETWORK = "203.0.113.7"
MIDNIGHT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""The end of the Monday in Viet Nam."""


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    clock.now = MONDAY_9
    with database.writing() as connection:
        return small_office(connection)


@pytest.fixture
def secrets(app: Flask) -> Path:
    return Path(app.instance_path) / "secrets"


def answered(
    client: PageClient, clock: Clock, code: str, address: str = OFFICE_NETWORK, seconds: int = 30
) -> int:
    """Send a form some time after it was opened, and give the status; hundreds of pages need no look."""
    desk = client.application.extensions["citizen"]
    visit = issue(desk.signer, code=code, release_id=1, language="vi", channel="poster", now=clock.now)
    opened, clock.now = clock.now, clock.now + seconds * SECOND
    status = send(client, code, visit, address).status_code
    clock.now = opened
    return status


def kept(database: Database) -> set[bytes]:
    with database.reading() as connection:
        return set(connection.scalars(select(Sending.source)))


def test_300_people_behind_one_address_in_an_hour__none_flagged(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    codes = [office.code, office.shared_code]
    with database.writing() as connection:
        for number in (3, 4, 5):
            key = connection.execute(
                insert(Counter).values(
                    code=f"Q{number}", name="Quầy", unit_id=office.commune, valid_from=FOUNDED
                )
            ).inserted_primary_key
            assert key is not None
            codes.append(new_code())
            connection.execute(
                insert(CounterCode).values(code=codes[-1], counter_id=key[0], created_at=MONDAY_9)
            )
    for person in range(300):
        clock.now = MONDAY_9 + person * 12 * SECOND
        assert answered(client, clock, codes[person % 5]) == 303
    assert (responses(database), flags(database)) == (300, {})


def test_400_from_one_source_in_ten_minutes__flagged_then_stopped(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    statuses = []
    for number in range(400):
        clock.now = MONDAY_9 + number * 1.4 * SECOND
        statuses.append(answered(client, clock, office.code))
    assert statuses == [303] * 299 + [429] * 101
    assert responses(database) == 299
    assert flags(database) == {1: 240}
    with database.reading() as connection:
        first = select(Response.number, Flag.evidence).join(Flag).order_by(Response.number).limit(1)
        assert connection.execute(first).one() == (60, '{"responses":60,"minutes":10}')
    clock.now = MONDAY_9 + 600 * SECOND
    assert answered(client, clock, office.code, "198.51.100.1") == 303  # others go on
    assert answered(client, clock, office.shared_code) == 303  # and so do other counters
    clock.now = MONDAY_9 + timedelta(minutes=25)
    assert answered(client, clock, office.code) == 303
    assert flags(database) == {1: 240}


def test_stopped__page__keeps_the_answers_and_says_how_long_to_wait(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST", 1)
    visit = open_form(client, office.code)
    clock.now += 30 * SECOND
    page = client.post(
        f"/q/{office.code}?lang=en",
        data={"visit": visit, "overall": "2", "comment": "Chờ lâu", "when": "now"},
    )
    assert (page.status_code, page.headers["Retry-After"]) == (429, "60")
    tree = parsed(page)
    assert [f.get("value") for f in tree.iter("input") if f.get("checked") is not None] == ["2", "now"]
    assert "Chờ lâu" in page.text
    assert "Press Send again in 60 seconds" in page.text
    monkeypatch.undo()
    assert send(client, office.code, visit).status_code == 303  # the same visit may still be sent
    assert responses(database) == 1


def test_repeats_of_one_response__counted_once(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    visit = open_form(client, office.code)
    clock.now += 30 * SECOND
    for _ in range(5):
        assert send(client, office.code, visit).status_code == 303
    with database.reading() as connection:
        assert connection.execute(select(Sending.responses)).scalar_one() == 1


def test_hidden_field_filled_in__stored_and_flagged(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    visit = open_form(client, office.code)
    clock.now += 30 * SECOND
    assert send(client, office.code, visit, website="http://spam.example").status_code == 303
    assert flags(database) == {2: 1}
    with database.reading() as connection:
        assert connection.execute(select(Flag.evidence)).scalar_one() == '{"letters": 19}'


def test_hidden_field__neither_seen_nor_read_out_nor_reached_by_the_keyboard(
    client: PageClient, office: SmallOffice
) -> None:
    (field,) = parsed(client.get(f"/q/{office.code}")).xpath("//input[@name='website']")
    assert field.xpath("ancestor::*[@hidden]")
    assert (field.get("tabindex"), field.get("autocomplete")) == ("-1", "off")


@pytest.mark.parametrize(
    ("seconds", "answers", "flagged"),
    [(1, {}, {3: 1}), (2, {}, {}), (3, dict.fromkeys(("access", "procedures", "result"), "4"), {}),
     (3, dict.fromkeys(("access", "procedures", "officer_attitude", "officer_responsibility",
                        "officer_guidance", "result"), "4"), {3: 1})],
    ids=["one answer at once", "one after 2 s", "four in 3 s", "seven in 3 s"],
)  # fmt: skip
def test_time_on_page__shorter_than_a_person_needs__flagged(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock,
    seconds: int, answers: dict[str, str], flagged: dict[int, int],
) -> None:  # fmt: skip
    visit = open_form(client, office.code)
    clock.now += seconds * SECOND
    assert send(client, office.code, visit, **answers).status_code == 303
    assert flags(database) == flagged


def forwarded(client: PageClient, clock: Clock, code: str, count: int) -> None:
    """Send from one machine what says that it comes from many."""
    for number in range(count):
        visit = open_form(client, code)
        clock.now += 5 * SECOND
        client.post(
            f"/q/{code}",
            data={"visit": visit, "overall": "5"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
            environ_overrides={"REMOTE_ADDR": OFFICE_NETWORK},
        )


def test_forwarded_address__from_a_stranger__not_believed(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    forwarded(client, clock, office.code, 3)
    assert len(kept(database)) == 1


@pytest.fixture
def behind_proxy(database: Database, settings: Settings, app: Flask, clock: Clock) -> Iterator[PageClient]:
    trusting = Settings(database_url=settings.database_url, trusted_proxies=(OFFICE_NETWORK,))
    made = create_app(Path(app.instance_path), trusting, clock)
    made.test_client_class = PageClient
    visitor = made.test_client()
    assert isinstance(visitor, PageClient)
    yield visitor
    made.extensions["database"].engine.dispose()


def test_forwarded_address__from_a_trusted_proxy__believed(
    behind_proxy: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    forwarded(behind_proxy, clock, office.code, 3)
    assert len(kept(database)) == 3


def test_source__same_network_of_ipv6__same_by_counter_and_day(tmp_path: Path) -> None:
    def source(address: str | None, counter: int = 1, now: datetime = MONDAY_9) -> bytes | None:
        return source_of(tmp_path, counter, address, now, ZONE)

    assert source("2001:db8:1:2::3") == source("2001:db8:1:2:ffff::9") != source("2001:db8:1:3::3")
    assert source("::ffff:192.0.2.1") == source("192.0.2.1") != source("192.0.2.2")
    assert source("192.0.2.1", counter=2) != source("192.0.2.1")
    before = source("192.0.2.1")
    assert source("192.0.2.1", now=MIDNIGHT) != before
    assert source(None) is source("") is source("unknown") is None


def test_day_key__until_midnight__the_same_for_all_and_for_its_owner_alone(tmp_path: Path) -> None:
    monday, tuesday = MONDAY_9.date(), MONDAY_9.date() + timedelta(days=1)
    key = day_key(tmp_path, monday)
    path = tmp_path / "day.key"
    assert day_key(tmp_path, monday) == key
    assert path.stat().st_mode & 0o777 == 0o600
    old = path.open("rb")  # the file as the disk keeps it, whatever its name leads to
    fresh = day_key(tmp_path, tuesday)
    assert fresh != key
    assert day_key(tmp_path, monday) == fresh  # a clock that is behind brings no key back
    assert set(old.read()) == {0}
    old.close()


def test_day_key__damaged__made_anew(tmp_path: Path) -> None:
    (tmp_path / "day.key").write_text("2026-03-02 abc")
    assert len(day_key(tmp_path, MONDAY_9.date())) == 32


def bytes_of(database: Database) -> bytes:
    """Give all that SQLite keeps on disk: the file and its log."""
    name = Path(str(database.engine.url.database))
    return b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))


@pytest.fixture
def busy_evening(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> tuple[set[bytes], SmallOffice]:
    """Give the hashes of 120 addresses that sent shortly before midnight."""
    clock.now = MIDNIGHT - timedelta(minutes=5)
    for number in range(120):
        answered(client, clock, office.code, f"198.51.{number}.9", seconds=10)
    return kept(database), office


def test_after_midnight__worker__nothing_about_an_address_is_left(
    busy_evening: tuple[set[bytes], SmallOffice], database: Database, secrets: Path
) -> None:
    hashes, _ = busy_evening
    key = (secrets / "day.key").read_text().split()[1]
    assert len(hashes) == 120
    if database.gate is not None:
        assert all(each in bytes_of(database) for each in hashes)
    assert end_days_before(database, secrets, MIDNIGHT - SECOND, ZONE)
    assert kept(database) == hashes  # not before midnight
    assert end_days_before(database, secrets, MIDNIGHT, ZONE)
    assert kept(database) == set()
    assert not (secrets / "day.key").exists()
    if database.gate is not None:
        assert not [each for each in hashes if each in bytes_of(database)]
    assert not [
        path for path in secrets.parent.rglob("*") if path.is_file() and key.encode() in path.read_bytes()
    ]


def test_after_midnight__worker_that_runs__ends_the_day_by_itself(
    busy_evening: tuple[set[bytes], SmallOffice],
    app: Flask,
    database: Database,
    clock: Clock,
    settings: Settings,
) -> None:
    clock.now = MIDNIGHT - 10 * SECOND
    stop, instance = threading.Event(), Path(app.instance_path)
    worker = threading.Thread(target=work, args=(database, settings, clock, stop, instance))
    worker.start()
    stop.wait(2.5)
    before = (instance / "secrets" / "day.key").exists()
    clock.now = MIDNIGHT + SECOND
    for _ in range(200):
        if not (instance / "secrets" / "day.key").exists() and not kept(database):
            break
        stop.wait(0.1)
    stop.set()
    worker.join()
    assert before
    assert not (instance / "secrets" / "day.key").exists()
    assert kept(database) == set()


def test_after_midnight__first_answer__ends_the_key_and_the_hashes(
    busy_evening: tuple[set[bytes], SmallOffice],
    client: PageClient,
    database: Database,
    clock: Clock,
    secrets: Path,
) -> None:
    hashes, office = busy_evening
    key = (secrets / "day.key").read_text()
    clock.now = MIDNIGHT
    assert answered(client, clock, office.code) == 303
    assert not hashes & kept(database)
    assert len(kept(database)) == 1
    assert (secrets / "day.key").read_text()[:10] == "2026-03-03"
    assert key[11:] not in (secrets / "day.key").read_text()


def test_after_midnight__retention__erases_the_hashes(
    busy_evening: tuple[set[bytes], SmallOffice], database: Database
) -> None:
    assert erase(database, Settings(), MIDNIGHT - SECOND)["sources"] == 0
    assert erase(database, Settings(), MIDNIGHT)["sources"] == 120
    assert kept(database) == set()


def test_backup__holds_no_hashes(
    busy_evening: tuple[set[bytes], SmallOffice], database: Database, tmp_path: Path
) -> None:
    hashes, _ = busy_evening
    back_up(database, tmp_path / "backup.sqlite3")
    copy = sqlite3.connect(tmp_path / "backup.sqlite3")
    assert copy.execute("SELECT count(*) FROM sending").fetchone() == (0,)
    copy.close()
    assert not [each for each in hashes if each in (tmp_path / "backup.sqlite3").read_bytes()]


def test_counted__minutes_long_past__erased_by_the_way(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    answered(client, clock, office.code)
    (first,) = kept(database)
    clock.now = MONDAY_9 + timedelta(minutes=11)
    answered(client, clock, office.code, "198.51.100.1")
    assert first not in kept(database)


def test_empty_log__while_somebody_reads__to_be_tried_again(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE a (b)")
    with database.reading() as reader:
        reader.exec_driver_sql("SELECT * FROM a")
        with database.writing() as connection:
            connection.exec_driver_sql("INSERT INTO a VALUES (1)")
        assert not database.empty_log()
    assert database.empty_log()
    assert (tmp_path / "a.sqlite3-wal").stat().st_size == 0
    database.engine.dispose()
