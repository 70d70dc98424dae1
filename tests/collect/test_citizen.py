import gzip
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from survey_app.collect.codes import new_code, read_code
from survey_app.collect.releases import retire
from survey_app.config import Settings
from survey_app.evaluate.evaluation import evaluate
from survey_app.store.engine import Database
from survey_app.store.organisation import CounterCode, Unit
from survey_app.store.responses import Comment, Part, Receipt, Response
from tests.offices import MONDAY_9, SmallOffice, small_office
from tests.pages import Clock, PageClient, parsed

LANGUAGES = ("vi", "en", "fr")


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    clock.now = MONDAY_9
    with database.writing() as connection:
        return small_office(connection)


def token(page: str) -> str:
    found = re.search(r'name="visit" value="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def open_form(client: PageClient, code: str, **query: str) -> str:
    return token(client.get(f"/q/{code}", query_string=query).text)


def count(database: Database, table: type) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def stored(database: Database) -> tuple[object, ...]:
    with database.reading() as connection:
        query = select(Response.unit_id, Response.counter_id, Response.officer_id, Response.attribution)
        return tuple(connection.execute(query).one())


@pytest.mark.parametrize("language", LANGUAGES)
def test_form__opened__all_questions_in_the_language_and_nothing_chosen(
    client: PageClient, office: SmallOffice, language: str
) -> None:
    tree = parsed(client.get(f"/q/{office.code}?lang={language}"))
    assert tree.get("lang") == language
    radios = [field for field in tree.iter("input") if field.get("type") == "radio"]
    assert not any("checked" in field.attrib for field in tree.iter("input"))
    assert len({field.get("name") for field in radios}) == 8 + 4 + 1  # scales, facts, the time of the visit
    for field in radios:
        assert "".join(field.getparent().itertext()).strip()
    assert tree.find(".//textarea").get("maxlength") == "500"
    words = {"vi": "Rất hài\u00a0lòng", "en": "Very satisfied", "fr": "Très satisfaisant"}
    assert words[language] in "".join(tree.itertext())


def test_form__as_the_browser_prefers__language_and_vietnamese_otherwise(
    client: PageClient, office: SmallOffice
) -> None:
    for header, language in (("fr-CA,fr;q=0.9", "fr"), ("th", "vi"), ("", "vi"), ("en;q=0.8,vi;q=0.9", "vi")):
        page = client.get(f"/q/{office.code}", headers={"Accept-Language": header})
        assert parsed(page).get("lang") == language


def test_form__gzip__same_page_as_plain_and_under_six_thousand_bytes(
    client: PageClient, office: SmallOffice
) -> None:
    for language in LANGUAGES:
        plain = client.get(f"/q/{office.code}?lang={language}").text
        response = _bare(client.application).get(
            f"/q/{office.code}?lang={language}", headers={"Accept-Encoding": "gzip, br"}
        )
        page = gzip.decompress(response.data).decode()
        assert page.replace(token(page), "") == plain.replace(token(plain), "")
        head = sum(len(f"{name}: {value}\r\n") for name, value in response.headers)
        assert len(response.data) + head < 6_000


def _bare(app: Flask) -> FlaskClient:
    """Give a client that looks at nothing: for bytes that are no text, and for threads."""
    return FlaskClient(app, app.response_class)


@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_form_and_thanks__again_within_ten_seconds__same_page_with_the_same_headers(
    client: PageClient, office: SmallOffice, encoding: str
) -> None:
    plain, headers = _bare(client.application), {"Accept-Encoding": encoding}
    visit = open_form(client, office.code, lang="en")
    sent = client.post(f"/q/{office.code}?lang=en", data={"visit": visit, "overall": "4"})
    for address in (f"/q/{office.code}?lang=fr", sent.headers["Location"]):
        first, second = (plain.get(address, headers=headers) for _ in range(2))
        assert sorted(first.headers) == sorted(second.headers)
        pages = [gzip.decompress(each.data) if encoding else each.data for each in (first, second)]
        assert len({re.sub(rb'value="[^"]{60,}"', b"", page) for page in pages}) == 1
    assert plain.get(f"/q/{office.code}/thanks/AAAACCCCDDDD.x?lang=en").status_code == 404
    assert plain.post(f"/q/{office.code}?lang=fr").status_code == 400


def test_form__opened__stores_nothing_and_sets_no_cookie(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    response = client.get(f"/q/{office.code}")
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-cache"
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    [script] = parsed(response).findall(".//script")
    assert "defer" in script.attrib
    assert count(database, Response) == 0


def test_answer__sent__stored_for_unit_counter_and_officer_with_a_receipt(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    visit = open_form(client, office.code)
    answers = {
        "overall": "4",
        "access": "na",
        "extra_payment": "refused",
        "reasons": ["wait"],
        "comment": " Tốt. ",
    }
    response = client.post(f"/q/{office.code}", data={"visit": visit, "when": "now"} | answers)
    assert response.status_code == 303
    thanks = client.get(response.headers["Location"])
    with database.reading() as connection:
        document = json.loads(connection.execute(select(Part.answers)).scalar_one())
        receipt = connection.execute(select(Receipt.receipt)).scalar_one()
        assert connection.execute(select(Comment.text)).scalar_one() == "Tốt."
    assert document == {"overall": "4", "access": "na", "extra_payment": "refused"}
    assert f"{receipt[:4]} {receipt[4:8]} {receipt[8:]}" in thanks.text
    assert stored(database) == (office.commune, office.counter, office.officers[0], "poster_now")


def test_answer__opened_under_a_sent_after_the_change_to_b__names_a(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    visit = open_form(client, office.code)
    clock.now = MONDAY_9 + timedelta(minutes=90)  # half past ten, B sits there since ten
    client.post(f"/q/{office.code}", data={"visit": visit, "overall": "5", "when": "now"})
    assert stored(database)[2:] == (office.officers[0], "poster_now")


@pytest.mark.parametrize(
    ("code", "after", "when", "attribution"),
    [
        ("code", timedelta(), {"when": "earlier"}, "none"),
        ("code", timedelta(), {}, "none"),
        ("code", timedelta(hours=9), {"when": "now"}, "none"),
        ("shared_code", timedelta(), {"when": "now"}, "ambiguous"),
    ],
    ids=["earlier", "not said", "after closing", "two officers"],
)
def test_answer__without_evidence__names_nobody(
    client: PageClient,
    database: Database,
    office: SmallOffice,
    clock: Clock,
    code: str,
    after: timedelta,
    when: dict[str, str],
    attribution: str,
) -> None:
    clock.now = MONDAY_9 + after
    shown = getattr(office, code)
    visit = open_form(client, shown)
    client.post(f"/q/{shown}", data={"visit": visit, "overall": "5"} | when)
    assert stored(database)[2:] == (None, attribution)


def test_form__opened_after_closing__does_not_ask_when(
    client: PageClient, office: SmallOffice, clock: Clock
) -> None:
    assert 'name="when"' in client.get(f"/q/{office.code}").text
    clock.now = MONDAY_9 + timedelta(hours=9)
    assert 'name="when"' not in client.get(f"/q/{office.code}").text


def test_answer__sent_twice_and_again_after_back__one_stored_and_the_same_receipt(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    form = {
        "visit": open_form(client, office.code),
        "overall": "2",
        "when": "now",
        "reasons": ["wait", "rude"],
    }
    first, double, back = (client.post(f"/q/{office.code}", data=form) for _ in range(3))
    assert first.headers["Location"] == double.headers["Location"] == back.headers["Location"]
    assert [client.get(first.headers["Location"]).status_code for _ in range(2)] == [200, 200]
    assert (count(database, Response), count(database, Part), count(database, Receipt)) == (1, 1, 1)


def test_answer__other_content_after_back__409_with_a_way_to_start_anew(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    visit = open_form(client, office.code)
    client.post(f"/q/{office.code}", data={"visit": visit, "overall": "2"})
    response = client.post(f"/q/{office.code}", data={"visit": visit, "overall": "5"})
    assert response.status_code == 409
    assert parsed(response).find(".//main//a").get("href") == f"/q/{office.code}?lang=vi"
    assert count(database, Part) == 1


def test_answer__fifty_threads_send_the_same__one_stored_and_one_receipt(
    app: Flask, client: PageClient, database: Database, office: SmallOffice
) -> None:
    form = {"visit": open_form(client, office.code), "overall": "4", "when": "now"}
    outcomes = []

    def send() -> None:
        response = _bare(app).post(f"/q/{office.code}", data=form)
        outcomes.append((response.status_code, response.headers["Location"]))

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 50
    assert len(set(outcomes)) == 1
    assert outcomes[0][0] == 303
    assert (count(database, Response), count(database, Part), count(database, Receipt)) == (1, 1, 1)


def test_second_part__replaces_an_answer_and_keeps_the_first(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    form = {"visit": open_form(client, office.code), "overall": "4"}
    first = client.post(f"/q/{office.code}", data=form)
    second = client.post(f"/q/{office.code}", data=form | {"part": "2", "overall": "1", "reasons": "wait"})
    assert first.headers["Location"] == second.headers["Location"]
    with database.reading() as connection:
        documents = connection.execute(select(Part.answers).order_by(Part.part)).scalars().all()
    assert [json.loads(document)["overall"] for document in documents] == ["4", "1"]


def test_tap__sent_by_the_script__stored_as_part_1_and_told_where_the_thanks_are(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    form = {"visit": open_form(client, office.code), "overall": "4"}
    tap, again = (client.post(f"/q/{office.code}", data=form | {"by": "tap"}) for _ in range(2))
    assert (tap.status_code, again.status_code, tap.data) == (204, 204, b"")
    rest = client.post(f"/q/{office.code}", data=form | {"by": "send", "part": "2", "access": "5"})
    assert rest.status_code == 204
    assert client.get(rest.headers["Location"]).status_code == 200
    assert (count(database, Response), count(database, Part), count(database, Receipt)) == (1, 2, 1)
    assert client.post(f"/q/{office.code}", data=form | {"by": "somebody"}).status_code == 400


@pytest.mark.parametrize(
    ("hours", "by", "taken"), [(25, "kept", 1), (27, "kept", 0), (3, "tap", 0), (3, "", 0)]
)
def test_tap__kept_while_there_was_no_line__taken_for_a_day_and_no_other_is(
    client: PageClient,
    database: Database,
    office: SmallOffice,
    clock: Clock,
    hours: int,
    by: str,
    taken: int,
) -> None:
    form = {"visit": open_form(client, office.code), "overall": "4", "when": "now", "by": by}
    clock.now = MONDAY_9 + timedelta(hours=hours)
    assert client.post(f"/q/{office.code}", data=form).status_code == (204 if taken else 400)
    assert count(database, Response) == taken
    if taken:  # it counts where and when the page was opened
        assert stored(database)[2:] == (office.officers[0], "poster_now")


@pytest.mark.parametrize("language", LANGUAGES)
def test_answer__faulty__422_same_page_messages_and_answers_kept(
    client: PageClient, database: Database, office: SmallOffice, language: str
) -> None:
    visit = open_form(client, office.code, lang=language)
    data = {"visit": visit, "access": "4", "result": "9", "comment": "x" * 501, "when": "now"}
    response = client.post(f"/q/{office.code}?lang={language}", data=data)
    assert response.status_code == 422
    tree = parsed(response)
    assert tree.findtext("head/title").startswith({"vi": "Lỗi:", "en": "Error:", "fr": "Erreur"}[language])
    summary = tree.find(".//div[@role='alert']")
    assert [link.get("href") for link in summary.iter("a")] == ["#overall", "#result", "#comment"]
    for id in ("overall", "result", "comment"):
        assert tree.find(f".//*[@id='{id}-e']") is not None
    chosen = {
        field.get("name"): field.get("value") for field in tree.iter("input") if "checked" in field.attrib
    }
    assert chosen == {"access": "4", "when": "now"}
    assert tree.findtext(".//textarea") == "x" * 501
    assert token(response.text) == visit
    assert count(database, Response) == 0


@pytest.mark.parametrize("minutes", [121, 60 * 24])
def test_answer__page_opened_too_long_ago__fresh_form_with_answers_kept_and_nothing_stored(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock, minutes: int
) -> None:
    visit = open_form(client, office.code)
    clock.now = MONDAY_9 + timedelta(minutes=minutes)
    response = client.post(f"/q/{office.code}", data={"visit": visit, "overall": "4", "when": "now"})
    assert response.status_code == 400
    tree = parsed(response)
    chosen = {
        field.get("name"): field.get("value") for field in tree.iter("input") if "checked" in field.attrib
    }
    assert chosen == {"overall": "4"}
    assert count(database, Response) == 0
    again = client.post(f"/q/{office.code}", data={"visit": token(response.text), "overall": "4"})
    assert again.status_code == 303


@pytest.mark.parametrize("forged", ["", "x.y", "AAAA.BBBB.CCCC.1.vi.poster.1772416800000.abcdef"])
def test_answer__forged_token__fresh_form_and_nothing_stored(
    client: PageClient, database: Database, office: SmallOffice, forged: str
) -> None:
    assert client.post(f"/q/{office.code}", data={"visit": forged, "overall": "4"}).status_code == 400
    assert count(database, Response) == 0


def test_answer__token_of_another_counter__refused(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    visit = open_form(client, office.code)
    assert client.post(f"/q/{office.shared_code}", data={"visit": visit, "overall": "4"}).status_code == 400
    assert count(database, Response) == 0


def test_body__no_form_or_ten_megabytes__refused_and_nothing_stored(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    assert (
        client.post(f"/q/{office.code}", data=b"\x00\xff{", content_type="application/json").status_code
        == 400
    )
    visit = open_form(client, office.code)
    large = {"visit": visit, "overall": "4", "comment": "x" * 10_000_000}
    assert client.post(f"/q/{office.code}", data=large).status_code == 413
    wrong = {"visit": visit, "overall": "4", "part": "10"}
    assert client.post(f"/q/{office.code}", data=wrong).status_code == 400
    assert count(database, Response) == 0


def test_code__unknown__404_and_retired__410(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    for unknown in (new_code(), "K7M4XARA", "x" * 300, "%00"):
        assert read_code(unknown) != office.code
        assert client.get(f"/q/{unknown}").status_code == 404
    with database.writing() as connection:
        connection.execute(
            update(CounterCode).where(CounterCode.code == office.code).values(retired_at=MONDAY_9)
        )
    response = client.get(f"/q/{office.code}")
    assert response.status_code == 410
    assert "Mã này đã ngừng dùng" in response.text


def test_code__typed_small_with_a_space__opens(client: PageClient, office: SmallOffice) -> None:
    assert client.get(f"/q/{office.code[:4].lower()} {office.code[4:].lower()}").status_code == 200


def test_questionnaire__retired__410_and_an_opened_page_still_counts(
    client: PageClient, database: Database, office: SmallOffice, clock: Clock
) -> None:
    visit = open_form(client, office.code)
    with database.writing() as connection:
        retire(connection, "counter-service", 1, MONDAY_9)
    clock.now = MONDAY_9 + timedelta(seconds=11)
    assert client.get(f"/q/{office.code}").status_code == 410
    assert client.post(f"/q/{office.code}", data={"visit": visit, "overall": "4"}).status_code == 303
    assert count(database, Response) == 1


def test_thanks__receipt_never_given_out__404(client: PageClient, office: SmallOffice) -> None:
    assert client.get(f"/q/{office.code}/thanks/AAAACCCCDDDD").status_code == 404


def test_names__hostile__shown_as_they_are(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    name = "<script>alert(1)</script> {unit} %(x)s \"'"
    with database.writing() as connection:
        connection.execute(update(Unit).where(Unit.id == office.commune).values(name=name))
    tree = parsed(client.get(f"/q/{office.code}"))
    assert [script.get("src", "").partition("?")[0] for script in tree.iter("script")] == ["/q/answer.js"]
    assert name in tree.findtext(".//p[@class='place']")


@pytest.mark.parametrize(
    ("opened", "vn_report", "calendar"),
    [
        ("2026-06-14T23:59:59", "2026-H1", "2026-H1"),
        ("2026-06-15T00:00:00", "2026-H2", "2026-H1"),
        ("2026-12-14T23:59:59", "2026-H2", "2026-H2"),
        ("2026-12-15T00:00:00", "2027-H1", "2026-H2"),
        ("2026-06-30T23:59:59", "2026-H2", "2026-H1"),
        ("2026-07-01T00:00:00", "2026-H2", "2026-H2"),
    ],
)
def test_answer__opened_at_the_edge_of_a_half_year__counts_in_the_period_of_its_local_day(
    client: PageClient,
    database: Database,
    office: SmallOffice,
    clock: Clock,
    opened: str,
    vn_report: str,
    calendar: str,
) -> None:
    moment = datetime.fromisoformat(opened).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    clock.now = moment.astimezone(UTC)
    visit = open_form(client, office.code)
    clock.now += timedelta(minutes=5)  # sent on the other side of midnight, it stays where it was opened
    client.post(f"/q/{office.code}", data={"visit": visit, "overall": "5"})
    for scheme, label in (("vn-report", vn_report), ("calendar", calendar)):
        settings = Settings(database_url="unused", period_scheme=scheme)
        halves = ("2026-H1", "2026-H2", "2027-H1")
        counted = [half for half in halves if evaluate(database, settings, half).summary.responses]
        assert counted == [label]
