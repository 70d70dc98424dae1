import pytest
from flask import Flask

from survey_app.collect.kiosk_files import FOLDER, words
from survey_app.collect.kiosk_words import WORDS
from tests.pages import PageClient

MOST = 60_000
"""Bytes on the wire, without audio."""

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def test_files__on_the_wire__small(app: Flask, client: PageClient) -> None:
    files = app.extensions["kiosk"].files
    page = client.get("/kiosk/")
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in page.headers
    size = len(page.data) + len(client.get("/kiosk/worker.js").data)
    for name, content in files.contents.items():
        answer = client.get(f"/kiosk/files/{files.version}/{name}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        size += len(answer.data)
        assert client.get(f"/kiosk/files/{files.version}/{name}").data == content
    assert size <= MOST


def test_files__of_another_version_or_outside__not_found(app: Flask, client: PageClient) -> None:
    version = app.extensions["kiosk"].files.version
    for path in (f"/kiosk/files/{'0' * 12}/main.js", f"/kiosk/files/{version}/..%2f..%2fdesk.css"):
        assert client.get(path).status_code == 404


def test_manifest_and_worker__name_what_is_there(app: Flask, client: PageClient) -> None:
    manifest = client.get("/kiosk/manifest.webmanifest").json or {}
    assert (manifest["start_url"], manifest["scope"]) == ("/kiosk/", "/kiosk/")
    assert client.get(manifest["icons"][0]["src"]).status_code == 200
    worker = client.get("/kiosk/worker.js")
    assert worker.mimetype == "text/javascript"
    assert app.extensions["kiosk"].files.version in worker.text


def test_words__every_name_in_every_language_and_each_one_used(app: Flask) -> None:
    with app.test_request_context():
        spoken = words()
    assert set(spoken) == {"vi", "en", "fr"}
    assert all(set(names) == set(WORDS) and all(names.values()) for names in spoken.values())
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js"))
    unused = [name for name in WORDS if f'"{name}"' not in code and not name.endswith("_help")]
    assert unused == ["kiosk"] or unused == []
