"""What mail tells people of, from the step at the desk to a real server on this machine."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import insert, select

from analysis.period import period
from survey_app import jobs
from survey_app.access.accounts import change_email, disable_account
from survey_app.cli import main
from survey_app.config import Settings
from survey_app.endings import tell_asker
from survey_app.evaluate.closing_job import CLOSE, Closing
from survey_app.evaluate.export_job import EXPORT, Exporting
from survey_app.evaluate.package import PACKAGE, Wanted
from survey_app.evaluate.second_person import tell_of_proposal
from survey_app.evaluate.snapshots import SNAPSHOT, make_snapshot
from survey_app.mail import MAIL
from survey_app.notices import About, Notice, tell
from survey_app.store.engine import Database
from survey_app.store.evaluations import Evaluation
from survey_app.store.jobs import Job
from survey_app.store.responses import Flag
from survey_app.worker import do_next
from tests.evaluate.people import account_of, answered_office, sent, signed_in
from tests.offices import SmallOffice
from tests.pages import Clock, PageClient
from tests.test_mail import Post, replaced, server

BASE = "http://localhost:8123"
REVIEW = "/evaluations/2026-H1/review"
REASON = "Không có lượt gọi số nào trong lúc đó."
ADMIN = "/admin/accounts"
H1 = period("2026-H1")


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def settings(database_url: str, post: Post) -> Iterator[Settings]:
    """Give settings that name a mail server which runs."""
    with server(post, "none") as running:
        yield replaced(running, database_url=database_url, base_url=BASE)


@pytest.fixture
def office(database: Database) -> SmallOffice:
    """Give an office with answers, of which three are flagged."""
    made = answered_office(database)
    with database.writing() as connection:
        for number in (1, 2, 3):
            connection.execute(
                insert(Flag).values(
                    response_number=number, rule=1, evidence="{}", raised_at=datetime(2026, 3, 2, tzinfo=UTC)
                )
            )
    return made


def person(
    app: Flask, login: str, role: str, unit: str | None = None, officer: str | None = None
) -> PageClient:
    """Give somebody signed in whose mail goes to their login's address."""
    client = signed_in(app, login, role, unit=unit, officer=officer)
    with app.extensions["database"].writing() as connection:
        change_email(connection, login, address(login))
    return client


def address(login: str) -> str:
    return f"{login}@nghean.example"


def without_mail(app: Flask) -> None:
    app.extensions["settings"] = replaced(app.extensions["settings"], smtp_host="")


def worked_off(database: Database, settings: Settings, clock: Clock, instance: Path) -> None:
    while do_next(database, settings, clock, instance):
        pass


def ask_to_close(database: Database, clock: Clock, login: str) -> None:
    with database.writing() as connection:
        argument = msgspec.json.encode(Closing("2026-H1")).decode()
        jobs.ask(connection, CLOSE, argument, clock(), account_of(database, login))


def came(post: Post) -> list[EmailMessage]:
    return [email.message_from_bytes(each, policy=email.policy.default) for each in post.came]


def receivers(post: Post) -> list[str]:
    return [str(each["To"]) for each in came(post)]


def text_of(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def waiting(database: Database) -> list[str]:
    """Give to whom the mail goes that was asked for, whether or not it was sent."""
    with database.reading() as connection:
        found = connection.scalars(select(Job.argument).where(Job.kind == MAIL).order_by(Job.id))
        return [msgspec.json.decode(each)["to"] for each in found]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_package__made__one_mail_with_the_page_and_no_figure(
    app: Flask,
    office: SmallOffice,
    database: Database,
    settings: Settings,
    clock: Clock,
    post: Post,
    tmp_path: Path,
) -> None:
    inspector = person(app, "kiemtra", "inspector")
    person(app, "khac", "inspector")
    make_snapshot(database, settings, "2026-H1", clock())
    assert inspector.get("/evaluations/2026-H1/summary.pdf?unit=01").status_code == 202
    worked_off(database, settings, clock, tmp_path)
    (message,) = came(post)
    assert message["To"] == address("kiemtra")
    assert message["Subject"] == "Gói báo cáo đã sẵn sàng / Your package is ready"
    vietnamese, english, page = text_of(message).rstrip("\n").split("\n\n")
    assert vietnamese.startswith("Gói báo cáo ông/bà yêu cầu đã lập xong.")
    assert english.startswith("The package of files that you asked for is made.")
    assert page.startswith(BASE)
    assert inspector.get(page.removeprefix(BASE)).status_code == 200
    assert re.search(r"\d|Cán bộ Mẫu", vietnamese + english + message["Subject"]) is None


@pytest.mark.parametrize(
    ("kind_of_job", "argument", "page", "subject"),
    [
        (PACKAGE, Wanted("2026-H1", "X 9"), "/package.zip?unit=X+9&wait=1", "Your package could not be made"),
        (EXPORT, Exporting("2026-H1", "f" * 32, "csv", "X9"), "/export", "Your export could not be made"),
        (CLOSE, Closing("2026-H1"), "/closing", "The period could not be closed"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_long_work__failed__whoever_asked_is_told(
    app: Flask,
    office: SmallOffice,
    database: Database,
    settings: Settings,
    clock: Clock,
    post: Post,
    tmp_path: Path,
    kind_of_job: str,
    argument: msgspec.Struct,
    page: str,
    subject: str,
) -> None:
    person(app, "kiemtra", "inspector")
    with database.writing() as connection:
        asked_by = account_of(database, "kiemtra")
        jobs.ask(connection, kind_of_job, msgspec.json.encode(argument).decode(), clock(), asked_by)
        jobs.ask(connection, SNAPSHOT, "2026-H7", clock(), asked_by)  # fails before their eyes
        jobs.ask(connection, PACKAGE, "nonsense", clock(), asked_by)  # has no page
        jobs.ask(connection, CLOSE, msgspec.json.encode(Closing("2026-H2")).decode(), clock())
    worked_off(database, settings, clock, tmp_path)
    (message,) = came(post)
    assert str(message["Subject"]).endswith(subject)
    assert text_of(message).endswith(f"\n\n{BASE}/evaluations/2026-H1{page}\n")


@pytest.mark.parametrize(
    ("kind_of_job", "argument", "subject"),
    [
        (EXPORT, Exporting("2026-H1", "f" * 32, "csv"), "Your export is ready"),
        (CLOSE, Closing("2026-H1", "an objection was upheld"), "The period is closed"),
    ],
)
def test_long_work__done__page_that_is_told_of_is_there(
    app: Flask,
    office: SmallOffice,
    database: Database,
    settings: Settings,
    clock: Clock,
    post: Post,
    tmp_path: Path,
    kind_of_job: str,
    argument: msgspec.Struct,
    subject: str,
) -> None:
    inspector, encoded = person(app, "kiemtra", "inspector"), msgspec.json.encode(argument).decode()
    with database.writing() as connection:
        jobs.ask(connection, kind_of_job, encoded, clock(), account_of(database, "kiemtra"))
        job = jobs.next_waiting(connection)
        assert job is not None
        jobs.end(connection, job.id, clock(), None)
        tell_asker(connection, settings, job, False, clock())
    worked_off(database, settings, clock, tmp_path)
    (message,) = came(post)
    assert str(message["Subject"]).endswith(subject)
    assert "upheld" not in text_of(message)
    path = text_of(message).rstrip().rpartition(BASE)[2]
    assert inspector.get(path).status_code == 200


def propose(client: PageClient, number: int) -> int:
    case = f"{REVIEW}?case=flag.1.commune.01"
    form = {"kind": "exclude", "which": "chosen", "n": f"{number}", "reason": REASON}
    return sent(client, case, case.replace("?", "/proposals?"), **form).status_code


def test_proposals__two_a_day__each_second_person_gets_one_mail_and_again_tomorrow(
    app: Flask,
    office: SmallOffice,
    database: Database,
    settings: Settings,
    clock: Clock,
    post: Post,
    tmp_path: Path,
) -> None:
    first = person(app, "kiemtra01", "inspector")
    second = person(app, "kiemtra02", "inspector", unit="01")
    person(app, "kiemtra03", "inspector", unit="S1")
    person(app, "kiemtoan", "auditor")
    person(app, "nghi", "inspector")
    signed_in(app, "khongthu", "inspector")
    with database.writing() as connection:
        disable_account(connection, "nghi", clock())
    assert propose(first, 1) == 303
    worked_off(database, settings, clock, tmp_path)
    assert receivers(post) == [address("kiemtra02")]
    assert propose(first, 2) == 303
    worked_off(database, settings, clock, tmp_path)
    (message,) = came(post)
    assert re.search(r"\d|Mẫu", text_of(message).replace(f"{BASE}{REVIEW}", "")) is None
    assert second.get(text_of(message).rstrip().rpartition(BASE)[2]).status_code == 200
    clock.now += timedelta(hours=14, seconds=-1)  # to the last second of the local day
    with database.writing() as connection:
        for _ in range(2):
            one = account_of(database, "kiemtra01")
            tell_of_proposal(connection, settings, H1, [3], one, clock())
            clock.now += timedelta(seconds=1)
    worked_off(database, settings, clock, tmp_path)
    assert receivers(post) == [address("kiemtra02")] * 2


def test_proposal__refused__tells_nobody(app: Flask, office: SmallOffice, database: Database) -> None:
    first = person(app, "kiemtra01", "inspector")
    person(app, "kiemtra02", "inspector")
    assert propose(first, 1) == 303
    before = waiting(database)
    assert propose(first, 1) == 422
    assert waiting(database) == before == [address("kiemtra02")]


def test_objection__raised__inspectors_of_the_unit_are_told_and_a_proposal_then_not(
    app: Flask, office: SmallOffice, database: Database, clock: Clock
) -> None:
    inspector = person(app, "kiemtra01", "inspector")
    person(app, "kiemtra02", "inspector", unit="S1")
    officer = person(app, "canbo01", "officer", officer="C1")
    made = {"period": "2026-H1", "made_at": clock(), "last_response": 1, "responses": 1, "demo": False}
    with database.writing() as connection:
        connection.execute(insert(Evaluation).values(made))
    mine = "/evaluations/2026-H1/mine"
    assert sent(officer, mine, f"{mine}/objections", text=REASON).status_code == 303
    assert waiting(database) == [address("kiemtra01")]
    assert propose(inspector, 1) == 303
    assert waiting(database) == [address("kiemtra01")]
    with database.reading() as connection:
        (argument,) = connection.scalars(select(Job.argument).where(Job.kind == MAIL))
    assert REASON not in argument
    assert "Cán bộ Mẫu" not in argument


def test_account__reset_given_roles_and_disabled__its_person_is_warned(
    app: Flask,
    office: SmallOffice,
    database: Database,
    settings: Settings,
    clock: Clock,
    post: Post,
    tmp_path: Path,
) -> None:
    admin = person(app, "quantri", "administrator")
    person(app, "truong", "head", unit="01")
    one = f"{ADMIN}/truong"
    reset = sent(admin, one, f"{one}/reset")
    assert sent(admin, one, f"{one}/grants", role="auditor").status_code == 303
    assert sent(admin, one, f"{one}/grants", role="auditor").status_code == 422
    assert sent(admin, one, f"{one}/grants/revoke", role="head", unit="01").status_code == 303
    assert sent(admin, one, f"{one}/disable").status_code == 303
    worked_off(database, settings, clock, tmp_path)
    assert receivers(post) == [address("truong")] * 3  # of two changes of roles in a row one message waited
    subjects = [str(each["Subject"]).partition(" / ")[2] for each in came(post)]
    assert subjects == [
        "Your account was reset",
        "The roles of your account were changed",
        "Your account was disabled",
    ]
    password = re.search(r'id="password">([^<]+)<', reset.text)
    assert password is not None
    for message in came(post):
        text = text_of(message)
        assert password[1] not in text
        assert "xin báo ngay cho người quản lý tài khoản" in text
        assert "tell the person who manages accounts at once" in text
        assert text.endswith(f"\n\n{BASE}/account\n")


def test_commands__reset_grant_and_disable__warn_too(
    database: Database, database_url: str, settings: Settings, clock: Clock, post: Post, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(
        f'database_url = "{database_url}"\nsmtp_host = "127.0.0.1"\nsmtp_port = {settings.smtp_port}\n'
        'smtp_security = "none"\nmail_from = "khaosat@nghean.example"\n'
    )

    def survey(*words: str) -> int:
        return CliRunner().invoke(main, ["--instance", str(tmp_path), "account", *words]).exit_code

    assert survey("add", "truong", "--name", "Cán bộ Mẫu", "--email", address("truong")) == 0
    assert waiting(database) == []
    assert survey("grant", "TRUONG", "--role", "auditor") == 0
    assert survey("reset", "truong") == 0
    assert survey("disable", "truong") == 0
    assert survey("disable", "nobody") == 1
    worked_off(database, settings, clock, tmp_path)
    assert receivers(post) == [address("truong")] * 3


def test_steps__no_mail_server__are_taken_and_nothing_waits(
    app: Flask, office: SmallOffice, database: Database, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    without_mail(app)
    first, admin = person(app, "kiemtra01", "inspector"), person(app, "quantri", "administrator")
    person(app, "kiemtra02", "inspector")
    assert propose(first, 1) == 303
    assert sent(admin, ADMIN, f"{ADMIN}/kiemtra02/reset").status_code == 200
    ask_to_close(database, clock, "kiemtra01")
    assert do_next(database, replaced(settings, smtp_host=""), clock, tmp_path)
    assert waiting(database) == []


def test_steps__account_without_address__are_taken_and_nothing_waits(
    app: Flask, office: SmallOffice, database: Database, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    first, admin = person(app, "kiemtra01", "inspector"), person(app, "quantri", "administrator")
    signed_in(app, "kiemtra02", "inspector")
    assert propose(first, 1) == 303
    assert sent(admin, ADMIN, f"{ADMIN}/kiemtra02/reset").status_code == 200
    ask_to_close(database, clock, "kiemtra02")
    assert do_next(database, settings, clock, tmp_path)
    assert waiting(database) == []


@pytest.mark.parametrize("about", get_args(About))
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_notice__of_each_kind__says_the_same_in_both_languages_and_no_figure(
    app: Flask, database: Database, settings: Settings, clock: Clock, about: About
) -> None:
    person(app, "kiemtra", "inspector")
    with database.writing() as connection:
        tell(connection, settings, account_of(database, "kiemtra"), Notice(about, "/account"), clock())
        job = jobs.next_waiting(connection)
    assert job is not None
    message = msgspec.json.decode(job.argument)
    vietnamese, english, page = message["text"].rstrip().split("\n\n")
    assert page == f"{BASE}/account"
    assert english.isascii()
    assert not vietnamese.isascii()
    assert re.search(r"\d|%", vietnamese + english + message["subject"]) is None
