from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from flask import Flask
from sqlalchemy import text

from survey_app import jobs
from survey_app.access import audit_job
from survey_app.access.audit import head, record
from survey_app.ground import newest_job
from survey_app.store.engine import Database
from tests.evaluate.people import answered_office, sent, signed_in, text_of
from tests.pages import Clock, parsed


def noted(database: Database, clock: Clock) -> None:
    with database.writing() as connection:
        for day, action in ((2, "signin.ok"), (1, "period.review"), (0, "period.closed")):
            record(connection, action, clock() - timedelta(days=day), None, period="2026-H1")


def verified(database: Database, clock: Clock) -> None:
    """Do the job that waits, as the worker does."""
    with database.writing() as connection:
        job = jobs.next_waiting(connection)
        assert job is not None
        jobs.start(connection, job.id, clock())

    def progress(words: str) -> None:
        with database.writing() as connection:
            jobs.report(connection, job.id, words)

    audit_job.run(
        SimpleNamespace(  # type: ignore[arg-type]  # what the worker hands over, without its lock
            database=database, argument=job.argument, now=clock(), asked_by=job.asked_by, progress=progress
        )
    )
    with database.writing() as connection:
        jobs.end(connection, job.id, clock(), None)


def test_audit__entries__newest_first_filtered_by_action_and_day(
    app: Flask, database: Database, clock: Clock
) -> None:
    noted(database, clock)
    auditor = signed_in(app, "giamsat01", "auditor")

    def shown(query: str) -> list[str]:
        return [each.text for each in parsed(auditor.get(f"/audit{query}")).findall(".//td/code")]

    assert shown("") == ["period.closed", "period.review", "signin.ok"]
    assert shown("?action=period") == ["period.closed", "period.review"]
    assert shown("?day=2026-06-29") == ["signin.ok"]
    assert shown("?before=2") == ["signin.ok"]
    assert shown("?action=x%25&day=never&before=-1") == ["period.closed", "period.review", "signin.ok"]
    with database.reading() as connection:
        assert head(connection) in text_of(auditor, "/audit")


def test_audit__verified_in_the_worker__whole_then_broken_then_a_foreign_head(
    app: Flask, database: Database, clock: Clock
) -> None:
    noted(database, clock)
    client = signed_in(app, "quantri01", "administrator")
    assert sent(client, "/audit", "/audit/verify").status_code == 303
    assert client.get("/audit").headers["Refresh"]
    verified(database, clock)
    assert "The audit log is whole" in text_of(client, "/audit?lang=en")
    sent(client, "/audit", "/audit/verify", head="ab" * 32)
    verified(database, clock)
    assert "The head that was given is in no entry" in text_of(client, "/audit")
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        else:
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit_entry SET action = 'period.opened' WHERE id = 2"))
    sent(client, "/audit", "/audit/verify")
    verified(database, clock)
    assert "Entry 2 was changed" in text_of(client, "/audit")
    with database.reading() as connection:
        job = newest_job(connection, audit_job.VERIFY_AUDIT, "")
    assert job is not None
    assert job.state == "done"


def test_audit__asked_twice_or_forged__is_one_job(app: Flask, database: Database) -> None:
    client = signed_in(app, "quantri01", "administrator")
    assert client.post("/audit/verify").status_code == 400
    assert sent(client, "/audit", "/audit/verify", head="no head").status_code == 400
    sent(client, "/audit", "/audit/verify")
    sent(client, "/audit", "/audit/verify", head="ab" * 32)
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM job")) == 1


def test_audit__people_of_a_part_of_the_province__do_not_see_it(app: Flask, database: Database) -> None:
    answered_office(database, days=1)
    for login, role, unit in (
        ("kiemtra09", "inspector", "01"),
        ("giamsat09", "auditor", "01"),
        ("truong01", "head", "01"),
        ("thongke01", "statistician", None),
    ):
        client = signed_in(app, login, role, unit=unit)
        assert client.get("/audit").status_code == 403
    assert "Audit log" in text_of(signed_in(app, "kiemtra01", "inspector"), "/audit?lang=en")
