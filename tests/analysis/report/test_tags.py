from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf
import pytest

from analysis.report import Letterhead
from analysis.report.document import report_pdf
from analysis.report.numerals import Language
from analysis.summary import Summary

Letterheads = Mapping[Language, Letterhead]


@pytest.fixture(scope="module", params=["vi", "en"])
def pdf(request: pytest.FixtureRequest, judged: Summary, letterheads: Letterheads) -> Iterator[pikepdf.Pdf]:
    language: Language = request.param
    made = report_pdf(judged, language=language, letterhead=letterheads[language], minimum=10)
    with pikepdf.open(io.BytesIO(made)) as opened:
        yield opened


def elements(node: Any) -> Iterator[Any]:
    """Give the structure elements below a node, each before those inside it."""
    kids = node.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def test_document_is_tagged_titled_and_in_its_language(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    assert root.MarkInfo.Marked is True
    assert str(root.Lang) in ("vi-VN", "en-GB")
    assert root.ViewerPreferences.DisplayDocTitle is True
    assert str(pdf.docinfo["/Title"]).startswith(("Báo cáo: Kết quả", "Report: Results"))
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == str(pdf.docinfo["/Title"])


def test_headings_tables_and_figures_are_marked_as_such(pdf: pikepdf.Pdf) -> None:
    found = Counter(str(element.S) for element in elements(pdf.Root.StructTreeRoot))
    for tag in ("/Document", "/H1", "/H2", "/P", "/L", "/Table", "/TH", "/TD", "/Figure", "/Caption"):
        assert found[tag], tag


def test_every_figure_has_a_text_made_from_its_data(pdf: pikepdf.Pdf) -> None:
    figures = [element for element in elements(pdf.Root.StructTreeRoot) if element.S == "/Figure"]
    texts = [str(figure.Alt) for figure in figures]
    assert len(texts) == 3
    assert all(any(sign.isdigit() for sign in text) and len(text) > 60 for text in texts)


def test_every_font_is_embedded(pdf: pikepdf.Pdf) -> None:
    descriptors = [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
    ]
    fonts = [
        item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
    ]
    assert {str(each.FontName).partition("+")[2] for each in descriptors} == {
        "Tinos",
        "Tinos-Bold",
        "Tinos-Italic",
        "Tinos-BoldItalic",
        "Arimo",
    }
    assert all(any(key in each for key in ("/FontFile2", "/FontFile3")) for each in descriptors)
    for font in fonts:
        assert "/FontDescriptor" in font or "/DescendantFonts" in font


def test_header_cells_say_what_they_head(pdf: pikepdf.Pdf) -> None:
    heads = [element for element in elements(pdf.Root.StructTreeRoot) if element.S == "/TH"]
    for head in heads:
        attributes = head.get("/A")
        listed = list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
        assert any(str(each.get("/Scope")) in ("/Column", "/Row", "/Both") for each in listed)
