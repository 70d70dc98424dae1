"""Web: what every page shares: response headers, language, error pages, trusted proxies."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask, Request, Response, current_app, g, render_template, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_babel import Babel, format_decimal, get_domain, gettext, refresh
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from survey_app.config import LANGUAGES, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DESK_LANGUAGES = ("vi", "en")
LARGEST_REQUEST = 64 * 1024
STATIC_AGE = 24 * 3600

FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
SECURE = ("Strict-Transport-Security", "max-age=31536000")
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "script-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def init_web(app: Flask, settings: Settings) -> None:
    """Give an app its headers, languages, error pages and limits."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_AGE,
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a page left open must not lose what was typed
        WTF_I18N_ENABLED=False,
    )
    Babel(app, default_locale=LANGUAGES[0], locale_selector=language)
    app.jinja_env.globals.update(
        language=language,
        other_language=other_language,
        desk_name=desk_name,
        inline_style=inline_style,
        ngettext=counted,
    )
    app.session_interface = DeskSessions()
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _error_page)
    app.register_error_handler(DBAPIError, _database_page)
    app.wsgi_app = with_headers(app.wsgi_app, fixed_headers(settings))  # type: ignore[method-assign, assignment]  # as Flask says to do
    if settings.trusted_proxies:
        app.wsgi_app = behind_proxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign, assignment]  # as Flask says to do


def fixed_headers(settings: Settings) -> Sequence[tuple[str, str]]:
    """Give the headers that every response has."""
    return [*FIXED, SECURE] if settings.https else FIXED


def language() -> str:
    """Give the language of the page: as asked in its address, else as the browser prefers."""
    if "language" in g:
        return str(g.language)
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def choose_desk_language() -> None:
    """Choose between the languages that desks have; what was once asked for stays for the session."""
    asked = request.args.get("lang", "")
    if asked in DESK_LANGUAGES:
        session["language"] = asked
    kept = session.get("language", "")
    prefers = request.accept_languages.best_match(DESK_LANGUAGES, DESK_LANGUAGES[0])
    g.language = kept if kept in DESK_LANGUAGES else prefers
    refresh()


@dataclass(frozen=True)
class OtherLanguage:
    """The same page in the other language of a desk."""

    code: str
    name: str
    href: str


def other_language() -> OtherLanguage:
    """Give the link that changes the language of a desk."""
    code, name = ("en", "English") if language() == "vi" else ("vi", "Tiếng Việt")
    return OtherLanguage(code, name, f"{request.path}?{urlencode({**request.args, 'lang': code})}")


def counted(singular: str, plural: str, num: int, **variables: object) -> str:
    """Give the words for a number of things; ``%(num)s`` is written as the language writes numbers."""
    words: str = get_domain().get_translations().ungettext(singular, plural, num)
    return words % ({"num": format_decimal(num)} | variables)


def desk_name() -> str:
    """Give the name of the desk: what it is for, and where."""
    settings: Settings = current_app.extensions["settings"]
    return " · ".join((gettext("Citizen satisfaction"), settings.report_place))


def inline_style(name: str) -> Markup:
    """Give a style sheet of the templates as a style element, and allow it on this page."""
    sheet = _sheet(name)
    allow_style(sheet)
    return Markup("<style>") + Markup(sheet) + Markup("</style>")


def allow_style(sheet: str) -> None:
    """Let the page of this request carry a style element of exactly this text."""
    digest = base64.b64encode(sha256(sheet.encode()).digest()).decode()
    g.setdefault("styles", []).append(f"'sha256-{digest}'")


@cache
def _sheet(name: str) -> str:
    return files("survey_app").joinpath("templates", name).read_text(encoding="utf-8").strip()


def _headers(response: Response) -> Response:
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = _policy(g.get("styles", ()))
    if "Cache-Control" not in headers and response.mimetype == "text/html":
        headers["Cache-Control"] = "no-store"
    return response


def _policy(styles: Sequence[str]) -> str:
    policy = POLICY | {"style-src": " ".join([POLICY["style-src"], *styles])}
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def with_headers(app: WSGIApplication, headers: Sequence[tuple[str, str]]) -> WSGIApplication:
    """Give an app whose every response carries these headers too."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, given: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [*given, *headers], error)

        return app(environ, start)

    return answer


class DeskSessions(SecureCookieSessionInterface):
    """Sessions of those who sign in; citizens' pages have none, neither read nor written."""

    def open_session(self, app: Flask, asked: Request) -> SecureCookieSession | None:
        """Give the session of a request, an empty one to citizens."""
        return SecureCookieSession() if _by_citizen(asked) else super().open_session(app, asked)

    def save_session(self, app: Flask, kept: SessionMixin, response: Response) -> None:
        """Write the session of a desk into its cookie."""
        if not _by_citizen(request):
            super().save_session(app, kept, response)


def _by_citizen(asked: Request) -> bool:
    return asked.path.startswith(("/q/", "/screen/"))


def _error_page(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error  # a redirect, or an answer that was made already
    title, advice = _words(error.code)
    page = render_template("error.html", title=title, advice=advice)
    kept = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    return page, error.code, kept


def _database_page(error: DBAPIError) -> ResponseReturnValue:
    """Tell a database that cannot be reached, which passes, from a fault of ours."""
    current_app.logger.exception("database: %s", type(error).__name__, exc_info=error)
    lost = error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError")
    return _error_page(ServiceUnavailable() if lost else InternalServerError())


def _words(code: int) -> tuple[str, str]:
    texts = {
        400: (gettext("This could not be read"), gettext("Go back, reload the page and try again.")),
        403: (
            gettext("This page is not for your account"),
            gettext("If you need it, ask the person who manages accounts."),
        ),
        404: (gettext("There is nothing here"), gettext("Check the address, or scan the code again.")),
        405: (gettext("This cannot be done here"), gettext("Go back to the page you came from.")),
        410: (gettext("This is no longer used"), gettext("Scan the new code at the counter.")),
        413: (gettext("Too long"), gettext("Go back and shorten what you wrote.")),
        429: (gettext("Many people are sending"), gettext("Wait a minute, then try again.")),
        503: (
            gettext("Not available at the moment"),
            gettext("Nothing was recorded. Please try again in a few minutes."),
        ),
    }
    wrong = (
        gettext("Something went wrong"),
        gettext("Nothing was recorded. Please try again in a few minutes."),
    )
    return texts.get(code, wrong if code >= 500 else texts[400])


def behind_proxies(app: WSGIApplication, proxies: Iterable[str]) -> WSGIApplication:
    """Give an app that believes what these addresses say of whom they speak for, and nobody else.

    Raises ValueError if one is no address or network.
    """
    networks = [ipaddress.ip_network(proxy, strict=False) for proxy in proxies]
    told = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            peer = ipaddress.ip_address(environ.get("REMOTE_ADDR", ""))
        except ValueError:
            return app(environ, start_response)
        trusted = any(peer in network for network in networks)
        return (told if trusted else app)(environ, start_response)

    return answer
