import json
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from analysis.period import period
from survey_app.collect.attribution import Place
from survey_app.collect.intake import record_response
from survey_app.evaluate.raw import export as exporting
from survey_app.evaluate.raw.delimited import write_csv
from survey_app.evaluate.raw.export import FORMS, ExportFault
from survey_app.evaluate.raw.officers import NotGranted, find_account
from survey_app.evaluate.reading import read_ratings
from survey_app.store.accounts import AuditEntry
from survey_app.store.engine import Database
from survey_app.store.organisation import Succession, Unit
from survey_app.store.responses import Batch
from tests.evaluate.raw.exports import SETTINGS, Stored, add_account, export, manifest, read_csv
from tests.evaluate.test_reading import arrival, decide, store
from tests.offices import MONDAY_9, SmallOffice

H1 = period("2026-H1")
REASON = "Kiểm tra phương pháp"


def test_export__random_responses__same_counts_as_the_figures_read(
    database: Database, office: SmallOffice, tmp_path: Path
) -> None:
    chance = random.Random(20260302)
    places = [
        Place(office.commune, office.commune, office.counter, office.officers[0]),
        Place(office.commune, office.department, office.shared_counter),
        Place(office.department, office.department),
    ]
    numbers = []
    with database.writing() as connection:
        for number in range(300):
            day = H1.first_day + timedelta(days=chance.randrange(H1.days + 20) - 10)
            one = arrival(office, number, day, overall=chance.choice("12345"))
            one = replace(one, place=chance.choice(places))
            numbers.append(record_response(connection, one).number)
            if chance.random() < 0.2:
                record_response(connection, replace(one, part=2, answers={"overall": "2", "access": "na"}))
    for number in numbers[5::11]:
        decide(database, number, chance.choice(["exclude", "include"]), confirmed=True)
        if chance.random() < 0.5:
            decide(database, number, "correct", confirmed=True, unit_id=office.province)
            decide(database, number, chance.choice(["exclude", "include"]), confirmed=True)
    rows = read_csv(export(database, tmp_path / "h1.csv"))
    with database.reading() as connection:
        ratings = read_ratings(connection, H1, SETTINGS.zone).ratings
    codes = {
        question.id: (*question.choices, "unmapped", "refused", "not_applicable", "skipped")
        for question in ratings.questions
    }
    officers = Counter(each["officer"] for each in rows)
    assert sorted(officers.values()) == sorted(Counter(ratings.officer.tolist()).values())
    for id, known in codes.items():
        counted = Counter(
            (ratings.units[unit].code, date.fromordinal(day).isoformat(), known[code])
            for unit, day, code in zip(ratings.unit, ratings.day, ratings.answers[id], strict=True)
        )
        assert Counter((each["unit"], each["day"], each[id]) for each in rows) == counted
    assert 250 < len(rows) == ratings.responses


def test_export__up_to_a_response__later_arrivals_left_out(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    done = export(database, tmp_path / "h1.csv", last_response=1)
    assert [each["overall"] for each in read_csv(done)] == ["4"]
    assert manifest(done)["filters"]["last_response"] == 1


def test_export__as_it_stood__later_decisions_and_flags_do_not_count(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    done = export(database, tmp_path / "h1.csv", until=MONDAY_9 - timedelta(seconds=1))
    rows = read_csv(done)
    assert len(rows) == len(stored.rows) + 1
    assert {(each["unit"], each["flagged"], each["rules"]) for each in rows} == {("01", "0", "")}
    assert manifest(done)["filters"]["decided_until"] == "2026-03-02T01:59:59+00:00"


def test_sav__without_the_library_that_makes_its_rows__names_it(
    database: Database, stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "missing_library", lambda: "pandas")
    with pytest.raises(
        ExportFault, match="needs pandas, which is not installed; install it, or take parquet"
    ):
        export(database, tmp_path / "h1.sav", "sav")


def test_export__one_unit__what_it_serves_or_decides_after_corrections(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    rows = read_csv(export(database, tmp_path / "h1.csv", unit="S1"))
    assert [(each["unit"], each["deciding_unit"]) for each in rows] == [("S1", "40"), ("01", "S1")]
    assert len(read_csv(export(database, tmp_path / "40.csv", unit="40"))) == len(stored.rows)


def test_export__merged_unit__code_of_the_one_that_stands_for_it(
    database: Database, office: SmallOffice, tmp_path: Path
) -> None:
    merged = date(2026, 3, 1)
    with database.writing() as connection:
        new = connection.execute(
            insert(Unit)
            .values(code="02", name="Xã Mới", kind="commune", parent_id=office.province, valid_from=merged)
            .returning(Unit.id)
        ).scalar_one()
        ended = {"day": date(2026, 2, 28), "id": office.commune}
        connection.execute(text("UPDATE unit SET valid_to = :day WHERE id = :id"), ended)
        connection.execute(
            insert(Succession).values(old_unit_id=office.commune, new_unit_id=new, date=merged, kind="merge")
        )
    store(database, arrival(office, 1, date(2026, 2, 1)))
    (row,) = read_csv(export(database, tmp_path / "h1.csv", unit="02"))
    assert (row["unit"], row["deciding_unit"]) == ("02", "02")


def test_export__order_within_a_half_day__does_not_tell_arrival(
    database: Database, office: SmallOffice, tmp_path: Path
) -> None:
    answers = [f"{number:06b}" for number in range(64)]
    questions = ("access", "procedures", "officer_attitude", "officer_guidance", "result", "feedback")
    store(
        database,
        *(
            replace(
                arrival(office, n),
                answers={q: str(int(bit) + 1) for q, bit in zip(questions, bits, strict=True)},
            )
            for n, bits in enumerate(answers)
        ),
    )
    orders = []
    for name in ("a.csv", "b.csv"):
        rows = read_csv(export(database, tmp_path / name))
        orders.append(["".join(str(int(each[q]) - 1) for q in questions) for each in rows])
    assert sorted(orders[0]) == sorted(orders[1]) == answers
    assert len({tuple(each) for each in (answers, *orders)}) == 3


def test_pseudonyms__of_one_file__stable_in_it_and_new_in_the_next(
    database: Database, office: SmallOffice, tmp_path: Path
) -> None:
    a, b, _ = office.officers
    for number, officer in enumerate((a, b, a, None, b)):
        place = Place(office.commune, office.commune, office.counter, officer)
        store(database, replace(arrival(office, number, overall=str(number + 1)), place=place))
    seen = []
    for name in ("a.csv", "b.csv"):
        rows = {each["overall"]: each["officer"] for each in read_csv(export(database, tmp_path / name))}
        assert rows["1"] == rows["3"] != rows["2"] == rows["5"]
        assert rows["4"] == ""
        seen.append({rows["1"], rows["2"]})
    assert not seen[0] & seen[1]
    assert all(each.startswith("p") and len(each) == 13 for each in seen[0] | seen[1])


def test_with_officers__granted__codes_reason_and_audit(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    done = export(database, tmp_path / "h1.csv", with_officers=True, reason=REASON, account_id=stored.account)
    assert {each["officer"] for each in read_csv(done)} == {"", "C2", "C3"}
    made = manifest(done)
    assert made["officers"] == {"named": True, "reason": REASON}
    assert made["made_by"] == "thongke"
    officer = next(column for column in made["columns"] if column["name"] == "officer")
    assert officer["meaning"]["vi"].startswith("Mã cán bộ")
    with database.reading() as connection:
        entry = connection.execute(select(AuditEntry.action, AuditEntry.account_id, AuditEntry.details)).one()
    assert entry[:2] == ("export.responses", stored.account)
    assert json.loads(entry.details) == {
        "period": "2026-H1",
        "unit": None,
        "format": "csv",
        "rows": len(stored.rows),
        "sha256": done.digest,
        "officers": True,
        "reason": REASON,
    }


def test_export__without_officers__audited_without_a_reason(
    database: Database, stored: Stored, tmp_path: Path
) -> None:
    done = export(database, tmp_path / "h1.csv")
    assert manifest(done)["officers"] == {"named": False, "reason": None}
    with database.reading() as connection:
        details = json.loads(connection.scalars(select(AuditEntry.details)).one())
    assert (details["officers"], details["reason"]) == (False, None)


@pytest.mark.parametrize(
    ("role", "in_unit", "reason", "words"),
    [
        (None, False, REASON, "lacks the role 'statistician'"),
        ("inspector", False, REASON, "lacks the role 'statistician'"),
        ("statistician", True, REASON, "on the whole province"),
        ("statistician", False, " too short ", "10 signs"),
    ],
)
def test_with_officers__no_grant_or_reason__refused_and_nothing_left(
    database: Database, stored: Stored, tmp_path: Path, role: str, in_unit: bool, reason: str, words: str
) -> None:
    account = add_account(database, "khac", role=role, unit=stored.office.commune if in_unit else None)
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(NotGranted, match=words):
        export(database, folder / "h1.csv", with_officers=True, reason=reason, account_id=account)
    with pytest.raises(NotGranted):
        export(database, folder / "h1.csv", with_officers=True, reason=REASON)
    assert list(folder.iterdir()) == []
    with database.reading() as connection:
        assert connection.scalars(select(AuditEntry.id)).all() == []


def test_find_account__unknown_or_disabled__refused(database: Database, stored: Stored) -> None:
    with database.writing() as connection:
        assert find_account(connection, "ThongKe") == stored.account
        connection.execute(text("UPDATE account SET disabled_at = created_at"))
        with pytest.raises(NotGranted, match="disabled"):
            find_account(connection, "thongke")


@pytest.mark.parametrize("form", ["xlsx", "sav"])
def test_export__more_rows_than_a_format_holds__refused_before_it_starts(
    database: Database, stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setitem(exporting.LIMITS, form, len(stored.rows) - 1)
    folder = tmp_path / "out"
    folder.mkdir()
    told: list[int] = []
    with pytest.raises(ExportFault, match=r"6 responses are more than the 5 rows .* take csv or parquet"):
        export(database, folder / "h1", form, told=lambda written, rows: told.append(written))  # type: ignore[arg-type]
    assert (list(folder.iterdir()), told) == ([], [])
    monkeypatch.setitem(exporting.LIMITS, form, len(stored.rows))
    assert export(database, folder / "h1", form).rows == len(stored.rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_export__interrupted__leaves_nothing_and_the_old_file_as_it_was(
    database: Database, stored: Stored, tmp_path: Path, form: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "h1").write_bytes(b"old")

    def stop(written: int, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(database, folder / "h1", form, told=stop)  # type: ignore[arg-type]
    assert [path.name for path in folder.iterdir()] == ["h1"]
    assert (folder / "h1").read_bytes() == b"old"


def test_export__rows_that_do_not_arrive__fails_and_leaves_nothing(
    database: Database, stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setitem(exporting.WRITERS, "csv", lambda path, columns, blocks: write_csv(path, columns, []))
    with pytest.raises(ExportFault, match="0 rows were written, but 6 responses count"):
        export(database, folder / "h1.csv")
    assert list(folder.iterdir()) == []


def test_export__progress__told_after_every_day(database: Database, stored: Stored, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export(database, tmp_path / "h1.csv", told=lambda written, rows: told.append((written, rows)))
    assert told == [(4, 6), (6, 6)]


def test_export__made_up_responses__manifest_says_so(
    database: Database, office: SmallOffice, tmp_path: Path
) -> None:
    with database.writing() as connection:
        batch = connection.execute(
            insert(Batch)
            .values(kind="demo", source="demo", digest="", rows=1, stored=1, unmapped=0, demo=True,
                    received_at=arrival(office, 1).received_at)
            .returning(Batch.id)
        ).scalar_one()  # fmt: skip
    store(database, replace(arrival(office, 1), batch_id=batch))
    assert manifest(export(database, tmp_path / "h1.csv"))["demo"] is True


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"period": "2026-H3"}, "not a period"),
        ({"unit": "99"}, "unit '99': not among the units of 2026-H1"),
        ({"form": "ods"}, "format 'ods': unknown"),
    ],
)
def test_export__wrong_order__says_what_and_leaves_nothing(
    database: Database, stored: Stored, tmp_path: Path, order: dict[str, str], words: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(ValueError, match=words):
        export(database, folder / "h1.csv", **order)  # type: ignore[arg-type]
    with pytest.raises(ExportFault, match="there is no folder"):
        export(database, folder / "none" / "h1.csv")
    assert list(folder.iterdir()) == []
