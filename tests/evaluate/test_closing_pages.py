from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select, update

from analysis.period import period
from survey_app import jobs
from survey_app.evaluate import closing_job, export_job, verify_job
from survey_app.evaluate.lifecycle import StepFault, life
from survey_app.evaluate.proposals import propose
from survey_app.evaluate.snapshots import make_snapshot
from survey_app.ground import newest_job
from survey_app.store.accounts import AuditEntry
from survey_app.store.engine import Database
from survey_app.store.evaluations import Frozen
from survey_app.store.jobs import Job
from tests.evaluate.closed import SETTINGS, add
from tests.evaluate.people import account_of, answered_office, come_back, sent, signed_in, text_of
from tests.offices import SmallOffice
from tests.pages import Clock, PageClient

H1 = period("2026-H1")
CLOSING = "/evaluations/2026-H1/closing"
EXPORT = "/evaluations/2026-H1/export"
REASON = "Một phiếu của máy tại quầy đến muộn."
RUNS = {
    closing_job.CLOSE: closing_job.run,
    verify_job.VERIFY: verify_job.run,
    export_job.EXPORT: export_job.run,
}


@pytest.fixture
def office(database: Database, clock: Clock) -> SmallOffice:
    made = answered_office(database)
    make_snapshot(database, SETTINGS, "2026-H1", clock())
    return made


@pytest.fixture
def inspector(app: Flask, office: SmallOffice) -> PageClient:
    return signed_in(app, "kiemtra01", "inspector")


def worked(database: Database, instance: Path, clock: Clock) -> str | None:
    """Do the job that waits, as the worker does; give its error."""
    with database.writing() as connection:
        job = jobs.next_waiting(connection)
        assert job is not None
        jobs.start(connection, job.id, clock())

    def progress(words: str) -> None:
        with database.writing() as connection:
            jobs.report(connection, job.id, words)

    wanted = SimpleNamespace(
        database=database, settings=SETTINGS, instance=instance, argument=job.argument, now=clock(),
        asked_by=job.asked_by, progress=progress,
    )  # fmt: skip
    error = None
    try:
        RUNS[job.kind](wanted)  # type: ignore[arg-type]  # what the worker hands over, without its lock
    except ValueError as fault:
        error = f"{type(fault).__name__}: {fault}"
    with database.writing() as connection:
        jobs.end(connection, job.id, clock(), error)
    return error


def step_of(database: Database, clock: Clock) -> str:
    with database.reading() as connection:
        return life(connection, H1, clock().date()).step


def close(client: PageClient, revision: int = -1, **fields: str) -> int:
    given = {"read": "1", "revision": str(revision)} | fields
    return sent(client, CLOSING, f"{CLOSING}/close", **given).status_code


def test_closing__whole_way__review_close_verify_revise_publish(
    inspector: PageClient, office: SmallOffice, database: Database, clock: Clock, tmp_path: Path
) -> None:
    assert "The review has not begun." in text_of(inspector, f"{CLOSING}?lang=en")
    assert close(inspector) == 422
    assert sent(inspector, CLOSING, f"{CLOSING}/review").status_code == 303
    assert sent(inspector, CLOSING, f"{CLOSING}/review").status_code == 422
    assert close(inspector, read="") == 422
    assert close(inspector) == 303
    page = inspector.get(CLOSING)
    assert page.headers["Refresh"]
    assert "It waits for the worker" in page.text
    assert worked(database, tmp_path, clock) is None
    assert step_of(database, clock) == "closed"
    page = inspector.get(CLOSING)
    assert "Refresh" not in page.headers
    assert "first closing" in page.text

    assert sent(inspector, CLOSING, f"{CLOSING}/verify").status_code == 303
    assert worked(database, tmp_path, clock) is None
    told = text_of(inspector, f"{CLOSING}?lang=en")
    assert "signature of the manifestas signed" in told
    assert "0 differ" in told
    with database.writing() as connection:
        connection.execute(update(Frozen).where(Frozen.name == "summary.csv").values(content=b"x"))
    sent(inspector, CLOSING, f"{CLOSING}/verify")
    worked(database, tmp_path, clock)
    assert "file summary.csvdiffers" in text_of(inspector, CLOSING)

    with database.writing() as connection:
        add(connection, office, "late", 1, 1, H1.last_day)
    assert inspector.get(f"{CLOSING}/changes/1").status_code == 404
    assert close(inspector, 0, reason="x") == 422
    assert close(inspector, -1, reason=REASON) == 422
    assert close(inspector, 0, reason=REASON) == 303
    assert worked(database, tmp_path, clock) is None
    assert REASON in text_of(inspector, CLOSING)
    assert "60 → 61" in text_of(inspector, f"{CLOSING}/changes/1")
    assert sent(inspector, CLOSING, f"{CLOSING}/published").status_code == 303
    assert step_of(database, clock) == "published"


def test_closing__two_people_at_once__the_second_is_told(
    app: Flask, inspector: PageClient, database: Database, clock: Clock, tmp_path: Path
) -> None:
    second = signed_in(app, "kiemtra02", "inspector")
    sent(inspector, CLOSING, f"{CLOSING}/review")
    assert close(inspector) == 303
    answer = sent(second, f"{CLOSING}?lang=en", f"{CLOSING}/close", read="1", revision="-1")
    assert answer.status_code == 422
    assert "Cán bộ Mẫu kiemtra01 asked for this" in answer.text
    worked(database, tmp_path, clock)
    answer = sent(second, CLOSING, f"{CLOSING}/close", read="1", revision="-1", reason=REASON)
    assert answer.status_code == 422
    assert "meanwhile" in answer.text


def test_closing__proposal_made_meanwhile__job_fails_and_page_says_so(
    inspector: PageClient, database: Database, clock: Clock, tmp_path: Path
) -> None:
    sent(inspector, CLOSING, f"{CLOSING}/review")
    close(inspector)
    with database.writing() as connection:
        propose(connection, H1, "exclude", [1], REASON, account_of(database, "kiemtra01"), clock())
    error = worked(database, tmp_path, clock)
    assert error is not None
    assert error.startswith(StepFault.__name__)
    page = text_of(inspector, f"{CLOSING}?lang=en")
    assert "did not succeed, and nothing was changed" in page
    assert "1 proposal waits for a second person" in page
    assert step_of(database, clock) == "review"
    assert sent(inspector, CLOSING, f"{CLOSING}/open").status_code == 303
    assert step_of(database, clock) == "open"


def test_closing__auditors_and_inspectors_of_a_part__read_and_take_no_step(
    app: Flask, office: SmallOffice, database: Database, clock: Clock
) -> None:
    for login, role, unit in (("giamsat01", "auditor", None), ("kiemtra09", "inspector", "01")):
        client = signed_in(app, login, role, unit=unit)
        assert "Life of the period" in client.get(f"{CLOSING}?lang=en").text
        for step in ("review", "open", "close", "published"):
            assert sent(client, CLOSING, f"{CLOSING}/{step}", read="1", revision="-1").status_code in (
                400,
                403,
            )
            assert client.post(f"{CLOSING}/{step}").status_code in (400, 403)
    assert step_of(database, clock) == "open"
    assert signed_in(app, "truong01", "head", unit="01").get(CLOSING).status_code == 403


def test_closing__month__says_that_it_is_never_closed(inspector: PageClient) -> None:
    assert "Only half-years and years are closed" in text_of(
        inspector, "/evaluations/2026-03/closing?lang=en"
    )
    answer = sent(inspector, CLOSING, "/evaluations/2026-03/closing/close", read="1", revision="-1")
    assert answer.status_code == 422


# The raw export.


def test_export__asked__made_and_fetched_by_its_owner_alone(
    app: Flask, inspector: PageClient, database: Database, clock: Clock, tmp_path: Path
) -> None:
    other = signed_in(app, "thongke01", "statistician")
    assert sent(inspector, EXPORT, EXPORT, form="csv", unit="01").status_code == 303
    assert inspector.get(EXPORT).headers["Refresh"]
    assert sent(inspector, EXPORT, EXPORT, form="csv").status_code == 422
    assert worked(database, tmp_path, clock) is None
    with database.reading() as connection:
        job = newest_job(connection, export_job.EXPORT, export_job.about("2026-H1"))
    assert job is not None
    with inspector.get(f"{EXPORT}/{job.id}/file", buffered=True) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == "attachment; filename=2026-H1-01-responses.csv"
        assert answer.get_data().count(b"\n") == 61
    with inspector.get(f"{EXPORT}/{job.id}/manifest", buffered=True) as answer:
        assert answer.json is not None
        assert answer.json["rows"] == 60
    assert other.get(f"{EXPORT}/{job.id}/file").status_code == 404
    with database.reading() as connection:
        actions = connection.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert list(actions)[-3:] == ["export.responses", "file.downloaded", "file.downloaded"]
    clock.now += export_job.KEPT
    assert come_back(app, "kiemtra01").get(f"{EXPORT}/{job.id}/file").status_code == 404
    assert export_job.erase_exports(tmp_path, clock()) == 1
    assert list((tmp_path / export_job.FOLDER).iterdir()) == []


def test_export__closed_period__holds_what_its_figures_rest_on(
    app: Flask, inspector: PageClient, office: SmallOffice, database: Database, clock: Clock, tmp_path: Path
) -> None:
    sent(inspector, CLOSING, f"{CLOSING}/review")
    close(inspector)
    worked(database, tmp_path, clock)
    with database.writing() as connection:
        add(connection, office, "late", 1, 2, H1.last_day)
    sent(inspector, EXPORT, EXPORT, form="csv-plain")
    assert worked(database, tmp_path, clock) is None
    (file,) = (tmp_path / export_job.FOLDER).glob("*/*.csv")
    assert file.read_text(encoding="utf-8").count("\n") == 61
    assert file.parent.stat().st_mode & 0o077 == 0


def test_export__officers__named_to_statisticians_of_everything_for_a_reason(
    app: Flask, inspector: PageClient, database: Database, clock: Clock, tmp_path: Path
) -> None:
    statistician = signed_in(app, "thongke01", "statistician")
    named = {"form": "csv", "officers": "1"}
    assert sent(inspector, EXPORT, EXPORT, **named, reason=REASON).status_code == 403
    assert sent(statistician, EXPORT, EXPORT, **named).status_code == 422
    assert sent(statistician, EXPORT, EXPORT, **named, reason=REASON).status_code == 303
    assert worked(database, tmp_path, clock) is None
    (file,) = (tmp_path / export_job.FOLDER).glob("*/*.csv")
    assert ",C1," in file.read_text(encoding="utf-8-sig")


def test_export__units_outside_the_scope__are_not_exported(
    app: Flask, office: SmallOffice, database: Database
) -> None:
    client = signed_in(app, "thongke02", "statistician", unit="S1")
    assert sent(client, EXPORT, EXPORT, form="csv").status_code == 422
    for code in ("01", "40", "nowhere"):
        assert sent(client, EXPORT, EXPORT, form="csv", unit=code).status_code == 404
    assert sent(client, EXPORT, EXPORT, form="nonsense", unit="S1").status_code == 422
    assert client.post(EXPORT, data={"form": "csv", "unit": "S1"}).status_code == 400
    assert signed_in(app, "giamsat01", "auditor").get(EXPORT).status_code == 403
    with database.reading() as connection:
        assert connection.scalars(select(Job.id)).all() == []


def test_export__fault_of_the_worker__is_shown(
    inspector: PageClient, database: Database, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey_app.evaluate.raw.export.LIMITS", {"xlsx": 5})
    sent(inspector, EXPORT, EXPORT, form="xlsx", unit="01")
    assert worked(database, tmp_path, clock) is not None
    assert "more than the 5 rows" in text_of(inspector, EXPORT)
    assert list((tmp_path / export_job.FOLDER).iterdir()) == []
