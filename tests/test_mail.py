"""Mail to a real server on this machine, with TLS under a certificate made here."""

from __future__ import annotations

import email
import email.policy
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from survey_app import jobs
from survey_app.cli import main
from survey_app.config import ConfigFaults, Settings, load_settings
from survey_app.mail import MAIL, MailFault, Message, ask_to_send, send, send_message
from survey_app.store.engine import Database
from survey_app.store.jobs import Job
from survey_app.worker import do_next
from tests.pages import NOW, Clock

TO = "canbo01@nghean.example"
SUBJECT = "Kỳ 2026-H1 đã chốt: kết quả của Ủy ban nhân dân các xã, phường và của từng quầy đã sẵn sàng"
TEXT = "Kính gửi anh/chị,\n\nKết quả đã sẵn sàng.\n.\nTrân trọng\n"
PASSWORD = "a password of the mail server"


@dataclass
class Post:
    """A server's hands: what came, from whom, and the answers it gives first instead of taking a message."""

    came: list[bytes] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.came.append(envelope.content)
        self.greeted.append(str(session.host_name))
        assert server.transport is not None
        self.secured.append(server.transport.get_extra_info("ssl_object") is not None)
        self.signed_in.append(bool(session.authenticated))
        return "250 OK"


def only(post: Post) -> EmailMessage:
    (content,) = post.came
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def authenticated(server: SMTP, session: Session, envelope: Envelope, kind: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a file with a certificate of this machine and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return path


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Trust the certificate as an operator does whose province has an authority of its own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir(exist_ok=True)
    (folder / "smtp.secret").write_text(PASSWORD + "\n", encoding="utf-8")
    return folder


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def server(post: Post, security: str, certificate: Path | None = None) -> Iterator[Settings]:
    """Run a mail server; give the settings that name it."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    running = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=authenticated if certificate else None,
        auth_required=security == "starttls",
        auth_require_tls=security == "starttls",
    )
    running.start()
    try:
        yield Settings(
            smtp_host="127.0.0.1",
            smtp_port=running.port,
            smtp_security=security,  # type: ignore[arg-type]
            smtp_user="survey" if certificate else "",
            mail_from="khaosat@nghean.example",
        )
    finally:
        running.stop()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_send__secured_with_password__arrives_as_written(trusted: Path, secrets: Path, security: str) -> None:
    post = Post()
    with server(post, security, trusted) as settings:
        send(settings, secrets, TO, SUBJECT, TEXT)
    message = only(post)
    assert message["Subject"] == SUBJECT
    assert message.get_content().replace("\r\n", "\n") == TEXT
    assert (message["To"], message["Auto-Submitted"]) == (TO, "auto-generated")
    assert message["From"].addresses[0].addr_spec == "khaosat@nghean.example"
    assert message["From"].addresses[0].display_name == Settings().asker.vi
    assert (message.get_content_type(), message.is_multipart()) == ("text/plain", False)
    assert (post.secured, post.signed_in) == ([True], [True])


def test_send__message__tells_nothing_of_this_machine(secrets: Path) -> None:
    post = Post()
    with server(post, "none") as settings:
        send(settings, secrets, TO, SUBJECT, TEXT)
        send(settings, secrets, TO, SUBJECT, TEXT)
    assert post.greeted == ["nghean.example"] * 2
    ids = [email.message_from_bytes(content)["Message-ID"] for content in post.came]
    assert len(set(ids)) == 2
    for content, number in zip(post.came, ids, strict=True):
        assert number.endswith("@nghean.example>")
        assert content.isascii()
        for name in {socket.gethostname(), socket.getfqdn()} - {"localhost", ""}:
            assert name.encode() not in content


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("a@b.example\nBcc: c@d.example", "x"),
        ("a@b.example, c@d.example", "x"),
        ("Cán bộ <a@b.example>", "x"),
        ("a@b.example>", "x"),
        ("canbo", "x"),
        (TO, "x\r\nBcc: c@d.example"),
        (TO, "x\u2028y"),
        (TO, "  "),
    ],
)
def test_send__address_or_subject_that_could_add_headers__refused(
    database: Database, secrets: Path, to: str, subject: str
) -> None:
    post = Post()
    with server(post, "none") as settings, pytest.raises(MailFault, match=r"is no address|one line"):
        send(settings, secrets, to, subject, TEXT)
    with database.writing() as connection, pytest.raises(MailFault):
        ask_to_send(connection, Message(to, subject, TEXT), NOW)
    assert post.came == []


def refused(settings: Settings, secrets: Path) -> MailFault:
    with pytest.raises(MailFault) as caught:
        send(settings, secrets, TO, SUBJECT, TEXT)
    assert PASSWORD not in str(caught.value)
    assert TO not in str(caught.value)
    return caught.value


def test_send__wrong_password__told_and_not_tried_again(trusted: Path, secrets: Path) -> None:
    (secrets / "smtp.secret").write_text("another", encoding="utf-8")
    post = Post()
    with server(post, "starttls", trusted) as settings:
        fault = refused(settings, secrets)
    assert "refused smtp_user or the password" in str(fault)
    assert (fault.passing, post.came) == (False, [])


def test_send__no_password_file__names_it(secrets: Path) -> None:
    (secrets / "smtp.secret").unlink()
    settings = Settings(smtp_host="127.0.0.1", smtp_user="survey", mail_from="khaosat@nghean.example")
    assert "smtp.secret: cannot be read" in str(refused(settings, secrets))


def test_send__password_that_no_server_takes__told(secrets: Path) -> None:
    (secrets / "smtp.secret").write_text("mật khẩu", encoding="utf-8")
    settings = Settings(smtp_host="127.0.0.1", smtp_user="survey", mail_from="khaosat@nghean.example")
    assert "cannot carry" in str(refused(settings, secrets))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_send__certificate_of_a_stranger__sends_neither_password_nor_message(
    certificate: Path, secrets: Path, security: str
) -> None:
    post = Post()
    with server(post, security, certificate) as settings:
        fault = refused(settings, secrets)
    assert "cannot be trusted" in str(fault)
    assert (fault.passing, post.came) == (False, [])


def test_send__server_without_encryption__refused_where_it_is_asked_for(secrets: Path) -> None:
    post = Post()
    with server(post, "none") as plain:
        fault = refused(replaced(plain, smtp_security="starttls"), secrets)
    assert "offers no starttls" in str(fault)
    assert post.came == []


def replaced(settings: Settings, **changes: object) -> Settings:
    values = {name: getattr(settings, name) for name in settings.__struct_fields__}
    return Settings(**(values | changes))


def test_send__server_down_or_none_set__told(secrets: Path) -> None:
    down = Settings(
        smtp_host="127.0.0.1", smtp_port=free_port(), smtp_security="none", mail_from="a@b.example"
    )
    fault = refused(down, secrets)
    assert "cannot be reached (ConnectionRefusedError)" in str(fault)
    assert fault.passing
    assert "no server is set" in str(refused(Settings(), secrets))


@pytest.mark.parametrize(
    ("answers", "sent"),
    [
        (["451 later"], True),
        (["451 later", "452 later"], True),
        (["451 later"] * 3, False),
        (["550 never"], False),
    ],
)
def test_job__tried_three_times_where_that_may_help(secrets: Path, answers: list[str], sent: bool) -> None:
    post = Post(answers=list(answers))
    argument = f'{{"to":"{TO}","subject":"x","text":"y"}}'
    with server(post, "none") as settings:
        if sent:
            send_message(settings, secrets, argument, (0.0, 0.0))
        else:
            with pytest.raises(MailFault, match=answers[0][:3]):
                send_message(settings, secrets, argument, (0.0, 0.0))
    assert len(post.came) == sent
    assert post.answers == []


def test_worker__mail_asked_for__sent_once_and_its_failure_shown(
    database: Database, secrets: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    post = Post()
    message = Message(TO, SUBJECT, TEXT)
    with server(post, "none") as settings:
        for again in (True, False):
            with database.writing() as connection:
                assert ask_to_send(connection, message, NOW) == again
        assert do_next(database, settings, clock, secrets.parent)
    with database.writing() as connection:
        assert ask_to_send(connection, message, NOW)
    assert do_next(database, replaced(settings, smtp_host=""), clock, secrets.parent)
    with database.reading() as connection:
        ended = connection.execute(select(Job.kind, Job.state, Job.error).order_by(Job.id)).all()
    assert only(post)["Subject"] == SUBJECT
    assert [(row.kind, row.state) for row in ended] == [(MAIL, "done"), (MAIL, "failed")]
    assert "no server is set" in ended[1].error
    assert TO not in caplog.text


def test_job__reports_how_far_it_is_and_for_whom(database: Database) -> None:
    with database.writing() as connection:
        jobs.ask(connection, MAIL, "{}", NOW)
        job = jobs.next_waiting(connection)
        assert job is not None
        jobs.start(connection, job.id, NOW)
        jobs.report(connection, job.id, "một nửa " * 20)
        running = jobs.latest(connection, MAIL, "{}")
        assert running is not None
        assert (len(running.progress), running.asked_by) == (60, None)
        jobs.put_back(connection)
        waiting = jobs.latest(connection, MAIL, "{}")
    assert waiting is not None
    assert (waiting.state, waiting.progress) == ("waiting", None)


def test_mail_test_command__sends_or_says_why_not(tmp_path: Path) -> None:
    def run() -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--instance", str(tmp_path), "mail", "test", TO])
        return done.exit_code, done.output

    assert run() == (1, "mail: no server is set; write smtp_host and mail_from into config.toml\n")
    post = Post()
    with server(post, "none") as settings:
        (tmp_path / "config.toml").write_text(
            f'smtp_host = "127.0.0.1"\nsmtp_port = {settings.smtp_port}\nsmtp_security = "none"\n'
            'mail_from = "khaosat@nghean.example"\n'
        )
        assert run() == (0, f"{TO}: sent by 127.0.0.1\n")
    assert only(post)["Subject"].startswith("Thư kiểm tra")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('smtp_host = "mail.example"', "mail_from: '' is no address"),
        ('smtp_host = "mail.example"\nmail_from = "a@b.example\\nX: y"', "is no address"),
        ('smtp_host = "mail.example"\nmail_from = "a@b.example"\nsmtp_security = "none"', "smtp_security: "),
        ('smtp_security = "ssl"', "smtp_security: "),
        ('smtp_user = "khảo sát"', "smtp_user: "),
        ("smtp_port = 0", "smtp_port: 0 is not between"),
    ],
)
def test_settings__mail_that_could_not_be_sent_safely__refused(tmp_path: Path, lines: str, told: str) -> None:
    (tmp_path / "config.toml").write_text(lines, encoding="utf-8")
    with pytest.raises(ConfigFaults, match=r"smtp|mail") as faults:
        load_settings(tmp_path, {})
    assert told in str(faults.value)
    assert len(str(faults.value).splitlines()) == 1
