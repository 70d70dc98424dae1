"""Elsewhere: sign-in by a provider that the province trusts (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests
from flask import Blueprint, Flask, abort, current_app, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from survey_app.access.accounts import find_person
from survey_app.access.arrival import go_on, wanted_page
from survey_app.access.arriving import begin
from survey_app.access.audit import record
from survey_app.access.guard import open_to_all
from survey_app.access.subjects import UNKNOWN, find_subject
from survey_app.config import Settings
from survey_app.store.engine import Database
from survey_app.web import choose_desk_language

elsewhere = Blueprint("elsewhere", __name__, url_prefix="/sign-in/elsewhere")
elsewhere.before_request(choose_desk_language)

DISCOVERY = "/.well-known/openid-configuration"
PATIENCE = 10
"""Seconds for each answer of the provider."""


class Refused(ValueError):
    """An answer of the provider that proves nothing."""


def connect_provider(app: Flask, settings: Settings, secret: str) -> None:
    """Let people sign in by the provider of the settings; it is asked nothing before somebody does."""
    from authlib.integrations.flask_client import OAuth  # most installations have no provider

    app.extensions["provider"] = OAuth(app).register(
        "elsewhere",
        client_id=settings.oidc_client_id,
        client_secret=secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + DISCOVERY,
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
        },
    )


@elsewhere.get("")
@open_to_all
def leave() -> ResponseReturnValue:
    """Lead to the provider."""
    provider = _provider()
    for name in [name for name in session if name.startswith("_state_")]:
        session.pop(name)  # begun before and left: each would make the cookie longer
    session["wanted"] = wanted_page()
    back = _settings().base_url.rstrip("/") + url_for("elsewhere.come_back")
    try:
        metadata = provider.load_server_metadata()
        if metadata.get("issuer") != _settings().oidc_issuer:
            raise Refused(f"its issuer is {metadata.get('issuer')!r}, the settings name another")
        answer: Response = provider.authorize_redirect(back)
    except (requests.RequestException, RuntimeError, Refused) as fault:
        current_app.logger.error("provider: %s", fault)
        return _told("down", 503)
    answer.status_code = 303
    return answer


@elsewhere.get("/back")
@open_to_all
def come_back() -> ResponseReturnValue:
    """Let in whom the provider has proven to be somebody with an account."""
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.base_client import MismatchingStateError
    from joserfc.errors import JoseError

    provider, settings = _provider(), _settings()
    wanted = str(session.pop("wanted", ""))
    try:
        claims = _claims(provider, settings.oidc_issuer)
    except MismatchingStateError:
        return _told("expired", 400)
    except (AuthlibBaseError, JoseError, Refused) as fault:
        current_app.logger.warning("provider: %s", fault)
        return _told("refused", 400)
    except (requests.RequestException, RuntimeError, KeyError, ValueError) as fault:
        current_app.logger.error("provider: %s: %s", type(fault).__name__, fault)
        return _told("down", 503)
    database: Database = current_app.extensions["database"]
    now: datetime = current_app.extensions["clock"]()
    with database.writing() as connection:
        found = find_subject(connection, settings.oidc_issuer, claims, now)
        if found.why:
            record(connection, "signin.failed", now, found.account_id, how="elsewhere", why=found.why)
    person = find_person(database, found.account_id, now.date()) if found.account_id is not None else None
    if person is None:
        return _told(found.why or UNKNOWN.why, 403)
    factor = "elsewhere" if settings.oidc_replaces_second_factor else ""
    begin(person, how="elsewhere", factor=factor, wanted=wanted)
    return go_on()


def _claims(provider: Any, issuer: str) -> Mapping[str, Any]:
    """Give what the provider says of the person, proven to be about this sign-in and for us."""
    options = {"iss": {"essential": True, "values": [issuer]}}
    token = provider.authorize_access_token(claims_options=options)
    claims: Mapping[str, Any] | None = token.get("userinfo")
    if claims is None:
        raise Refused("it sent no identity with its token")
    if "email" not in claims and "userinfo_endpoint" in provider.load_server_metadata():
        told = provider.userinfo(token=token)
        if told.get("sub") == claims.get("sub"):
            return {**told, **claims}
    return claims


def _told(why: str, code: int) -> ResponseReturnValue:
    words = {
        "down": gettext(
            "The other sign-in cannot be reached at the moment. Try again in a few minutes, "
            "or use your password."
        ),
        "expired": gettext("This sign-in had expired or was begun in another window. Please begin again."),
        "refused": gettext("The other sign-in did not confirm who you are. Please begin again."),
        "unknown": gettext(
            "You are known there, but have no account here. Ask the person who manages accounts."
        ),
        "disabled": gettext("Your account here is disabled. Ask the person who manages accounts."),
    }
    return render_template("access/elsewhere.html", fault=words[why]), code


def _provider() -> Any:
    provider = current_app.extensions.get("provider")
    if provider is None:
        abort(404)
    return provider


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
