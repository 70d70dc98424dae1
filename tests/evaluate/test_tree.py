from __future__ import annotations

import pytest

from survey_app.evaluate.desk import Choice, lines
from survey_app.evaluate.tree import Fold, Line
from survey_app.store.engine import Database
from tests.evaluate.desks import hidden, keep_desk, office, row
from tests.pages import PageClient, parsed
from tests.provinces import province

PLACES = (
    row("40", "Tỉnh Mẫu", kind="province", parent_code=None),
    row("S1", "Sở Mẫu", kind="department"),
    row("S1-A", "Chi cục Mẫu", kind="branch", parent_code="S1"),
    row("A-1", "Quầy 1", kind="counter", parent_code="S1-A"),
    row("01", "Xã Mẫu"),
    row("Q1", "Quầy 1", kind="counter", parent_code="01"),
    hidden("Q2", "Quầy 2", kind="counter", parent_code="01"),
)


def shown(**asked: str) -> str:
    """Give the codes of the lines, each with a sign for what is below it: open, closed or nothing."""
    return " ".join(_written(line) for line in lines(PLACES, Choice.of(asked)))


def _written(line: Line) -> str:
    sign = {True: "-", False: "+", None: ""}[line.opened]
    return f"{line.level}{sign}{line.figures.code}"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "0-40 1+S1 1+01"),
        ({"open": "S1"}, "0-40 1-S1 2+S1-A 1+01"),
        ({"open": "S1/S1-A/01"}, "0-40 1-S1 2-S1-A 3A-1 1-01 2Q1 2Q2"),
        ({"open": "S1-A"}, "0-40 1+S1 1+01"),
        ({"open": "*"}, "0-40 1-S1 2-S1-A 3A-1 1-01 2Q1 2Q2"),
        ({"open": "*", "shut": "S1"}, "0-40 1+S1 1-01 2Q1 2Q2"),
        ({"shut": "40"}, "0+40"),
        ({"shut": "nothing", "open": "nobody"}, "0-40 1+S1 1+01"),
        ({"q": "mau", "shut": "40"}, "0+40 1+S1 2+S1-A 1+01"),
        ({"q": "chi cuc"}, "2+S1-A"),
        ({"q": "xa", "open": "*"}, "1+01"),
        ({"q": "xa", "open": "01"}, "1-01 2Q1 2Q2"),
        ({"q": "quay"}, ""),
        ({"q": "tinh"}, "0+40"),
        ({"q": "tinh", "open": "40"}, "0-40 1+S1 1+01"),
        ({"sort": "name", "open": "01"}, "0S1-A 0S1 040 001"),
    ],
)
def test_tree__what_is_asked__shows_what_stands_below_something_open(
    asked: dict[str, str], told: str
) -> None:
    found = shown(**asked)
    if "sort" in asked:
        assert sorted(found.split()) == sorted(told.split())
    else:
        assert found == told


@pytest.mark.parametrize("usual", [True, False])
@pytest.mark.parametrize("fold", [Fold(), Fold(frozenset({"01"})), Fold(frozenset(), frozenset({"01"}))])
def test_fold__turned__is_the_other_way_and_back_again(fold: Fold, usual: bool) -> None:
    once = fold.turned("01", usual)
    assert once.is_open("01", usual) is not fold.is_open("01", usual)
    assert once.turned("01", usual).is_open("01", usual) is fold.is_open("01", usual)


def test_choice__address__says_all_that_was_asked_and_is_read_back() -> None:
    asked = {
        "q": "xa", "kind": "commune", "grade": "high", "status": "flagged", "verdict": "above",
        "sort": "rate", "role": "deciding", "open": "01/S1", "shut": "40",
    }  # fmt: skip
    assert Choice.of(asked).address() == asked
    assert Choice().address() == {}
    assert Choice.of(Choice.of(asked).address()) == Choice.of(asked)


@pytest.fixture
def desk(inspector: PageClient, database: Database) -> PageClient:
    keep_desk(database, office())
    return inspector


def buttons(client: PageClient, path: str) -> dict[str, tuple[str, str]]:
    """Give the chevrons of the page by the code they are about: what they say, and whether it is open."""
    tree = parsed(client.get(f"/evaluations/2026-H1{path}"))
    return {
        each.get("value"): (each.get("aria-label"), each.get("aria-expanded"))
        for each in tree.findall(".//table//button[@name='turn']")
    }


def test_period_page__chevrons__say_what_they_do_and_leaves_have_none(desk: PageClient) -> None:
    assert buttons(desk, "?lang=en") == {
        "40": ("Hide what is below Tỉnh Mẫu", "true"),
        "01": ("Show what is below Xã Mẫu 01", "false"),
    }
    assert buttons(desk, "?sort=rate") == {}


def test_period_page__chevron_pressed__leads_back_to_its_row_and_keeps_what_was_asked(
    desk: PageClient,
) -> None:
    answer = desk.get("/evaluations/2026-H1?q=xa+mau&kind=commune&role=serving&turn=01")
    assert answer.status_code == 303
    assert answer.location == "/evaluations/2026-H1?q=xa+mau&kind=commune&open=01#below-01"
    tree = parsed(desk.get(answer.location))
    assert tree.find(".//button[@id='below-01']").get("aria-expanded") == "true"
    kept = {
        each.get("name"): each.get("value")
        for each in tree.findall(".//form[@id='tree']/input[@type='hidden']")
    }
    assert kept == {"q": "xa mau", "kind": "commune", "open": "01"}
    assert tree.find(".//form[@role='search']/input[@name='open']").get("value") == "01"
    names = ["".join(each.itertext()).split("\n")[0] for each in tree.findall(".//tbody//th")]
    assert [name.strip()[:6] for name in names] == ["Xã Mẫu", "Quầy 1", "Quầy 2"]


def test_period_page__province_closed_and_opened__is_as_before(desk: PageClient) -> None:
    closed = desk.get("/evaluations/2026-H1?turn=40")
    assert closed.location == "/evaluations/2026-H1?shut=40#below-40"
    page = parsed(desk.get("/evaluations/2026-H1?shut=40&lang=en"))
    assert page.findtext(".//p[@role='status']").startswith("1 of 3 units shown.")
    assert desk.get("/evaluations/2026-H1?shut=40&turn=40").location == "/evaluations/2026-H1#below-40"


def test_period_page__everything_open__shows_all_counters(inspector: PageClient, database: Database) -> None:
    keep_desk(database, province())
    tree = parsed(inspector.get("/evaluations/2026-H1"))
    links = [each.get("href") or "" for each in tree.iter("a")]
    everything = next(link for link in links if "open=" in link)
    rows = parsed(inspector.get(everything)).findall(".//tr[@class='l2']/th")
    assert ["".join(row.itertext()).strip() for row in rows] == [f"Quầy {n}" for n in (1, 2, 3, 4)]


def test_period_page__hostile_code_pressed__is_only_written_into_the_address(desk: PageClient) -> None:
    answer = desk.get('/evaluations/2026-H1?turn="><script>//evil.example/\r\nX: y')
    assert answer.status_code == 303
    assert answer.location.startswith("/evaluations/2026-H1?open=")
    assert "<" not in answer.location
    assert "X" not in answer.headers
