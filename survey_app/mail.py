"""Mail: short texts sent through the province's mail server."""

from __future__ import annotations

import secrets
import smtplib
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from survey_app import jobs
from survey_app.config import ADDRESS, Settings

MAIL = "mail"
"""The kind of job that sends one; its argument is a Message as JSON."""
PASSWORD = "smtp.secret"
PATIENCE = 20.0
"""Seconds that the server may take for an answer."""
PAUSES = (2.0, 10.0)
"""Seconds before the second and the third try of a job."""


class MailFault(ValueError):
    """A message that was not sent; ``passing`` says whether another try may help."""

    def __init__(self, words: str, *, passing: bool = False) -> None:
        super().__init__(f"mail: {words}")
        self.passing = passing


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message that waits to be sent."""

    to: str
    subject: str
    text: str


def ask_to_send(connection: Connection, message: Message, now: datetime, asked_by: int | None = None) -> bool:
    """Let the worker send a message; False if the same is waiting already.

    Raises MailFault if the address or the subject cannot be one.
    """
    _check(message)
    return jobs.ask(connection, MAIL, msgspec.json.encode(message).decode(), now, asked_by)


def send_message(
    settings: Settings, secrets_folder: Path, argument: str, pauses: Sequence[float] = PAUSES
) -> None:
    """Send the message of a job, trying again after pauses where that may help.

    Raises MailFault if it was not sent.
    """
    message = msgspec.json.decode(argument, type=Message)
    for pause in (*pauses, None):
        try:
            send(settings, secrets_folder, message.to, message.subject, message.text)
            return
        except MailFault as fault:
            if pause is None or not fault.passing:
                raise
            time.sleep(pause)


def send(settings: Settings, secrets_folder: Path, to: str, subject: str, text: str) -> None:
    """Send a text to one address.

    Raises MailFault if no server is set, it cannot be trusted or reached, or it refuses.
    """
    if not settings.smtp_host:
        raise MailFault("no server is set; write smtp_host and mail_from into config.toml")
    composed = _composed(settings, Message(to, subject, text))
    password = _password(secrets_folder) if settings.smtp_user else ""
    with _faults_told(settings), _connected(settings) as server:
        if settings.smtp_user:
            server.login(settings.smtp_user, password)
        server.send_message(composed, settings.mail_from, [to])


def _check(message: Message) -> None:
    if not ADDRESS.fullmatch(message.to):
        raise MailFault(f"{message.to!r} is no address; write one such as name@nghean.example")
    if not message.subject.strip() or not message.subject.isprintable():
        raise MailFault(f"subject {message.subject!r}: write one line of text")


def _composed(settings: Settings, message: Message) -> EmailMessage:
    _check(message)
    name, domain = settings.mail_from.rsplit("@", 1)
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(settings.asker.vi, name, domain)
    made["To"] = message.to
    made["Subject"] = message.subject
    made["Date"] = formatdate(usegmt=True)
    # Not made from process, moment and host, which are nobody's business.
    made["Message-ID"] = f"<{secrets.token_hex(16)}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.text, cte="quoted-printable")
    return made


def _password(folder: Path) -> str:
    path = folder / PASSWORD
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        raise MailFault(f"{path}: cannot be read; write the password of smtp_user into it") from None
    except UnicodeDecodeError:
        raise MailFault(
            f"{path}: has letters that sign-in to a mail server cannot carry; use a-z, 0-9"
        ) from None


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Give a server that is trusted. SSL_CERT_FILE names a certificate authority of one's own."""
    host, port = settings.smtp_host, settings.smtp_port
    domain = settings.mail_from.rsplit("@", 1)[1]  # said in greeting, in place of this machine's name
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        trusted = ssl.create_default_context()
        server = smtplib.SMTP_SSL(host, port, local_hostname=domain, timeout=PATIENCE, context=trusted)
    else:
        server = smtplib.SMTP(host, port, local_hostname=domain, timeout=PATIENCE)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        yield server


@contextmanager
def _faults_told(settings: Settings) -> Iterator[None]:
    """Turn what goes wrong into a fault that names the server, never the message."""
    where = f"{settings.smtp_host} port {settings.smtp_port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise MailFault(f"{where} refused smtp_user or the password in secrets/{PASSWORD}") from None
    except smtplib.SMTPRecipientsRefused as fault:
        code = max(code for code, _ in fault.recipients.values())
        raise MailFault(f"{where} refused the address ({code})", passing=code < 500) from None
    except smtplib.SMTPResponseException as fault:
        code = fault.smtp_code
        raise MailFault(f"{where} refused the message ({code})", passing=400 <= code < 500) from None
    except smtplib.SMTPNotSupportedError:
        raise MailFault(
            f"{where} offers no {settings.smtp_security} or sign-in; see smtp_security and smtp_user"
        ) from None
    except smtplib.SMTPServerDisconnected:
        raise MailFault(f"{where} ended the connection", passing=True) from None
    except ssl.SSLError as fault:
        raise MailFault(
            f"{where} cannot be trusted ({fault.reason}); see smtp_security, SSL_CERT_FILE"
        ) from None
    except OSError as fault:
        raise MailFault(f"{where} cannot be reached ({type(fault).__name__})", passing=True) from None
