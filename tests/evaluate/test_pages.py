from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from survey_app.access import audit
from survey_app.config import Settings
from survey_app.store.engine import Database
from survey_app.store.jobs import Job
from tests.evaluate.closed import closed, filled
from tests.evaluate.desks import HOSTILE, MADE, keep_desk, office, somebody
from tests.pages import NOW, Clock, PageClient, parsed
from tests.provinces import province


@pytest.fixture
def desk(inspector: PageClient, database: Database) -> PageClient:
    keep_desk(database, province())
    return inspector


def words(client: PageClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join("".join(parsed(answer).find("body").itertext()).split())


def test_overview_shows_open_half_year_and_figures_with_interval(desk: PageClient) -> None:
    text = words(desk, "/evaluations")
    assert "6 tháng cuối năm 2026 2026-H2" in text
    assert "15/12/2025 – 14/06/2026" in text
    assert "15/06/2026 02:00" in text
    assert "84,1% 83,6 – 84,6%" in text


def test_period_page_shows_facts_and_what_they_rest_on(desk: PageClient) -> None:
    text = words(desk, "/evaluations/2026-H1")
    for told in (
        "6 tháng đầu năm 2026",
        "Số liệu tính đến 15/06/2026 02:00",
        "84,1% khoảng tin cậy 95%: 83,6 – 84,6, từ 41.286 phiếu",
        "Có 41.286 phiếu trên 612.400 lượt phục vụ (6,7%)",
        "Hiện 146 trong 146 đơn vị",
        "SỐ LIỆU MẪU, KHÔNG PHẢI SỐ LIỆU THẬT",
        "không phải Chỉ số SIPAS",
    ):
        assert told in text
    assert "CB01" not in text


def test_period_page_of_real_data_has_no_demo_strip(inspector: PageClient, database: Database) -> None:
    keep_desk(database, province(demo=False))
    assert "SỐ LIỆU MẪU" not in words(inspector, "/evaluations/2026-H1")


def test_period_page_says_in_words_why_a_figure_is_not_there(desk: PageClient) -> None:
    rows = {
        "".join(row.find("th//a").itertext()).strip(): " ".join("".join(row.itertext()).split())
        for row in parsed(desk.get("/evaluations/2026-H1")).findall(".//tbody/tr[@class='l1']")
    }
    assert rows["Xã Mẫu 05"].startswith("Xã Mẫu 05 chưa có phiếu 0 146")
    assert "chưa đủ phiếu" in rows["Xã Mẫu 04"]
    assert "chưa có số lượt phục vụ" in rows["Xã Đô Mẫu"]
    assert "sáp nhập trong kỳ" in rows["Xã Đô Mẫu"]


def test_period_page_shows_band_verdict_rank_and_change_in_words(
    inspector: PageClient, database: Database
) -> None:
    keep_desk(database, office())
    tree = parsed(inspector.get("/evaluations/2026-H1?lang=en"))
    rows = {
        row.findtext("th//a"): " ".join("".join(row.itertext()).split())
        for row in tree.findall(".//tbody/tr")
        if row.find("th//a") is not None
    }
    assert rows["Xã Mẫu 01"].endswith("High likely not clear rank 3 – 96 not clear +4.8 (−0.6; +10.2) 27")
    assert "Medium certain below rank 3 – 96 down −5.2 (−9.9; −0.5) 0" in rows["Xã Đô Mẫu"]
    text = " ".join("".join(tree.find("body").itertext()).split())
    assert "+4.8 points interval −0.6 – +10.2: not clear" in text
    assert "The band would change if those who did not answer were 4.6 points less satisfied." in text
    assert "1. Collection" in text
    assert "possible from 18/06/2026" in text


def test_period_page_of_a_closed_period_names_its_revision_and_offers_no_snapshot(
    app: Flask, database: Database, tmp_path: Path, clock: Clock
) -> None:
    filled(database)
    closed(database, tmp_path)
    inspector = somebody(app, database, clock, "inspector")
    text = words(inspector, "/evaluations/2026-H1?lang=en")
    assert "Revision 0, closed on 20/06/2026 10:00" in text
    assert "revision 0 of 20/06/2026" in text
    assert "Make a new snapshot" not in text
    assert "closed, revision 0" in words(inspector, "/evaluations")
    token = parsed(inspector.get("/evaluations")).find(".//input[@name='csrf_token']").get("value")
    inspector.post("/evaluations/2026-H1/snapshots", data={"csrf_token": token})
    with database.reading() as connection:
        assert connection.execute(select(Job.id)).all() == []


@pytest.mark.parametrize("asked", ["?q=do+mau", "?grade=medium", "?verdict=below", "?sort=rate&q=02"])
def test_period_page_filters_and_says_how_many_are_left(
    inspector: PageClient, database: Database, asked: str
) -> None:
    keep_desk(database, office())
    tree = parsed(inspector.get(f"/evaluations/2026-H1{asked}&lang=en"))
    assert tree.findtext(".//p[@role='status']").startswith("1 of 3 units shown.")
    assert [each.text for each in tree.findall(".//tbody//th//a")] == ["Xã Đô Mẫu"]


def test_period_page_for_somebody_of_one_unit_shows_it_alone(
    app: Flask, database: Database, clock: Clock
) -> None:
    filled(database, days=1)
    keep_desk(database, office())
    client = somebody(app, database, clock, "inspector", "01")
    tree = parsed(client.get("/evaluations/2026-H1?lang=en"))
    assert [each.text for each in tree.findall(".//tbody//th//a")] == ["Xã Mẫu 01"]
    text = "".join(tree.itertext())
    assert "Xã Đô Mẫu" not in text
    assert "Tỉnh Mẫu" not in text
    assert tree.findall(".//a[@href='/evaluations/2026-H1/package.zip?unit=01']")


def test_period_page_with_a_hostile_name_shows_it_as_it_is(inspector: PageClient, database: Database) -> None:
    keep_desk(database, office(name=HOSTILE))
    for path in ("2026-H1", "2026-H1/units/01", "compare?left=2026-H1:01&right=2026-H1:02"):
        answer = inspector.get(f"/evaluations/{path}")
        assert HOSTILE in "".join(parsed(answer).itertext())
        assert parsed(answer).findall(".//script") == []


def test_period_page_with_a_unit_in_its_address_leads_to_the_page_of_the_unit(desk: PageClient) -> None:
    answer = desk.get("/evaluations/2026-H1?unit=X001")
    assert (answer.status_code, answer.location) == (301, "/evaluations/2026-H1/units/X001")


def test_method_page_says_how_figures_are_made(desk: PageClient) -> None:
    text = words(desk, "/evaluations/method?lang=en")
    assert "from 65, 80, 90% up" in text
    assert "at most 5% on average are named wrongly" in text


def test_period_page_keeps_what_was_asked_in_its_fields(desk: PageClient) -> None:
    tree = parsed(desk.get("/evaluations/2026-H1?q=%22%3Cb%3E&kind=commune&sort=name"))
    assert tree.find(".//input[@id='q']").get("value") == '"<b>'
    assert tree.find(".//select[@id='sort']/option[@selected]").get("value") == "name"
    assert "Không có đơn vị nào khớp" in "".join(tree.itertext())


def test_period_page_in_english_stays_english_for_the_session(desk: PageClient) -> None:
    assert "First half of 2026" in words(desk, "/evaluations/2026-H1?lang=en")
    assert "84.1%" in words(desk, "/evaluations/2026-H1")
    assert "84,1%" in words(desk, "/evaluations/2026-H1?lang=vi")
    french = desk.get("/evaluations", headers={"Accept-Language": "fr"})
    assert parsed(french).get("lang") == "vi"


@pytest.mark.parametrize("label", ["2026-H3", "2026", "nonsense", "2026-13", "0000-H1"])
def test_period_page_of_no_period_is_not_found(inspector: PageClient, label: str) -> None:
    assert inspector.get(f"/evaluations/{label}").status_code == 404


def test_period_page_without_snapshot_offers_one_and_then_says_it_is_being_made(
    inspector: PageClient, database: Database, clock: Clock
) -> None:
    assert "Kỳ này chưa có số liệu" in words(inspector, "/evaluations/2026-H2")
    token = parsed(inspector.get("/evaluations/2026-H2")).find(".//main//input[@name='csrf_token']")
    for _ in range(2):
        answer = inspector.post("/evaluations/2026-H2/snapshots", data={"csrf_token": token.get("value")})
        assert (answer.status_code, answer.location) == (303, "/evaluations/2026-H2")
    text = words(inspector, "/evaluations/2026-H2")
    assert "Đang tính số liệu mới, yêu cầu lúc 01/07/2026 10:00" in text
    assert "Tính số liệu mới" not in text
    with database.writing() as connection:
        assert connection.execute(select(Job.kind, Job.argument, Job.state)).all() == [
            ("snapshot", "2026-H2", "waiting")
        ]
        actions = [each.action for each in audit.entries(connection, action="snapshot.")]
        assert actions == ["snapshot.asked"]
        connection.execute(update(Job).values(state="failed"))
    assert "Lần tính lúc 01/07/2026 10:00 không thành" in words(inspector, "/evaluations/2026-H2")


def test_snapshot_asked_for_without_the_pages_token_is_refused(
    inspector: PageClient, database: Database
) -> None:
    assert inspector.post("/evaluations/2026-H2/snapshots").status_code == 400
    with database.reading() as connection:
        assert connection.execute(select(Job.id)).all() == []


def test_period_that_has_not_begun_offers_nothing(inspector: PageClient) -> None:
    text = words(inspector, "/evaluations/2027-H1")
    assert "Kỳ này chưa bắt đầu" in text
    assert "Tính số liệu mới" not in text


def test_newest_snapshot_is_shown(desk: PageClient, database: Database) -> None:
    keep_desk(database, province(), MADE + timedelta(hours=5))
    assert "15/06/2026 07:00" in words(desk, "/evaluations/2026-H1")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/2026-H1",
        "/2026-H1/summary.csv",
        "/2026-H1/summary.json",
        "/2026-H1/summary.pdf",
        "/2026-H1/answers.csv",
        "/2026-H1/package.zip",
        "/2026-H1/units/X001",
        "/2026-H1/officers/CB01",
        "/compare",
        "/method",
    ],
)
def test_page_for_a_stranger_leads_to_sign_in(client: PageClient, path: str) -> None:
    answer = client.get(f"/evaluations{path}")
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next=/evaluations{path}")


def test_desk_is_served_without_the_libraries_of_the_worker(desk: PageClient, settings: Settings) -> None:
    folder, cookie = desk.application.instance_path, desk.get_cookie("session")
    assert cookie is not None
    script = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from survey_app import create_app
from survey_app.config import Settings
settings = Settings(database_url={settings.database_url!r})
app = create_app(Path({folder!r}), settings, lambda: datetime.fromisoformat({NOW.isoformat()!r}))
client = app.test_client()
client.set_cookie("session", {cookie.value!r})
for path in ("2026-H1", "2026-H1/units/X001", "compare?left=2026-H1:X001&right=2026-H1:X002"):
    page = client.get("/evaluations/" + path)
    assert page.status_code == 200 and "%" in page.text, page.status_code
print([name for name in ("scipy", "matplotlib", "typst") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
