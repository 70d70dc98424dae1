from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from analysis.period import period
from survey_app.access import audit
from survey_app.config import create_keys, rotate_keys
from survey_app.evaluate import closing, verifying
from survey_app.evaluate.basis import FROZEN, read_basis
from survey_app.evaluate.changes import changed_rows
from survey_app.evaluate.closing import close
from survey_app.evaluate.details import decoded, name_of
from survey_app.evaluate.evaluation import evaluate
from survey_app.evaluate.lifecycle import StepFault, begin_review, find_revision, life, publish, reopen
from survey_app.evaluate.manifest import decode, versions_now
from survey_app.evaluate.outputs import TABLES, outputs
from survey_app.evaluate.shown import HEAD
from survey_app.evaluate.snapshots import ask_for_due, make_snapshot, newest, read_file
from survey_app.evaluate.verifying import Check, verify
from survey_app.store.engine import Database
from survey_app.store.evaluations import Frozen, Revision
from survey_app.store.responses import Part
from tests.evaluate.closed import H1_CLOSES, H2_CLOSES, ONE, SETTINGS, add, closed, decide, filled

H1 = period("2026-H1")
WITH_DOCUMENTS = ("everything_is_fixed", "other_version", "late_answer_and_late_decision")
"""Tests that need reports, workbooks and drafts; the others are about what these are made from."""
LATER = H1_CLOSES + timedelta(days=10)
REASON = "answers of a kiosk arrived late"


@pytest.fixture(autouse=True)
def _tables_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not any(name in request.node.name for name in WITH_DOCUMENTS):
        for module in (closing, verifying):
            monkeypatch.setattr(module, "outputs", partial(outputs, formats=TABLES))


def checked(
    database: Database, instance: Path, label: str = "2026-H1", number: int | None = None
) -> list[Check]:
    return verify(database, SETTINGS, instance, label, number)


def outcomes(checks: list[Check]) -> dict[str, str]:
    return {check.what: check.outcome for check in checks}


def frozen(database: Database, name: str, number: int = 0) -> bytes:
    with database.reading() as connection:
        id = find_revision(connection, "2026-H1", number).id
        content = connection.scalar(
            select(Frozen.content).where(Frozen.revision_id == id, Frozen.name == name)
        )
    assert content is not None
    return content


def step(database: Database, day: date) -> str:
    with database.reading() as connection:
        return life(connection, H1, day).step


def test_life__step_by_step__and_no_way_back_from_closed(database: Database, tmp_path: Path) -> None:
    filled(database, days=2)
    day = H1_CLOSES.date()
    assert step(database, date(2025, 12, 14)) == "coming"
    assert step(database, day) == "open"
    with database.writing() as connection:
        begin_review(connection, H1, day, H1_CLOSES, ONE)
        assert life(connection, H1, day).step == "review"
        reopen(connection, H1, day, H1_CLOSES, ONE)
        assert life(connection, H1, day).step == "open"
        with pytest.raises(StepFault, match="is open; only a closed period"):
            publish(connection, H1, day, H1_CLOSES, ONE)
    assert closed(database, tmp_path) == 0
    assert step(database, day) == "closed"
    with database.writing() as connection:
        with pytest.raises(StepFault, match="never opened again"):
            reopen(connection, H1, day, H1_CLOSES, ONE)
        publish(connection, H1, day, H1_CLOSES, ONE)
    assert step(database, day) == "published"
    with database.reading() as connection:
        assert [entry.action for entry in audit.entries(connection, action="period")] == [
            *("period.review", "period.open", "period.review", "period.closed", "period.published")
        ]


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (datetime(2026, 6, 14, 3, tzinfo=UTC), "can be closed from 18/06/2026"),
        # Midnight in Viet Nam of the first day on which it may be closed, and the second before.
        (datetime(2026, 6, 17, 16, 59, 59, tzinfo=UTC), "can be closed from 18/06/2026"),
        (datetime(2026, 6, 17, 17, 0, 0, tzinfo=UTC), "put it into review first"),
    ],
)
def test_close__too_early_or_not_reviewed__refused(
    database: Database, tmp_path: Path, now: datetime, message: str
) -> None:
    filled(database, days=1)
    create_keys(tmp_path)
    with pytest.raises(StepFault, match=message):
        close(database, SETTINGS, tmp_path, "2026-H1", now)


def test_close__month__refused(database: Database, tmp_path: Path) -> None:
    filled(database, days=1)
    with pytest.raises(StepFault, match="only half-years and years"):
        close(database, SETTINGS, tmp_path, "2026-03", H1_CLOSES)


def test_close__everything_is_fixed_signed_and_verifies(database: Database, tmp_path: Path) -> None:
    filled(database)
    with database.writing() as connection:
        decide(connection, 1, "exclude", H1_CLOSES - timedelta(days=3))
    closed(database, tmp_path)
    with database.reading() as connection:
        revision = find_revision(connection, "2026-H1")
        manifest = decode(revision.manifest)
        shown = newest(connection, "2026-H1")
        assert shown is not None
        assert read_file(connection, shown.id, "summary.json") == frozen(database, "summary.json")
    assert (manifest.last_response, manifest.responses, manifest.excluded) == (60, 59, 1)
    assert (manifest.closed_by, manifest.reason, manifest.demo) == ("inspector01", "first closing", False)
    assert manifest.rules["bounds"] == [0.65, 0.8, 0.9]
    assert list(manifest.questionnaires) == ["counter-service.v1"]
    assert {FROZEN, "summary.csv", "summary.json", "summary.pdf", "answers.csv"} <= manifest.files.keys()
    checks = checked(database, tmp_path)
    assert {check.outcome for check in checks} == {"ok"}, checks
    assert {"signature of the manifest", "responses in the database", "figures from the frozen columns",
            "rendered again summary.pdf"} <= outcomes(checks).keys()  # fmt: skip


def test_close__late_answer_and_late_decision__count_in_a_revision_alone(
    database: Database, tmp_path: Path
) -> None:
    office = filled(database)
    closed(database, tmp_path)
    before = frozen(database, "summary.json")
    with database.writing() as connection:
        add(connection, office, "late", 1, 2, date(2026, 4, 20))
        decide(connection, 2, "exclude", H1_CLOSES + timedelta(days=1))
    assert {check.outcome for check in checked(database, tmp_path)} == {"ok"}
    with pytest.raises(StepFault, match="give the reason"):
        close(database, SETTINGS, tmp_path, "2026-H1", LATER, account=ONE)
    assert close(database, SETTINGS, tmp_path, "2026-H1", LATER, account=ONE, reason=REASON) == 1
    assert frozen(database, "summary.json", 0) == before
    for number in (0, 1):
        assert {check.outcome for check in checked(database, tmp_path, number=number)} == {"ok"}
    changes = frozen(database, "changes.csv", 1).decode("utf-8-sig")
    assert "responses_before" in changes
    rows = changed_rows(before, frozen(database, "summary.json", 1))
    commune = next(row for row in rows if row["code"] == "01" and row["measure"] == "overall")
    assert (commune["responses_before"], commune["responses_after"]) == (60, 61)
    with database.reading() as connection:
        manifest = decode(find_revision(connection, "2026-H1", 1).manifest)
    assert (manifest.revision, manifest.reason, manifest.responses) == (1, REASON, 61)


def test_close__undecided_proposal__refused(database: Database, tmp_path: Path) -> None:
    filled(database, days=2)
    create_keys(tmp_path)
    with database.writing() as connection:
        decide(connection, 1, "exclude", H1_CLOSES)
        connection.execute(text("UPDATE proposal SET confirmed = NULL, decided_by = NULL, decided_at = NULL"))
        begin_review(connection, H1, H1_CLOSES.date(), H1_CLOSES, ONE)
    with pytest.raises(StepFault, match="1 proposals wait"):
        close(database, SETTINGS, tmp_path, "2026-H1", H1_CLOSES)


def test_close__two_at_once__one_wins_and_the_other_is_told(database: Database, tmp_path: Path) -> None:
    filled(database, days=3)
    create_keys(tmp_path)
    with database.writing() as connection:
        begin_review(connection, H1, H1_CLOSES.date(), H1_CLOSES, ONE)
    meeting = threading.Barrier(2)
    results: list[int | str] = []

    def run() -> None:
        def wait(stage: str) -> None:
            if stage == "signing":
                meeting.wait(60)

        try:
            results.append(close(database, SETTINGS, tmp_path, "2026-H1", H1_CLOSES, progress=wait))
        except StepFault as fault:
            results.append(str(fault))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=str) == [
        0,
        "2026-H1: revision 0 was made by somebody else meanwhile; look at it",
    ]
    assert {check.outcome for check in checked(database, tmp_path)} == {"ok"}


@pytest.mark.parametrize("stage", ["estimating", "signing"])
def test_close__stopped_in_the_middle__period_is_as_it_was(
    database: Database, tmp_path: Path, stage: str
) -> None:
    filled(database, days=3)
    create_keys(tmp_path)
    with database.writing() as connection:
        begin_review(connection, H1, H1_CLOSES.date(), H1_CLOSES, ONE)

    def stop(reached: str) -> None:
        if reached == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        close(database, SETTINGS, tmp_path, "2026-H1", H1_CLOSES, progress=stop)
    assert step(database, H1_CLOSES.date()) == "review"
    assert close(database, SETTINGS, tmp_path, "2026-H1", H1_CLOSES) == 0


def test_close__stored_in_part__nothing_is(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(database, days=3)

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(closing, "_freeze", broken)
    with pytest.raises(OSError, match="disk full"):
        closed(database, tmp_path)
    assert step(database, H1_CLOSES.date()) == "review"
    with database.reading() as connection:
        assert connection.execute(select(Revision.id)).all() == []


def test_verify__one_changed_byte_in_a_file__named(database: Database, tmp_path: Path) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    content = bytearray(frozen(database, "answers.csv"))
    content[40] ^= 1
    with database.writing() as connection:
        connection.execute(update(Frozen).where(Frozen.name == "answers.csv").values(content=bytes(content)))
    checks = outcomes(checked(database, tmp_path))
    assert [what for what, outcome in checks.items() if outcome == "differs"] == ["file answers.csv"]


def test_verify__one_changed_answer_in_the_database__named(database: Database, tmp_path: Path) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    with database.writing() as connection:
        connection.execute(
            update(Part)
            .where(Part.response_number == 3)
            .values(answers='{"overall":"1","officer_attitude":"1"}')
        )
    checks = checked(database, tmp_path)
    wrong = [check for check in checks if check.outcome == "differs"]
    assert [check.what for check in wrong] == ["responses in the database"]
    assert "answers/overall" in wrong[0].seen


def test_verify__changed_manifest_or_unknown_key__signature_differs(
    database: Database, tmp_path: Path
) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    rotate_keys(tmp_path)
    rotate_keys(tmp_path)
    rotate_keys(tmp_path)
    assert outcomes(checked(database, tmp_path))["signature of the manifest"] == "ok"
    with database.writing() as connection:
        connection.execute(
            text("UPDATE revision SET manifest = replace(manifest, 'first closing', 'Other closing')")
        )
    assert outcomes(checked(database, tmp_path))["signature of the manifest"] == "differs"
    (tmp_path / "secrets" / "signing.public").unlink()
    assert outcomes(checked(database, tmp_path))["signature of the manifest"] == "differs"


def test_verify__other_version_of_a_library__not_compared(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    versions = versions_now() | {"typst": "99.0"}
    monkeypatch.setattr(verifying, "versions_now", lambda: versions)
    checks = checked(database, tmp_path)
    rendered = [check for check in checks if check.what.startswith("rendered again")]
    assert {check.outcome for check in rendered} == {"not compared"}
    assert all("typst 99.0" in check.seen for check in rendered)
    assert {check.outcome for check in checks if check not in rendered} == {"ok"}


def test_verify__answers_erased__not_compared_and_the_rest_holds(database: Database, tmp_path: Path) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    with database.writing() as connection:
        for table in ("flag", "comment", "part", "response"):
            connection.execute(text(f"DELETE FROM {table}"))
    checks = outcomes(checked(database, tmp_path))
    assert checks.pop("responses in the database") == "not compared"
    assert set(checks.values()) == {"ok"}


def test_snapshot__closed_period__refused_and_not_made_at_night(database: Database, tmp_path: Path) -> None:
    filled(database, days=3)
    closed(database, tmp_path)
    with pytest.raises(StepFault, match="is closed"):
        make_snapshot(database, SETTINGS, "2026-H1", LATER)
    with database.writing() as connection:
        assert ask_for_due(connection, SETTINGS, datetime(2026, 6, 15, 1, tzinfo=UTC)) == []


def test_year__halves_closed__from_their_columns_and_named(database: Database, tmp_path: Path) -> None:
    office = filled(database)
    with database.writing() as connection:
        add(connection, office, "h2", 20, 3, date(2026, 9, 1), seed=6)
    closed(database, tmp_path)
    with pytest.raises(StepFault, match="2026-H2: is not closed"):
        closed(database, tmp_path, "2026-Y", H2_CLOSES)
    closed(database, tmp_path, "2026-H2", H2_CLOSES)
    with database.writing() as connection:  # what arrives afterwards is in no half, so it is not in the year
        add(connection, office, "late", 1, 2, date(2026, 9, 28))
    closed(database, tmp_path, "2026-Y", H2_CLOSES)
    with database.reading() as connection:
        manifest = decode(find_revision(connection, "2026-Y").manifest)
        basis = read_basis(connection, SETTINGS, "2026-Y")
    assert manifest.rests_on == (("2026-H1", 0), ("2026-H2", 0))
    assert (manifest.responses, basis.this.responses) == (120, 120)
    checks = outcomes(verify(database, SETTINGS, tmp_path, "2026-Y"))
    assert checks.pop("responses in the database") == "not compared"
    assert set(checks.values()) == {"ok"}
    with database.reading() as connection:
        made = newest(connection, "2026-Y")
        assert made is not None
        rows = json.loads(read_file(connection, made.id, "summary.json") or b"")["rows"]
    year = next(row for row in rows if row["code"] == "01" and row["measure"] == "overall")
    assert year["responses"] == 120


def officer_seen_by_head(database: Database, label: str) -> tuple[str, ...]:
    """Give the status of the officer's row as the unit's head sees it."""
    with database.reading() as connection:
        made = newest(connection, label)
        content = made and read_file(connection, made.id, name_of(HEAD, "01"))
    assert content
    return decoded(content).officers[0].status


def test_year__half_hides_an_officer__year_minus_the_other_half_tells_nothing(
    database: Database, tmp_path: Path
) -> None:
    office = filled(database, days=50)
    with database.writing() as connection:
        add(connection, office, "h2", 8, 3, date(2026, 9, 1), seed=6)
    make_snapshot(database, SETTINGS, "2026-Y", H1_CLOSES)
    with database.reading() as connection:
        early = newest(connection, "2026-Y")
        assert early is not None
        assert read_file(connection, early.id, name_of(HEAD, "01")) is None
    for label, closes in (("2026-H1", H1_CLOSES), ("2026-H2", H2_CLOSES), ("2026-Y", H2_CLOSES)):
        closed(database, tmp_path, label, closes)
    assert "suppressed" not in officer_seen_by_head(database, "2026-H1")
    assert officer_seen_by_head(database, "2026-H2") == ("suppressed",)
    assert officer_seen_by_head(database, "2026-Y") == ("suppressed",)


@pytest.mark.parametrize("label", ["2026-Y", "2026-Q1", "2026-03"])
def test_outputs__period_that_a_half_year_would_tell_the_rest_of__for_inspectors_alone(
    database: Database, label: str
) -> None:
    filled(database, days=3)
    evaluated = evaluate(database, SETTINGS, label)
    assert outputs(evaluated, SETTINGS, formats=TABLES)
    with pytest.raises(ValueError, match="for inspectors alone"):
        outputs(evaluated, SETTINGS, audience="head", formats=TABLES)
