"""Setting: what the blocks of one document share, and the captions that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docx.document import Document as Doc

from analysis.report.draft.elements import Element, element, paragraph, run
from analysis.report.draft.elements import field as counted_field
from analysis.report.style import Style


@dataclass(slots=True)
class Setting:
    """What the blocks of one document share: the document, the style of the report, words, counts so far.

    ``numbering`` is that of the headings of an annex, None in the body.
    """

    document: Doc
    style: Style
    words: Mapping[str, str]
    counts: dict[str, int] = field(default_factory=dict)
    numbering: str | None = None


def caption(kind: str, text: str, setting: Setting) -> Element:
    """Give a caption whose number Word counts itself."""
    label = setting.words[kind]
    number = setting.counts[kind] = setting.counts.get(kind, 0) + 1
    counted = counted_field(f"SEQ {label} \\* ARABIC", str(number))
    for each in counted:
        each.insert(0, element("w:rPr", element("w:b")))
    runs = (run(f"{label} ", bold=True), *counted, run(". ", bold=True), run(text))
    return paragraph(*runs, style="Caption", keep=kind == "table")
