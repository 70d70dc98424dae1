"""Trend: the leading rate over several periods as a sheet with a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.report.terms import INSTEAD
from analysis.report.workbook.book import Book, added, ruled, write_heads, write_text
from analysis.report.workbook.columns import COLUMNS
from analysis.report.workbook.notes import write_cells
from analysis.report.workbook.terms import measured, remarks
from analysis.summary import Row

_COLUMNS = ("period", "name", "measure", "rate", "low", "high", "answers", "responses", "coverage", "status")
_FORMS = ("text", "name", "text", "rate", "share", "share", "count", "count", "share", "remark")
_LAM, _BAND = "#0F4F86", "#9FC0DB"
_FONT = {"name": "Arial", "size": 9}


def write_trend(book: Book, rows: Sequence[Row]) -> None:
    """Add the sheet of rows of several periods, in their order; a chart if they are of one domain."""
    columns = [COLUMNS[name] for name in _COLUMNS]
    widths = [column.width for column in columns]
    made, head = added(book, "Trend", widths, title=book.say("Rate over time"))
    heads = [(column.heading(book.language), column.form not in ("word", "text")) for column in columns]
    write_heads(made, head, heads, book, freeze=1)
    made.autofilter(head, 0, head + max(1, len(rows)), len(columns) - 1)
    ruled(made, head + 1, head + len(rows), len(columns), book)
    for row, each in enumerate(rows, start=head + 1):
        figures = (each.rate, each.low, each.high, each.answers, each.responses, each.coverage)
        shown = (each.period, each.name, measured(each.measure, book), *figures, remarks(each.status, book))
        write_cells(made, row, shown, _FORMS, book)
        if each.rate is None:
            status = "suppressed" if "suppressed" in each.status else "no_data"
            write_text(made, row, 3, book.style.words.say(INSTEAD[status]), book, "hidden")
    about = {(each.kind, each.role, each.code, each.measure) for each in rows}
    if len(about) == 1 and sum(each.rate is not None for each in rows) > 1:
        _draw(made, book, head + 1, head + len(rows), rows[0].name)


def _draw(sheet: Any, book: Book, first: int, last: int, name: str) -> None:
    chart = book.made.add_chart({"type": "line"})
    place = sheet.get_name()
    lines = (
        (
            3,
            {"color": _LAM, "width": 2.25},
            {"type": "circle", "size": 5, "fill": {"color": _LAM}, "border": {"none": True}},
        ),
        (4, {"color": _BAND, "width": 1.25}, {"type": "none"}),
        (5, {"color": _BAND, "width": 1.25}, {"type": "none"}),
    )
    for column, line, marker in lines:
        chart.add_series(
            {
                "name": COLUMNS[_COLUMNS[column]].heading(book.language),
                "categories": [place, first, 0, last, 0],
                "values": [place, first, column, last, column],
                "line": line,
                "marker": marker,
            }
        )
    chart.set_x_axis({"num_font": _FONT})
    chart.set_y_axis(
        {
            "num_font": _FONT,
            "num_format": "0%",
            "major_gridlines": {"visible": True, "line": {"color": "#D3D0C9"}},
        }
    )
    chart.set_legend({"position": "bottom", "font": _FONT})
    chart.set_title({"none": True})
    chart.set_size({"width": 760, "height": 300})
    chart.show_na_as_empty_cell()
    about = f"{book.say('Rate over time')}: {name}"
    sheet.insert_chart(last + 2, 0, chart, {"description": about})
