from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask, abort
from sqlalchemy import text

from survey_app import create_app
from survey_app.config import ConfigFaults, Settings, create_keys, rotate_keys
from survey_app.store.engine import Database
from survey_app.web import behind_proxies
from tests.pages import Clock, PageClient, parsed


@pytest.fixture
def faulty(app: Flask) -> PageClient:
    """Give a visitor of an application with a page for every error."""
    app.testing = False
    app.add_url_rule("/fault/<int:code>", view_func=lambda code: abort(code))

    def break_down() -> str:
        raise KeyError("a name that no page may show")

    def lose_the_database() -> str:
        with app.extensions["database"].reading() as connection:
            connection.execute(text("SELECT * FROM nowhere"))
        return ""

    app.add_url_rule("/fault/bug", view_func=break_down)
    app.add_url_rule("/fault/database", view_func=lose_the_database)
    visitor = app.test_client()
    assert isinstance(visitor, PageClient)
    return visitor


@pytest.mark.parametrize("code", [400, 403, 404, 405, 410, 413, 429, 500, 503])
@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_error_page_is_calm_in_the_language_of_the_request(
    faulty: PageClient, code: int, language: str
) -> None:
    answer = faulty.get(f"/fault/{code}", headers={"Accept-Language": f"{language},de;q=0.5"})
    assert answer.status_code == code
    tree = parsed(answer)
    assert tree.get("lang") == language
    assert tree.findtext(".//h1") == tree.findtext(".//title")
    assert "!" not in "".join(tree.find("body").itertext())
    assert faulty.get(f"/fault/{code}?lang=vi", headers={"Accept-Language": language}).text.count('lang="vi"')


def test_error_page_in_an_unknown_language_is_vietnamese(faulty: PageClient) -> None:
    assert parsed(faulty.get("/nowhere", headers={"Accept-Language": "de"})).get("lang") == "vi"
    assert parsed(faulty.get("/nowhere?lang=de")).get("lang") == "vi"


@pytest.mark.parametrize("path", ["/fault/bug", "/fault/database"])
def test_error_page_of_a_fault_of_ours_shows_nothing_of_it(faulty: PageClient, path: str) -> None:
    answer = faulty.get(path)
    assert answer.status_code in (500, 503)
    assert "nowhere" not in answer.text
    assert "no page may show" not in answer.text


def test_method_that_a_page_does_not_know_is_told_which_it_knows(client: PageClient) -> None:
    assert "GET" in client.delete("/evaluations").headers["Allow"]


def test_request_of_more_than_64_kilobytes_is_refused(client: PageClient) -> None:
    answer = client.post("/sign-in", data={"login": "a" * 70_000})
    assert answer.status_code == 413


def test_headers_keep_pages_to_themselves(client: PageClient) -> None:
    headers = client.get("/sign-in").headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_style_sheet_may_be_kept_by_caches(client: PageClient) -> None:
    with client.get("/static/desk.css") as answer:
        assert "max-age=86400" in answer.headers["Cache-Control"]


def test_https_makes_cookies_secure_and_is_remembered(
    tmp_path: Path, settings: Settings, clock: Clock
) -> None:
    create_keys(tmp_path)
    app = create_app(tmp_path, msgspec.structs.replace(settings, base_url="https://survey.example"), clock)
    headers = app.test_client().get("/sign-in", base_url="https://survey.example").headers
    app.extensions["database"].engine.dispose()
    assert "Secure" in headers["Set-Cookie"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_session_signed_with_the_key_before_still_opens(
    inspector: PageClient, tmp_path: Path, settings: Settings, clock: Clock
) -> None:
    rotate_keys(tmp_path)
    again = create_app(tmp_path, settings, clock)
    visitor = again.test_client()
    cookie = inspector.get_cookie("session")
    assert cookie is not None
    visitor.set_cookie("session", cookie.value)
    assert visitor.get("/evaluations").status_code == 200
    again.extensions["database"].engine.dispose()


def test_application_without_keys_does_not_start(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(ConfigFaults, match=r"session\.keys: missing; 'survey db upgrade' makes it"):
        create_app(tmp_path, settings)


def test_health_tells_a_process_from_its_database(client: PageClient, database: Database) -> None:
    assert client.get("/health/live").text == "ok"
    assert client.get("/health/ready").status_code == 200
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.text) == (
        503,
        "database: its schema is another; run 'survey db upgrade'",
    )
    assert client.get("/health/live").status_code == 200


def test_health_without_a_database_is_not_ready(tmp_path: Path) -> None:
    create_keys(tmp_path)
    app = create_app(tmp_path, Settings(database_url="postgresql://nobody@/none?host=/nowhere"))
    assert app.test_client().get("/health/ready").status_code == 503


@pytest.mark.parametrize(
    ("peer", "believed"),
    [("10.0.0.7", True), ("10.0.1.7", False), ("2001:db8::1", True), ("", False), ("unix", False)],
)
def test_forwarded_address_is_believed_from_trusted_proxies_only(peer: str, believed: bool) -> None:
    seen: dict[str, Any] = {}

    def inner(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.update(environ)
        return []

    environ = {
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": "192.0.2.1",
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.url_scheme": "http",
    }
    behind_proxies(inner, ["10.0.0.0/24", "2001:db8::1"])(environ, lambda *_: lambda _: None)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == (
        ("192.0.2.1", "https") if believed else (peer, "http")
    )


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Còn 1.500 mã khôi phục."), ("en", "1,500 recovery codes are left.")]
)
def test_number_of_things_is_written_as_the_language_writes_numbers(
    app: Flask, language: str, words: str
) -> None:
    page = """{{ ngettext("%(num)s recovery code is left.", "%(num)s recovery codes are left.", 1500) }}"""
    with app.test_request_context(f"/?lang={language}"):
        assert app.jinja_env.from_string(page).render() == words
