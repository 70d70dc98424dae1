"""What holds for charts of every kind."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from babel.messages.pofile import read_po
from matplotlib.figure import Figure

from analysis.report.charts import marks, svg
from analysis.report.numerals import LANGUAGES, Language
from analysis.report.wording import CATALOGUES
from tests.analysis.report.charts.conftest import KINDS, Draw, names, texts, written

Pairs = Callable[[Figure], list[tuple[str, str]]]
Texts = Callable[[Figure], list[str]]

PALETTE = {
    *(marks.LAM, marks.BAND, marks.WASH, marks.GACH),
    *(marks.INK, marks.INK2, marks.HAIRLINE, marks.PAPER, *marks.ANSWERS),
}
HOSTILE = (
    r"$x$ {n} & <script> \a",
    '#read("x")',
    "Trung tâm Phục vụ hành chính công và Chuyển đổi số liên xã của các vùng ven biển phía đông bắc tỉnh",
    "W" * 80,
)
SIZES = (1, 2, 3, 12, 36, 130)
NAMED = ("intervals", "change", "answers")
"""Charts that show every name they are given."""


def packed(lines: list[str]) -> str:
    return "".join("".join(line.split()) for line in lines)


@pytest.mark.parametrize("n", SIZES)
def test_no_text_lies_on_another_or_leaves_the_sheet(
    draw: Draw, language: Language, n: int, overlaps: Pairs, outside: Texts
) -> None:
    figure = draw(names(n), language)
    assert overlaps(figure) == []
    assert outside(figure) == []


@pytest.mark.parametrize("n", [1, 4, 40])
def test_hostile_names_stay_in_their_place(
    draw: Draw, language: Language, n: int, overlaps: Pairs, outside: Texts
) -> None:
    figure = draw([HOSTILE[i % 4] for i in range(n)], language)
    assert overlaps(figure) == []
    assert outside(figure) == []


@pytest.mark.parametrize("kind", NAMED)
def test_names_are_drawn_as_they_are(kind: str) -> None:
    shown = packed(texts(KINDS[kind](list(HOSTILE), "vi")))
    for name in HOSTILE:
        assert "".join(name.split()) in shown


def test_no_text_is_read_as_a_formula(draw: Draw) -> None:
    figure = draw([*HOSTILE, "$\\frac{1}{2}$"], "vi")
    assert all(not text.get_parse_math() for text in written(figure))
    svg(figure)


@pytest.mark.parametrize("sign", ["\u202e", "\u4e2d", "\u0007"])
@pytest.mark.parametrize("kind", NAMED)
def test_signs_the_font_cannot_show_are_named(kind: str, sign: str) -> None:
    shown = packed(texts(KINDS[kind]([f"A{sign}B", "C"], "vi")))
    assert sign not in shown
    assert f"A[U+{ord(sign):04X}]B" in shown


@pytest.mark.parametrize("kind", ["intervals", "change"])
def test_all_units_of_a_province_fit_one_page(kind: str) -> None:
    figure = KINDS[kind](names(130), "vi")
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(marks.PAGE)
    assert height <= 242


@pytest.mark.parametrize("n", [2, 36])
def test_colours_are_those_of_the_look(draw: Draw, n: int) -> None:
    drawn = set(re.findall(r"#[0-9a-f]{6}\b", svg(draw(names(n), "vi")).decode()))
    assert drawn <= PALETTE | {"#000000"}


def test_picture_is_the_same_each_time_and_needs_nothing_else(draw: Draw) -> None:
    one, other = (svg(draw(names(5), "vi")).decode() for _ in range(2))
    assert one == other
    assert "<text" not in one
    assert not re.search(r'href="(?!#)', one)


def test_language_is_that_of_every_word(draw: Draw) -> None:
    labels = [f"{place:03}" for place in range(12)]
    vietnamese, english = (
        {text for text in texts(draw(labels, language)) if re.search(r"[^\W\d_]", text)}
        for language in LANGUAGES
    )
    assert vietnamese.isdisjoint(english)


def test_every_sentence_of_the_charts_has_a_vietnamese_form() -> None:
    source = (CATALOGUES / "vi" / "LC_MESSAGES" / "report.po").read_bytes()
    said = [
        message
        for message in read_po(io.BytesIO(source), locale="vi")
        if any("/charts/" in name for name, _ in message.locations)
    ]
    assert len(said) > 40
    for message in said:
        english = message.id if isinstance(message.id, str) else message.id[0]
        vietnamese = (
            message.string if isinstance(message.string, str) else (message.string or [""])[0]
        ).strip()
        assert vietnamese, english
        assert vietnamese != english


def test_charts_never_touch_the_state_that_all_figures_share() -> None:
    program = (
        "import sys, matplotlib;"
        "names = ('svg.fonttype', 'svg.hashsalt', 'font.size', 'text.parse_math');"
        "shared = lambda: [matplotlib.rcParams[name] for name in names];"
        "before = shared();"
        "from analysis.report import charts;"
        "charts.svg(charts.interval_plot(['A'], [0.8], [0.7], [0.9]));"
        "assert 'matplotlib.pyplot' not in sys.modules;"
        "assert before == shared()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
