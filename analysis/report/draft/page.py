"""Page: paper, styles, language, numbering, head and foot of the document that an office edits."""

from __future__ import annotations

from datetime import date, datetime

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from analysis.report.draft.elements import (
    BRICK,
    HAIRLINE,
    SOFT,
    Element,
    border,
    element,
    field,
    paragraph,
    run,
)
from analysis.report.plain import plain

SERIF = "Times New Roman"

BODY, LETTERED, CELL, NOTE, HEAD, ANNEX = "BodyText", "Lettered", "Cell", "Note", "Head", "Annex"
HEADINGS = ("Heading1", "Heading2")
"""Ids of the styles in use."""

_SIZES = {"Body Text": 14, "Lettered": 14, "Cell": 11, "Note": 10, "Head": 13, "Caption": 12, "Annex": 14}
_NUMBERING = "77"


def blank(region: str) -> Doc:
    """Give an empty document on A4 in Times New Roman 14, in a language such as ``vi-VN``."""
    document = Document()
    _drop_thumbnail(document)
    _set_language(document, region)
    normal = _style(document, "Normal")
    _set_font(normal, 14)
    normal.paragraph_format.space_after = Pt(0)
    for name in _SIZES:
        _shape(document, name)
    for level, name in enumerate(("Heading 1", "Heading 2")):
        _set_heading(_style(document, name), level)
    title = _style(document, "Title")
    _set_font(title, 14, bold=True)
    _drop(title, "w:pBdr")
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(0)
    _add_numbering(document)
    return document


def _style(document: Doc, name: str) -> ParagraphStyle:
    if name in document.styles:
        found = document.styles[name]
    else:
        found = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        found.base_style = document.styles["Normal"]
    assert isinstance(found, ParagraphStyle)
    return found


def _shape(document: Doc, name: str) -> None:
    style = _style(document, name)
    _set_font(style, _SIZES[name], bold=name == "Annex", colour=SOFT if name == "Note" else None)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(0), Pt(0)
    if name in ("Body Text", "Lettered"):
        form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        form.space_after = Pt(6)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.1
        form.first_line_indent = Mm(12.7) if name == "Body Text" else Mm(-7)
        form.left_indent = Mm(0) if name == "Body Text" else Mm(19.7)
    elif name == "Cell":
        form.space_before = form.space_after = Pt(2.5)
    elif name == "Note":
        form.space_before, form.space_after = Pt(3), Pt(10)
    elif name == "Caption":
        form.space_before, form.space_after, form.keep_with_next = Pt(8), Pt(4), True
    elif name == "Annex":
        form.alignment, form.space_after, form.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, Pt(6), True
        style.element.get_or_add_pPr().append(element("w:outlineLvl", val="0"))


def _set_heading(style: ParagraphStyle, level: int) -> None:
    _set_font(style, 14, bold=True)
    form = style.paragraph_format
    form.space_before, form.space_after, form.keep_with_next = Pt((14, 8)[level]), Pt(6), True
    properties = style.element.get_or_add_pPr()
    properties.get_or_add_numPr().append(element("w:ilvl", val=str(level)))
    properties.get_or_add_numPr().append(element("w:numId", val=_NUMBERING))


def _set_font(style: ParagraphStyle, size: float, *, bold: bool = False, colour: str | None = None) -> None:
    style.font.name, style.font.size = SERIF, Pt(size)
    style.font.bold, style.font.italic = bold, False
    style.font.color.rgb = RGBColor.from_string(colour or "000000")
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # A font of the theme would go before the named one.
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), SERIF)
    _drop(style, "w:spacing")


def _drop(style: ParagraphStyle, tag: str) -> None:
    for found in list(style.element.iter(qn(tag))):
        found.getparent().remove(found)


def _set_language(document: Doc, region: str) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        for name in ("w:val", "w:eastAsia"):
            language.set(qn(name), region)


def _drop_thumbnail(document: Doc) -> None:
    relations = document.part.package.rels
    for key in [key for key, each in relations.items() if each.reltype.endswith("/thumbnail")]:
        del relations[key]


def _add_numbering(document: Doc) -> None:
    """Add the numbers of headings: I., then 1. anew below each."""
    numbering = document.part.numbering_part.element
    levels = [
        element(
            "w:lvl",
            element("w:start", val="1"),
            element("w:numFmt", val=form),
            element("w:pStyle", val=HEADINGS[level]),
            element("w:suff", val="space"),
            element("w:lvlText", val=f"%{level + 1}."),
            element("w:lvlJc", val="left"),
            element("w:pPr", element("w:ind", left="720", firstLine="0")),
            ilvl=str(level),
        )
        for level, form in enumerate(("upperRoman", "decimal"))
    ]
    abstract = element(
        "w:abstractNum", element("w:multiLevelType", val="multilevel"), *levels, abstractNumId=_NUMBERING
    )
    first = next((each for each in numbering if each.tag == qn("w:num")), None)
    if first is None:
        numbering.append(abstract)
    else:
        first.addprevious(abstract)
    numbering.append(element("w:num", element("w:abstractNumId", val=_NUMBERING), numId=_NUMBERING))


def numbered_anew(document: Doc) -> str:
    """Give the id of a numbering in which the headings of an annex begin at 1."""
    numbering = document.part.numbering_part.element
    number = str(int(_NUMBERING) + sum(each.tag == qn("w:num") for each in numbering))
    over = element("w:lvlOverride", element("w:startOverride", val="1"), ilvl="1")
    numbering.append(element("w:num", element("w:abstractNumId", val=_NUMBERING), over, numId=number))
    return number


def set_page(section: Section, *, first_number: int = 1) -> None:
    """Set the paper of a section: A4, 20/20/30/15 mm, its pages numbered from the second on."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance, section.footer_distance = Mm(9), Mm(9)
    section.different_first_page_header_footer = True
    properties = section._sectPr
    for found in properties.findall(qn("w:pgNumType")):
        properties.remove(found)
    columns = properties.find(qn("w:cols"))
    number = element("w:pgNumType", start=str(first_number))
    if columns is None:
        properties.append(number)
    else:
        columns.addprevious(number)


def set_edges(section: Section, left: str, right: str, demo: str | None) -> None:
    """Set what stands above and below every page: its number, made-up data, and where figures come from."""
    for first in (True, False):
        head = section.first_page_header if first else section.header
        foot = section.first_page_footer if first else section.footer
        runs = [run("\t", size=13), *([] if first else field("PAGE", "2"))]
        runs.append(run("\t", size=13))
        if demo:
            runs.append(run(demo, size=8.5, colour=BRICK))
        for place, edge, content in (
            ("head", head, runs),
            (
                "foot",
                foot,
                [run(left, size=8.5, colour=SOFT), run("\t", size=8.5), run(right, size=8.5, colour=SOFT)],
            ),
        ):
            edge.is_linked_to_previous = False
            for old in list(edge._element):
                edge._element.remove(old)
            edge._element.append(_edge(place, content))


def _edge(place: str, content: list[Element]) -> Element:
    made = paragraph(*content, style=HEAD)
    stops = [("right", 9354)] if place == "foot" else [("center", 4677), ("right", 9354)]
    properties = made[0]
    tabs = element("w:tabs", *(element("w:tab", val=kind, pos=str(at)) for kind, at in stops))
    if place == "foot":
        properties.append(element("w:pBdr", border("top", 4, HAIRLINE)))
    properties.append(tabs)
    return made


def set_properties(document: Doc, *, title: str, author: str, subject: str, region: str, day: date) -> None:
    """Set what the file says of itself; ``day`` stands in it in place of the clock."""
    told = document.core_properties
    told.title, told.author, told.subject = plain(title)[:255], plain(author)[:255], plain(subject)[:255]
    told.language, told.comments, told.keywords, told.last_modified_by = region, "", "", ""
    told.created = told.modified = datetime(day.year, day.month, day.day)
    told.revision = 1
