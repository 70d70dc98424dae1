"""Draft: the report of a summary as a Word document that an office edits, numbers and signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from docx.enum.section import WD_SECTION

from analysis.report.document import document_data
from analysis.report.draft.archive import packed
from analysis.report.draft.blocks import written
from analysis.report.draft.frame import annex_of, end_of, head_of, opening_of, title_of
from analysis.report.draft.page import blank, set_edges, set_page, set_properties
from analysis.report.draft.setting import Setting
from analysis.report.letterhead import Letterhead
from analysis.report.numerals import Language
from analysis.report.provenance import Provenance
from analysis.report.style import style_of
from analysis.report.wording import wording
from analysis.rules import Rules
from analysis.summary import Summary

__all__ = ["draft"]


def draft(
    summary: Summary,
    *,
    language: Language,
    letterhead: Letterhead,
    labels: Mapping[str, str] | None = None,
    minimum: int | None = None,
    rules: Rules | None = None,
    provenance: Provenance | None = None,
    made_on: date | None = None,
) -> bytes:
    """Give the report of a summary as a Word document (DOCX) in the form of administrative documents.

    It says what the PDF says, in styles, captions and tables that an office can edit; where the PDF has bars
    it has figures. Number, day, remarks and signature are left to the office. The same arguments give the
    same bytes.

    Parameters
    ----------
    summary, language, letterhead, labels, minimum, rules, provenance
        As for `analysis.report.document.report_pdf`.
    made_on
        The day that stands in the file; the last day of the period if not given.

    Raises
    ------
    UnknownLanguage
        If the report is not written in the language.
    UnknownBlock
        If the report has a part that a Word document cannot show.
    """
    style = style_of(summary, wording(language), labels or {}, rules)
    data: Mapping[str, Any] = document_data(summary, style, letterhead, minimum, provenance or Provenance())
    region = f"{data['language']}-{data['region']}"
    document = blank(region)
    setting = Setting(document, style, data["words"])
    _write(document, data, setting)
    set_properties(
        document,
        title=data["title"],
        author=data["author"],
        subject=data["subject"],
        region=region,
        day=made_on or summary.period.last_day,
    )
    return packed(document)


def _write(document: Any, data: Mapping[str, Any], setting: Setting) -> None:
    section = document.sections[0]
    set_page(section)
    set_edges(section, data["foot"]["left"], data["foot"]["right"], data["demo"])
    last = document.element.body[-1]
    revised = [] if data["revision"] is None else [opening_of(data["revision"])]
    for each in (
        *head_of(data["head"]),
        *title_of(data["kind"], data["subject"], data["addressee"]),
        *revised,
        opening_of(data["opening"]),
        *written(data["body"], setting),
        *written(data["remarks"], setting, keep=True),
        *end_of(data["end"]),
    ):
        last.addprevious(each)
    for annex in data["annexes"]:
        set_page(document.add_section(WD_SECTION.NEW_PAGE))
        for each in annex_of(annex, setting):
            last.addprevious(each)
