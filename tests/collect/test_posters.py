import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import sync_playwright
from sqlalchemy import insert, update

from survey_app.cli import main
from survey_app.collect.codes import new_code
from survey_app.collect.drawing import squares
from survey_app.collect.posters import (
    Card,
    Format,
    NoCards,
    Shape,
    faces,
    file_names,
    find_cards,
    print_cards,
)
from survey_app.config import Settings, Texts
from survey_app.store.engine import Database, open_database
from survey_app.store.organisation import Counter, CounterCode, Succession, Unit
from survey_app.store.upgrade import upgrade
from tests.offices import FOUNDED, MONDAY_9, SmallOffice, small_office

TODAY = date(2026, 3, 2)
SETTINGS = Settings(base_url="https://khaosat.example")
CARD = Card("Q3", "Quầy 3 · Hộ tịch, chứng thực", "Xã Kim Liên", "Kim Lien Commune", "K7M4XARX")
ADDRESS = "https://khaosat.example/q/K7M4XARX"
LONG = (
    "Trung tâm Phục vụ hành chính công và giải quyết thủ tục liên thông "
    "của các xã vùng cao phía Tây và ven biển phía Đông "
)
HOSTILE = '#read("x") $x$ =HYPERLINK("http://x") *đậm* \\ //'


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


def pictures(pdf: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=200 / 72).to_pil() for page in document]
    finally:
        document.close()


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def rows_of(picture: Image.Image) -> list[bytes]:
    data = picture.tobytes()
    return [data[start : start + picture.width] for start in range(0, len(data), picture.width)]


def decoded(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def found(database: Database, unit: str, day: date = TODAY, *, below: bool = False) -> list[Card]:
    with database.reading() as connection:
        return find_cards(connection, unit, day, below=below)


def test_pdf__two_cards__each_page_leads_to_its_own_counter() -> None:
    other = replace(CARD, counter="Bàn hướng dẫn", code="9XT3KWM4")
    (pdf,) = print_cards([CARD, other], SETTINGS, "pdf")
    assert [decoded(page) for page in pictures(pdf)] == [[ADDRESS], ["https://khaosat.example/q/9XT3KWM4"]]


def test_pdf__one_card__is_a5_and_says_everything_in_both_languages() -> None:
    (pdf,) = print_cards([CARD], SETTINGS, "pdf")
    document = pypdfium2.PdfDocument(pdf)
    size = document.get_page_size(0)
    document.close()
    assert size == pytest.approx((148 / 25.4 * 72, 210 / 25.4 * 72), abs=0.1)
    (words,) = texts(pdf)
    for said in (
        "Xã Kim Liên", "Kim Lien Commune", "Hộ tịch, chứng thực", "Quầy · Counter 3", "Mời Ông/Bà cho ý kiến",
        "Tell us how you were served", "khaosat.example/q/ K7M4 XARX", "Rất không hài lòng",
        "Very dissatisfied", "Bình thường", "Rất hài lòng", "không hỏi tên", "no name",
        "Sở Nội vụ tỉnh Nghệ An", "Nghe An Department of Home Affairs",
    ):  # fmt: skip
        assert said in words


A4, A5 = (210 / 25.4 * 72, 297 / 25.4 * 72), (148 / 25.4 * 72, 210 / 25.4 * 72)


@pytest.mark.parametrize(
    ("shape", "size", "codes"),
    [("a5", A5, 1), ("a4", A4, 1), ("tent", A4, 2)],
    ids=["card", "poster", "tent"],
)
@pytest.mark.parametrize(
    "name", ["Xã Kim Liên", "W" * 120, HOSTILE], ids=["plain", "one long word", "hostile"]
)
def test_pdf__each_shape__one_page_that_leads_to_its_counter(
    shape: Shape, size: tuple[float, float], codes: int, name: str
) -> None:
    other = replace(CARD, counter="Bàn hướng dẫn", code="9XT3KWM4")
    card = replace(CARD, counter=f"Quầy 12 · {name}", unit=name, unit_en=name)
    (pdf,) = print_cards([card, other], SETTINGS, "pdf", shape)
    document = pypdfium2.PdfDocument(pdf)
    assert [document.get_page_size(page) for page in range(len(document))] == [
        pytest.approx(size, abs=0.1)
    ] * 2
    document.close()
    read = [decoded(page) for page in pictures(pdf)]
    assert read == [[ADDRESS] * codes, ["https://khaosat.example/q/9XT3KWM4"] * codes]
    plain = texts(pdf)[0].replace(" ", "").replace("\u200b", "")
    for said in ("MờiÔng/Bàchoýkiến", "Tellushowyouwereserved", "khônghỏitên", "K7M4XARX", "SởNộivụ"):
        assert said in plain
    page = pictures(pdf)[0].convert("L")
    margin = page.crop((page.width - 60, 0, page.width, page.height))
    folds = sum(min(row) < 255 for row in rows_of(margin))
    assert folds == 0 if shape != "tent" else folds < 12  # nothing but where the paper is folded


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_code_alone__white_of_four_squares_around(form: Format) -> None:
    (made,) = print_cards([CARD], SETTINGS, form, "code")
    picture = pictures(made)[0] if form == "pdf" else Image.open(io.BytesIO(made))
    assert decoded(picture) == [ADDRESS]
    quiet = int(picture.width * 4 / (len(squares(ADDRESS)) + 8)) - 1
    white = picture.convert("L")
    white.paste(255, (quiet, quiet, picture.width - quiet, picture.height - quiet))
    assert picture.width == picture.height
    assert white.getextrema() == (255, 255)


def test_pdf__code__is_drawn_not_a_bitmap() -> None:
    (pdf,) = print_cards([CARD], SETTINGS, "pdf")
    assert b"/Subtype/Image" not in pdf.replace(b" ", b"")


def test_png__one_card__300_pixels_an_inch_and_decodes() -> None:
    (png,) = print_cards([CARD], SETTINGS, "png")
    picture = Image.open(io.BytesIO(png))
    assert picture.size == pytest.approx((148 / 25.4 * 300, 210 / 25.4 * 300), abs=1)
    assert decoded(picture) == [ADDRESS]


def test_png__code__68_mm_wide_with_four_squares_of_white_around() -> None:
    (png,) = print_cards([CARD], SETTINGS, "png")
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    mm = 300 / 25.4
    left, right = code.position.top_left, code.position.bottom_right
    assert (right.x - left.x) / mm == pytest.approx(68, abs=0.5)
    quiet = round(4 * 68 / len(squares(ADDRESS)) * mm) - 3
    box = (left.x - quiet, left.y - quiet, right.x + quiet, right.y + quiet)
    around = Image.open(io.BytesIO(png)).convert("L")
    around.paste(255, (left.x - 2, left.y - 2, right.x + 3, right.y + 3))
    assert around.crop(box).getextrema() == (255, 255)


@pytest.fixture
def drawn() -> Iterator[Callable[[bytes], Image.Image]]:
    """Give what a real browser shows of an SVG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

        def draw(svg: bytes) -> Image.Image:
            page = browser.new_page(viewport={"width": 420, "height": 596}, device_scale_factor=2)
            page.set_content(f'<body style="margin:0">{svg.decode()}')
            return Image.open(io.BytesIO(page.screenshot()))

        yield draw
        browser.close()


@pytest.mark.browser
def test_svg__in_a_browser__decodes(drawn: Callable[[bytes], Image.Image]) -> None:
    (svg,) = print_cards([CARD], SETTINGS, "svg")
    assert decoded(drawn(svg)) == [ADDRESS]


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_print__twice__same_bytes(form: str) -> None:
    assert print_cards([CARD], SETTINGS, form) == print_cards([CARD], SETTINGS, form)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [LONG[:120], "W" * 120, (LONG * 2)[:200], HOSTILE],
    ids=["120 letters", "one word of 120", "200 letters", "hostile"],
)
def test_pdf__long_and_hostile_names__stand_whole_on_one_page(name: str) -> None:
    card = replace(CARD, counter=f"Quầy 12 · {name}"[:200], unit=name, unit_en=name)
    (pdf,) = print_cards([card], SETTINGS, "pdf")
    (words,) = texts(pdf)
    plain = words.replace(" ", "").replace("\u200b", "")
    assert plain.count(name.replace(" ", "")) >= 2
    assert "SởNộivụtỉnhNghệAn" in plain
    (page,) = pictures(pdf)
    assert decoded(page) == [ADDRESS]
    assert page.convert("L").crop((page.width - 90, 0, page.width, page.height)).getextrema() == (255, 255)


def test_pdf__longest_address__typed_address_and_code_still_fit() -> None:
    host = "a" * 60 + ".nghean.gov.vn"
    settings = Settings(base_url=f"https://{host}/", asker=Texts(LONG))
    (pdf,) = print_cards([CARD], settings, "pdf")
    (page,) = pictures(pdf)
    assert decoded(page) == [f"https://{host}/q/K7M4XARX"]
    assert f"{host}/q/K7M4XARX" in texts(pdf)[0].replace(" ", "").replace("\u200b", "")


def test_faces__drawing_of_the_page__five() -> None:
    assert [face.count("<circle") for face in faces()] == [1] * 5


def test_find__unit__only_its_own_open_counters_with_the_newest_code(
    database: Database, office: SmallOffice
) -> None:
    newest, retired = new_code(), new_code()
    later = MONDAY_9 + timedelta(days=1)
    with database.writing() as connection:
        connection.execute(
            insert(CounterCode).values(code=newest, counter_id=office.counter, created_at=later)
        )
        connection.execute(
            insert(CounterCode).values(
                code=retired,
                counter_id=office.counter,
                created_at=later + timedelta(days=1),
                retired_at=later + timedelta(days=2),
            )
        )
        connection.execute(
            insert(Counter).values(
                code="Q0",
                name="Quầy cũ",
                unit_id=office.commune,
                valid_from=FOUNDED,
                valid_to=date(2026, 1, 1),
            )
        )
    assert [(c.counter_code, c.unit, c.code) for c in found(database, "01")] == [
        ("Q1", "Xã Mẫu", newest),
        ("Q2", "Xã Mẫu", office.shared_code),
    ]


def test_find__province_with_below__counters_of_its_communes(database: Database, office: SmallOffice) -> None:
    assert [card.counter_code for card in found(database, "40", below=True)] == ["Q1", "Q2"]


def test_find__province_alone__says_that_below_would_help(database: Database, office: SmallOffice) -> None:
    with pytest.raises(NoCards, match="runs no open counter on 2026-03-02; --below"):
        found(database, "40")


def test_find__unit_merged_away__counter_stands_under_its_successor(
    database: Database, office: SmallOffice
) -> None:
    with database.writing() as connection:
        connection.execute(update(Unit).where(Unit.id == office.commune).values(valid_to=date(2026, 4, 30)))
        new = connection.execute(
            insert(Unit).values(code="02", name="Xã Mới", kind="commune", valid_from=date(2026, 5, 1))
        ).inserted_primary_key
        assert new is not None
        connection.execute(
            insert(Succession).values(
                old_unit_id=office.commune, new_unit_id=new[0], date=date(2026, 5, 1), kind="merge"
            )
        )
    assert [(c.unit, c.code) for c in found(database, "02", date(2026, 5, 4))] == [
        ("Xã Mới", office.code),
        ("Xã Mới", office.shared_code),
    ]
    with pytest.raises(NoCards, match="'01'"):
        found(database, "01", date(2026, 5, 4))


def test_find__counter_without_code_in_force__named(database: Database, office: SmallOffice) -> None:
    with database.writing() as connection:
        connection.execute(update(CounterCode).values(retired_at=datetime(2026, 3, 1, tzinfo=UTC)))
    with pytest.raises(NoCards, match="counters Q1, Q2: have no code in force"):
        found(database, "01")


def test_file_names__counter_codes_that_would_lead_elsewhere__made_harmless() -> None:
    cards = [replace(CARD, counter_code=code) for code in ("Q1", "../a/b", "a b")]
    assert file_names(cards, Path("out/x.svg")) == ["x-Q1.svg", "x-..%2Fa%2Fb.svg", "x-a%20b.svg"]
    assert file_names(cards[:1], Path("out/x.svg")) == ["x.svg"]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Give the command in an installation with the small office."""
    database = open_database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade(database)
    with database.writing() as connection:
        small_office(connection)
    database.engine.dispose()

    def invoke(*words: str) -> tuple[int, str, str]:
        outcome = CliRunner().invoke(main, ["--instance", str(tmp_path), "qr", *words])
        return outcome.exit_code, outcome.stdout, outcome.stderr

    return invoke


def test_command__pdf__written_and_named(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    assert run("01", "--out", str(out)) == (0, f"{out}\n2 counters\n", "")
    assert len(pictures(out.read_bytes())) == 2


def test_command__tent__a_page_a_counter(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    out = tmp_path / "tents.pdf"
    assert run("01", "--form", "tent", "--out", str(out))[0] == 0
    assert [len(decoded(page)) for page in pictures(out.read_bytes())] == [2, 2]


def test_command__svg_of_two_counters__two_files_listed(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, listed, _ = run("40", "--below", "--out", str(tmp_path / "card.svg"))
    files = [tmp_path / "card-Q1.svg", tmp_path / "card-Q2.svg"]
    assert (code, listed.splitlines()) == (0, [*map(str, files), "2 counters"])
    assert all(file.read_text(encoding="utf-8").startswith("<svg") for file in files)


def test_command__unknown_unit__said_and_exit_1(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, _, said = run("99", "--out", str(tmp_path / "card.pdf"))
    assert code == 1
    assert said.startswith("unit '99': none has this code on ")
    assert not (tmp_path / "card.pdf").exists()


def test_command__unknown_kind_of_file__wrong_usage(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, _, said = run("01", "--out", str(tmp_path / "card.docx"))
    assert code == 2
    assert ".pdf, .svg or .png" in said
