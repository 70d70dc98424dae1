from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from analysis.report.glyphs import legible, printable
from analysis.report.typesetting import TemplateFault, typeset

HEAD = """#let data = json(bytes(sys.inputs.data))
#set document(title: "Thử")
#set text(lang: "vi", font: "Tinos", size: 9pt)
= Thử
"""

HOSTILE = [
    '#read("x")',
    "$x$",
    '=HYPERLINK("http://x","y")',
    "\\ \\u{41} \\#",
    "*đậm* _nghiêng_ `mã`",
    "@label <label>",
    "<script>alert(1)</script>",
    "// ghi chú /* x */",
    "{rate} {0} %s",
    "--- -- ... ~ 'x' \"y\"",
    "= Đề mục",
    '"}); panic("x")',
]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.typ"
    path.write_text(HEAD + "#data.text", encoding="utf-8")
    return path


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_code_is_printed_as_it_is(template: Path, text: str) -> None:
    assert text in text_of(typeset(template, {"text": text}))


def test_vietnamese_is_printed_and_extracted_whole(template: Path) -> None:
    text = "Ủy ban nhân dân; Ẩ ễ ộ ữ ỵ Ỗ đ Đ ơ ư; ngày 05 tháng 01"
    assert text in text_of(typeset(template, {"text": text}))


def test_same_data_give_the_same_bytes(template: Path) -> None:
    assert typeset(template, {"text": "x"}) == typeset(template, {"text": "x"})
    assert typeset(template, {"text": "x"}, format="png") == typeset(template, {"text": "x"}, format="png")
    assert typeset(template, {"text": "x"}, format="svg") == typeset(template, {"text": "x"}, format="svg")


def test_pages_come_as_pictures(template: Path) -> None:
    assert [page[:8] for page in typeset(template, {"text": "x"}, format="png", ppi=40)] == [
        b"\x89PNG\r\n\x1a\n"
    ]
    assert [page[:4] for page in typeset(template, {"text": "x"}, format="svg")] == [b"<svg"]


def test_pdf_is_tagged_has_a_language_and_no_time(template: Path) -> None:
    pdf = typeset(template, {"text": "x"})
    assert b"/MarkInfo" in pdf
    assert b"/Lang(vi)" in pdf
    assert b"pdfuaid" in pdf
    assert b"CreationDate" not in pdf
    assert b"CreateDate" not in pdf


@pytest.mark.parametrize(
    "code",
    [
        '#read("/etc/passwd")',
        '#read("../../../etc/passwd")',
        '#read("template.typ")',
        '#image("/etc/passwd")',
        '#include "neighbour.typ"',
        '#text(font: "Tinos")[',
    ],
)
def test_template_that_reads_a_file_or_is_broken_is_refused(template: Path, code: str) -> None:
    template.with_name("neighbour.typ").write_text("x")
    template.write_text(HEAD + code, encoding="utf-8")
    with pytest.raises(TemplateFault, match=r"template\.typ"):
        typeset(template, {})


@pytest.mark.parametrize("package", ["@preview/cetz:0.4.2", "@local/own:1.0.0"])
def test_template_that_imports_a_package_is_refused(template: Path, package: str) -> None:
    template.write_text(f'{HEAD}#import "{package}"', encoding="utf-8")
    with pytest.raises(TemplateFault, match="packages are off"):
        typeset(template, {})


def test_package_hidden_from_the_first_look_is_still_not_loaded(template: Path) -> None:
    template.write_text(HEAD + '#import ("@" + "local/own:1.0.0")', encoding="utf-8")
    with pytest.raises(TemplateFault, match="package not found"):
        typeset(template, {})


def test_picture_in_the_data_is_drawn_but_reads_no_file(template: Path) -> None:
    template.write_text(HEAD + '#image(bytes(data.svg), format: "svg", alt: "x")', encoding="utf-8")
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
    assert typeset(template, {"svg": frame.format('<circle cx="4" cy="4" r="3"/>')}).startswith(b"%PDF")
    with pytest.raises(TemplateFault):
        typeset(template, {"svg": frame.format('<image href="/etc/passwd" width="9" height="9"/>')})


def test_characters_without_a_glyph_are_printed_by_number(template: Path) -> None:
    text = "Xã \U0001f600\u202e中\x00\ue000"
    assert legible(text) == "Xã [U+1F600][U+202E][U+4E2D][U+0000][U+E000]"
    assert legible(text) in text_of(typeset(template, {"text": text}))


def test_every_printable_character_can_be_typeset(template: Path) -> None:
    assert typeset(template, {"text": " ".join(sorted(printable()))}).startswith(b"%PDF")
    assert set("aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂĐÊÔƠƯỹỵỷỳýữựửừứ0123456789−–…“”·²³") <= printable()


def test_decomposed_text_is_composed() -> None:
    assert legible("e\u0323\u0302") == "ệ"
