from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from survey_app.collect.drawing import squares
from survey_app.collect.rotating import current_code, is_current, make_screen, secrets_of
from survey_app.config import load_keys
from survey_app.store.engine import Database
from survey_app.store.organisation import CounterCode
from survey_app.store.responses import Response
from tests.collect.visits import open_form, send
from tests.offices import MONDAY_9, SmallOffice, small_office
from tests.pages import Clock, PageClient, parsed

SECOND = timedelta(seconds=1)
SECRET = bytes(range(32))


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    clock.now = MONDAY_9
    with database.writing() as connection:
        return small_office(connection)


def screen(database: Database, counter: int) -> str:
    with database.writing() as connection:
        return make_screen(connection, counter, MONDAY_9)


def shown_code(client: PageClient, link: str) -> str:
    page = parsed(client.get(f"/screen/{link}"))
    (code,) = page.xpath("//p[@class='code']/text()")
    return str(code)


def stored(database: Database) -> tuple[object, ...]:
    with database.reading() as connection:
        query = select(Response.counter_id, Response.officer_id, Response.channel, Response.attribution)
        return tuple(connection.execute(query).one())


@pytest.mark.parametrize(
    ("after", "good"),
    [(0, True), (59, True), (60, True), (179, True), (180, False), (3600, False), (-5, True), (-6, False)],
)
def test_code__shown_from_nine_on__good_for_three_minutes(after: int, good: bool) -> None:
    code = "K7M4XARX" + current_code(SECRET, MONDAY_9)
    assert is_current([b"other", SECRET], code, MONDAY_9 + after * SECOND) is good


def test_code__changes_every_minute_and_differs_by_counter() -> None:
    codes = [current_code(SECRET, MONDAY_9 + minute * 60 * SECOND) for minute in range(1000)]
    assert len(set(codes)) == 1000
    assert current_code(SECRET, MONDAY_9 + 59 * SECOND) == codes[0]
    assert current_code(SECRET[::-1], MONDAY_9) != codes[0]


def test_screen__scanned_and_sent_later__names_who_sat_there_at_opening(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    code = shown_code(client, screen(database, office.counter))
    clock.now = MONDAY_9 + 179 * SECOND
    visit = open_form(client, code)
    clock.now = MONDAY_9 + timedelta(minutes=90)  # B sits there since ten
    response = send(client, code, visit)
    assert response.status_code == 303
    assert client.get(response.headers["Location"]).status_code == 200
    assert stored(database) == (office.counter, office.officers[0], "rotating", "rotating")


def test_screen__at_a_counter_of_two__names_nobody(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    code = shown_code(client, screen(database, office.shared_counter))
    send(client, code, open_form(client, code))
    assert stored(database) == (office.shared_counter, None, "rotating", "ambiguous")


def test_code__opened_too_late__says_so_and_leads_to_the_form_without_it(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    code = shown_code(client, screen(database, office.counter))
    clock.now = MONDAY_9 + 180 * SECOND
    page = client.get(f"/q/{code}?lang=en")
    assert page.status_code == 410
    assert "The code on screen has changed" in page.text
    (again,) = parsed(page).xpath("//main//a/@href")
    assert again == f"/q/{office.code}?lang=en"


def test_code__of_another_counter__not_taken(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    code = shown_code(client, screen(database, office.counter)).replace(" ", "")
    assert client.get(f"/q/{office.shared_code}{code[8:]}").status_code == 410


def test_screen__picture__decodes_to_the_code_it_prints(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    link = screen(database, office.counter)
    page = parsed(client.get(f"/screen/{link}"))
    (path,) = page.xpath("//main//*[local-name()='path']/@d")
    (side,) = page.xpath("//main//*[local-name()='svg']/@viewBox")
    size = int(side.split()[-1])
    picture = Image.new("L", (size, size), 255)
    for run in path.strip("M").split("M"):
        start, _, length = run.partition("h")
        x, y = map(int, start.split())
        picture.paste(0, (x, y, x + int(length.partition("v")[0]), y + 1))
    (found,) = zxingcpp.read_barcodes(picture.resize((size * 6, size * 6), Image.Resampling.NEAREST))
    code = shown_code(client, link).replace(" ", "")
    assert found.text == f"http://127.0.0.1:8000/q/{code}"
    assert size == len(squares(found.text)) + 8


def test_screen__asks_for_the_next_code_by_itself_and_is_kept_nowhere(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    link = screen(database, office.counter)
    clock.now = MONDAY_9 + 47 * SECOND
    page = client.get(f"/screen/{link.lower()}")
    assert parsed(page).xpath("//meta[@http-equiv='refresh']/@content") == ["13"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert parsed(page).findall(".//script") == []


def test_screen__made_anew__earlier_link_and_its_codes_end(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    first = screen(database, office.counter)
    code = shown_code(client, first)
    second = screen(database, office.counter)
    assert client.get(f"/screen/{first}").status_code == 404
    assert client.get(f"/q/{code}").status_code == 410
    assert client.get(f"/q/{shown_code(client, second)}").status_code == 200


def test_screen__counter_without_code_in_force__gone(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    link = screen(database, office.counter)
    with database.writing() as connection:
        connection.execute(update(CounterCode).values(retired_at=MONDAY_9))
    assert client.get(f"/screen/{link}").status_code == 410


def test_secrets__both_keys_known__none_without_a_screen(
    app: Flask, database: Database, office: SmallOffice
) -> None:
    screen(database, office.counter)
    keys = load_keys(Path(app.instance_path), "screen")
    with database.reading() as connection:
        assert len(set(secrets_of(connection, [*keys, "00" * 32], office.counter))) == 2
        assert secrets_of(connection, keys, office.shared_counter) == []
