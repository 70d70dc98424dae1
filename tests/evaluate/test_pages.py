from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from survey_app.config import Settings
from survey_app.store.engine import Database
from survey_app.store.jobs import Job
from tests.pages import NOW, Clock, PageClient, parsed
from tests.provinces import keep, province

MADE = datetime(2026, 6, 14, 19, 0, tzinfo=UTC)


@pytest.fixture
def desk(inspector: PageClient, database: Database) -> PageClient:
    keep(database, province(), MADE)
    return inspector


def words(client: PageClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join("".join(parsed(answer).find("body").itertext()).split())


def test_overview_shows_open_half_year_and_figures_with_interval(desk: PageClient) -> None:
    text = words(desk, "/evaluations")
    assert "6 tháng cuối năm 2026 2026-H2 · đang thu thập" in text
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
    keep(database, province(demo=False), MADE)
    assert "SỐ LIỆU MẪU" not in words(inspector, "/evaluations/2026-H1")


def test_period_page_says_in_words_why_a_figure_is_not_there(desk: PageClient) -> None:
    rows = {
        "".join(row.find("th").itertext()).strip(): " ".join("".join(row.itertext()).split())
        for path in ("/evaluations/2026-H1", "/evaluations/2026-H1?unit=X001")
        for row in parsed(desk.get(path)).findall(".//tbody/tr")
    }
    assert rows["Xã Mẫu 05"].startswith("Xã Mẫu 05 chưa có phiếu 0 146")
    assert rows["Xã Mẫu 04"].endswith("chưa đủ phiếu")
    assert "chưa có số lượt phục vụ" in rows["Xã Đô Mẫu"]
    assert rows["Quầy 3"] == "Quầy 3 ẩn (ít phiếu)"


def test_period_page_of_a_unit_shows_its_counters_and_downloads(desk: PageClient) -> None:
    tree = parsed(desk.get("/evaluations/2026-H1?unit=X001"))
    assert tree.findtext(".//h1") == "Xã Mẫu 01"
    assert [row.findtext("th/span") for row in tree.findall(".//tbody/tr")] == [
        "Xã Mẫu 01", "Quầy 1", "Quầy 2", "Quầy 3", "Quầy 4",
    ]  # fmt: skip
    assert tree.findall(".//a[@href='/evaluations/2026-H1/summary.csv?unit=X001']")
    assert desk.get("/evaluations/2026-H1?unit=X999").status_code == 404


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
    keep(database, province(), MADE + timedelta(hours=5))
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
page = client.get("/evaluations/2026-H1")
assert page.status_code == 200 and "84,1%" in page.text, page.status_code
print([name for name in ("scipy", "matplotlib", "typst") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
