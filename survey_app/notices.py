"""Notices: what mail tells people of what happened, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Literal

import msgspec
from babel.support import Translations
from sqlalchemy import Connection, select

from survey_app.config import Settings
from survey_app.mail import MAIL, MailFault, Message, ask_to_send
from survey_app.store.accounts import Account
from survey_app.store.jobs import Job

FOLDER = Path(__file__).parent / "translations"
TONGUES = ("vi", "en")

About = Literal[
    "package.done",
    "package.failed",
    "export.done",
    "export.failed",
    "close.done",
    "close.failed",
    "waiting",
    "reset",
    "disabled",
    "roles",
]


@dataclass(frozen=True)
class Notice:
    """What happened, and the path of the page that shows it."""

    about: About
    path: str


@dataclass(frozen=True)
class Words:
    """What a message says in one language."""

    subject: str
    text: str


def tell(
    connection: Connection,
    settings: Settings,
    account: int,
    notice: Notice,
    now: datetime,
    *,
    daily: bool = False,
) -> None:
    """Let mail tell a person who may sign in, in the transaction of what happened.

    Without a mail server or an address nothing is sent; with ``daily`` nothing more of its kind on a local
    day.
    """
    chosen = select(Account.email).where(Account.id == account, Account.disabled_at.is_(None))
    _send(connection, settings, connection.scalar(chosen), notice, now, daily)


def warn(connection: Connection, settings: Settings, login: str, about: About, now: datetime) -> None:
    """Let mail tell whose account was changed, whether or not they may sign in any more."""
    email = connection.scalar(select(Account.email).where(Account.login == login.casefold()))
    _send(connection, settings, email, Notice(about, "/account"), now)


def _send(
    connection: Connection,
    settings: Settings,
    email: str | None,
    notice: Notice,
    now: datetime,
    daily: bool = False,
) -> None:
    if not settings.smtp_host or not email:
        return
    message = _message(settings, email, notice)
    if daily and _told_today(connection, settings, message, now):
        return
    with suppress(MailFault):  # what is told of goes on, whatever becomes of the mail
        ask_to_send(connection, message, now)


def _message(settings: Settings, email: str, notice: Notice) -> Message:
    said = [_words(_catalogue(tongue).gettext)[notice.about] for tongue in TONGUES]
    page = settings.base_url.rstrip("/") + notice.path
    subject = " / ".join(each.subject for each in said)
    return Message(email, subject, "\n\n".join((*(each.text for each in said), page)) + "\n")


def _told_today(connection: Connection, settings: Settings, message: Message, now: datetime) -> bool:
    zone = settings.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    begins = msgspec.json.encode(message).decode().partition(',"text"')[0] + ","
    same = Job.argument.startswith(begins, autoescape=True)
    query = select(Job.id).where(Job.kind == MAIL, Job.asked_at >= midnight, same)
    return connection.scalar(query.limit(1)) is not None


@cache
def _catalogue(tongue: str) -> NullTranslations:
    """Give the sentences of a language; mail is also written where there is no page, and no web."""
    return Translations.load(FOLDER, [tongue])


def _words(gettext: Callable[[str], str]) -> Mapping[About, Words]:
    """Give what is said about each: no figure, no name, no answer, no password."""
    return {
        "package.done": Words(
            gettext("Your package is ready"),
            gettext("The package of files that you asked for is made. It is on this page."),
        ),
        "package.failed": Words(
            gettext("Your package could not be made"),
            gettext("The package of files that you asked for could not be made. Ask again on this page."),
        ),
        "export.done": Words(
            gettext("Your export is ready"),
            gettext(
                "The export of responses that you asked for is made. This page hands it out, not for long."
            ),
        ),
        "export.failed": Words(
            gettext("Your export could not be made"),
            gettext("The export of responses that you asked for could not be made. This page says why."),
        ),
        "close.done": Words(
            gettext("The period is closed"),
            gettext("The closing or revision that you asked for is done. This page shows it."),
        ),
        "close.failed": Words(
            gettext("The period could not be closed"),
            gettext("The closing or revision that you asked for could not be done. This page says why."),
        ),
        "waiting": Words(
            gettext("Something waits for a second person"),
            gettext(
                "A proposal or an objection of an officer waits for somebody to decide on it, and you may. "
                "Look at this page. You get at most one such message a day."
            ),
        ),
        "reset": _warning(
            gettext,
            gettext("Your account was reset"),
            gettext("The password and the second factor of your account were reset, and its sessions ended."),
        ),
        "disabled": _warning(
            gettext,
            gettext("Your account was disabled"),
            gettext("Your account was disabled, and its sessions ended."),
        ),
        "roles": _warning(
            gettext,
            gettext("The roles of your account were changed"),
            gettext("The roles of your account were changed. They stand on the page of your account."),
        ),
    }


def _warning(gettext: Callable[[str], str], subject: str, happened: str) -> Words:
    """Give words that say what to do if it should not have happened."""
    advice = gettext("If you did not expect this, tell the person who manages accounts at once.")
    return Words(subject, f"{happened} {advice}")
