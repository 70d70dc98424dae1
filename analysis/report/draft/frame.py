"""Frame: head, title, end and annexes of an administrative document, by Decree 30/2020."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.report.charts.marks import text_width
from analysis.report.draft.blocks import written
from analysis.report.draft.elements import (
    PAGE,
    Element,
    boxed,
    cell,
    paragraph,
    row,
    rule,
    run,
    table,
)
from analysis.report.draft.page import ANNEX, BODY, NOTE, numbered_anew
from analysis.report.draft.setting import Setting

_LEFT = round(PAGE * 0.46)
_RIGHT = PAGE - _LEFT
_TITLE_RULE = 2150
"""Twentieths of a point: 38 mm."""


def _centred(text: str, size: float, *, bold: bool = False, italic: bool = False) -> Element:
    return paragraph(run(text, bold=bold, italic=italic, size=size), align="center")


def head_of(head: Mapping[str, Any]) -> list[Element]:
    """Give the head: issuer and draft mark left, motto, place and open day right; number left blank."""
    issuer = round(text_width(head["issuer"], 12, bold=True) * 20)
    left = [
        _centred(head["parent"], 12),
        _centred(head["issuer"], 12, bold=True),
        rule(min(_LEFT, issuer) // 2, _LEFT - 114, after=60),
    ]
    if head["motto"] is None:
        right = [_centred(head["translation"], 13, bold=True)]
    else:
        country, motto = head["motto"]
        width = round(text_width(motto, 13, bold=True) * 20)
        right = [
            _centred(country, 12, bold=True),
            _centred(motto, 13, bold=True),
            rule(width, _RIGHT - 114, after=60),
        ]
    rows = [row(cell(_LEFT, *left), cell(_RIGHT, *right))]
    if head["motto"] is not None:
        number = _centred(head["number"], 13)
        rows.append(row(cell(_LEFT, number), cell(_RIGHT, _centred(head["place-and-day"], 13, italic=True))))
    rows.append(row(cell(_LEFT, boxed(head["draft"], 12, (1300, 1300))), cell(_RIGHT, paragraph())))
    return [table([_LEFT, _RIGHT], rows), paragraph(spacing=(0, 60))]


def title_of(kind: str, subject: str, addressee: str) -> list[Element]:
    """Give the title: the kind of document, its subject over a rule, to whom it goes."""
    return [
        _centred(kind, 14, bold=True),
        paragraph(run(subject), style="Title"),
        rule(_TITLE_RULE, PAGE, after=200),
        paragraph(run(addressee), align="center", spacing=(60, 160)),
    ]


def opening_of(text: str) -> Element:
    """Give the first sentence of the body."""
    return paragraph(run(text), style=BODY)


def end_of(end: Mapping[str, Any]) -> list[Element]:
    """Give the end: recipients left, room for office, signature and name right."""
    left = [paragraph(run(end["recipients-title"], bold=True, italic=True, size=12))]
    left += [paragraph(run(line, size=11)) for line in end["recipients"]]
    right = [paragraph(run(end["signature"], italic=True, size=13), align="center")]
    right += [paragraph() for _ in range(4)]
    half = PAGE // 2
    return [
        paragraph(spacing=(120, 0), keep=True),
        table([half, half], [row(cell(half, *left), cell(half, *right))]),
        # A document does not end with a table.
        paragraph(style=NOTE),
    ]


def annex_of(annex: Mapping[str, Any], setting: Setting) -> list[Element]:
    """Give an annex: its mark if restricted, name and title, and its blocks."""
    made: list[Element] = []
    if annex["restricted"]:
        made.append(boxed(annex["restricted"], 13, (6000, 60)))
        made.append(paragraph(spacing=(0, 60)))
    made.append(paragraph(run(f"{annex['name']}\n{annex['title']}"), style=ANNEX))
    made.append(paragraph(run(annex["belongs"], italic=True, size=13), align="center", spacing=(0, 160)))
    anew = replace(setting, numbering=numbered_anew(setting.document))
    return [*made, *written(annex["body"], anew)]
