"""Further tongues: words in the questionnaire's file, Vietnamese where one is missing, recordings beside."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app.collect.releases import release
from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.toml import load
from survey_app.store.engine import Database
from survey_app.store.responses import Response
from tests.offices import MONDAY_9, QUESTIONNAIRES, SmallOffice, small_office
from tests.pages import Clock, PageClient, parsed

ARABIC = "كيف كانت الخدمة؟"
"""The right-to-left language of the tests."""


def in_tongues() -> Questionnaire:
    """Give a next version of the questionnaire that speaks a little Arabic and a little Tai."""
    text = (QUESTIONNAIRES / "counter-service.v1.toml").read_text(encoding="utf-8")
    for old, new in (
        ("version = 1", "version = 2"),
        ('languages = ["vi", "en", "fr"]', 'languages = ["vi", "en", "fr", "ar", "tyj"]'),
        ("[intro]\n", '[names]\nar = "العربية"\ntyj = "Tày"\n\n[intro]\nfree.ar = "طوعي."\n'),
        ('text.vi = "Nhìn chung,', f'text.ar = "{ARABIC}"\ntext.vi = "Nhìn chung,'),
        ('vi = "Cảm ơn Ông/Bà. Phiếu', 'ar = "شكرا"\nvi = "Cảm ơn Ông/Bà. Phiếu'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return load(text, "counter-service.v2.toml")


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    clock.now = MONDAY_9
    with database.writing() as connection:
        office = small_office(connection)
        release(connection, in_tongues(), MONDAY_9)
        return office


def test_form__right_to_left__runs_so_and_marks_what_is_vietnamese(
    client: PageClient, office: SmallOffice
) -> None:
    tree = parsed(client.get(f"/q/{office.code}?lang=ar"))
    assert (tree.get("lang"), tree.get("dir")) == ("ar", "rtl")
    legend = tree.find(".//fieldset[@id='overall']/legend")
    assert ARABIC in "".join(legend.itertext())
    assert legend.get("lang") is None
    other = tree.find(".//fieldset[@id='access']/legend")
    assert (other.get("lang"), other.get("dir")) == ("vi", "ltr")
    for button in tree.iter("button"):
        assert (button.get("lang"), button.get("dir")) == ("vi", "ltr")
    spoken = tree.findall("body/main/p")[1]
    assert [span.get("lang") for span in spoken.iter("span")] == ["vi", "vi"]
    assert "طوعي." in [(line.tail or "").strip() for line in spoken.iter("br")]


def test_form__switch__names_each_language_by_itself_and_says_how_it_runs(
    client: PageClient, office: SmallOffice
) -> None:
    tree = parsed(client.get(f"/q/{office.code}"))
    links = {
        link.get("lang"): (link.text, link.get("href"), link.get("dir")) for link in tree.iterfind(".//nav/a")
    }
    assert links == {
        "en": ("English", "?lang=en", None),
        "fr": ("Français", "?lang=fr", None),
        "ar": ("العربية", "?lang=ar", "rtl"),
        "tyj": ("Tày", "?lang=tyj", None),
    }
    assert tree.get("dir") is None


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "ar-EG,ar;q=0.9,en;q=0.1", "ar"),
        ("", "tyj", "tyj"),
        ("?lang=tyj", "fr", "tyj"),
        ("?lang=th", "", "vi"),
        ("?lang=th", "th,fr;q=0.2", "fr"),
        ("?lang=de", "", "vi"),
    ],
)
def test_form__asked_for_or_preferred__in_the_tongue_if_there_is_one(
    client: PageClient, office: SmallOffice, query: str, header: str, language: str
) -> None:
    for _ in range(2):  # the first time nothing is known of the questionnaire's languages
        page = client.get(f"/q/{office.code}{query}", headers={"Accept-Language": header})
        assert parsed(page).get("lang") == language


def test_answer__in_a_tongue__kept_with_the_response_and_thanked_in_it(
    client: PageClient, database: Database, office: SmallOffice
) -> None:
    tree = parsed(client.get(f"/q/{office.code}?lang=ar"))
    data = {"visit": tree.find(".//input[@name='visit']").get("value")}
    faulty = client.post(f"/q/{office.code}?lang=ar", data=data)
    assert (faulty.status_code, parsed(faulty).get("dir")) == (422, "rtl")
    answer = client.post(f"/q/{office.code}?lang=ar", data=data | {"overall": "4"})
    thanks = parsed(client.get(answer.headers["Location"]))
    assert (thanks.get("lang"), thanks.get("dir"), thanks.findtext(".//h1")) == ("ar", "rtl", "شكرا")
    with database.reading() as connection:
        assert connection.execute(select(Response.language)).scalar_one() == "ar"


def test_code__unknown__told_in_vietnamese_where_the_catalogues_lack_the_tongue(
    client: PageClient, office: SmallOffice
) -> None:
    client.get(f"/q/{office.code}?lang=ar")
    page = client.get("/q/AAAAAAAA?lang=ar")
    assert (page.status_code, parsed(page).get("lang")) == (404, "vi")


@pytest.fixture
def recorded(app: Flask) -> Path:
    """Give the folder of the instance with two recordings in Tai."""
    folder = Path(app.instance_path) / "audio" / "tyj"
    folder.mkdir(parents=True)
    (folder / "overall.mp3").write_bytes(b"ID3" + bytes(100))
    (folder / "overall.4.ogg").write_bytes(b"OggS" + bytes(50))
    (folder / "notes.txt").write_text("not to be played")
    return folder


def test_recording__where_there_is_a_file__can_be_played_and_nothing_plays_by_itself(
    client: PageClient, office: SmallOffice, recorded: Path
) -> None:
    page = client.get(f"/q/{office.code}?lang=tyj")
    players = list(parsed(page).iter("audio"))
    assert [player.get("src").partition("?")[0] for player in players] == [
        "/q/audio/tyj/overall.mp3",
        "/q/audio/tyj/overall.4.ogg",
    ]
    for player in players:
        assert player.get("preload") == "none"
        assert "controls" in player.attrib
        assert "autoplay" not in player.attrib
        assert player.get("aria-label")
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert list(parsed(client.get(f"/q/{office.code}")).iter("audio")) == []


def test_recording__fetched__kept_for_ever_and_given_in_parts(
    app: Flask, client: PageClient, office: SmallOffice, recorded: Path
) -> None:
    address = next(parsed(client.get(f"/q/{office.code}?lang=tyj")).iter("audio")).get("src")
    plain = FlaskClient(app, app.response_class)
    with plain.get(address) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "audio/mpeg")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
    with plain.get(address, headers={"Range": "bytes=0-2"}) as part:
        assert (part.status_code, part.data) == (206, b"ID3")


@pytest.mark.parametrize(
    "path",
    [
        "tyj/notes.txt",
        "tyj/access.mp3",
        "tyj/..%2f..%2fconfig.toml",
        "..%2faudio/overall.mp3",
        "vi/overall.mp3",
    ],
)
def test_recording__anything_else__not_found(client: PageClient, recorded: Path, path: str) -> None:
    assert client.get(f"/q/audio/{path}").status_code == 404


def test_script__in_each_language__kept_for_ever_and_under_four_thousand_bytes(
    app: Flask, client: PageClient, office: SmallOffice
) -> None:
    plain = FlaskClient(app, app.response_class)
    for language in ("vi", "en", "fr"):
        address = parsed(client.get(f"/q/{office.code}?lang={language}")).find(".//script").get("src")
        answer = plain.get(address, headers={"Accept-Encoding": "gzip"})
        head = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
        assert len(answer.data) + head < 4_000
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        assert plain.get(address).data.startswith(b"(() => {")
