"""Comment pages: inspectors read what people wrote, and black out what names somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Connection, Row

from analysis.period import Period
from survey_app.access.guard import required
from survey_app.evaluate.comments import CommentFault, Span, redact, unreviewed
from survey_app.evaluate.own_figures import question_name
from survey_app.evaluate.scoped import Scope, period_or_404, scope_in
from survey_app.evaluate.snapshots import newest
from survey_app.ground import database, desk_blueprint, now, person

comments = desk_blueprint("comments", __name__, "/evaluations/<label>/comments")

PAGE = 10
"""Comments of one page: every word of them can be chosen by the keyboard."""


@dataclass(frozen=True)
class Word:
    """A word of a comment, or what stands between two; ``span`` is where a word stands."""

    text: str
    span: str = ""


@comments.get("")
@required("inspector")
def overview(label: str) -> ResponseReturnValue:
    """List the comments that nobody has read yet, of the units of the person's scope."""
    return _page(period_or_404(label))


@comments.post("/<int:number>/<int:part>/<question>")
@required("inspector")
def review(label: str, number: int, part: int, question: str) -> ResponseReturnValue:
    """Black out the chosen words of a comment, or all of it, and note that it was read."""
    this = period_or_404(label)
    with database().reading() as connection:
        rows = _rows(connection, this, scope_in(connection, this, "inspector"))
    key = (number, part, question)
    row = next((each for each in rows if (each.response_number, each.part, each.question) == key), None)
    if row is None:
        return _page(this, gettext("This comment is not there any more, or was read by somebody else.")), 404
    if digest(row.text) != request.form.get("seen", ""):
        return _page(this, gettext("This comment has another text by now. Read it again.")), 422
    whole = request.form.get("act") == "whole"
    try:
        with database().writing() as connection:
            redact(
                connection,
                number,
                part,
                question,
                now(),
                person().id,
                seen=row.text,
                spans=joined(_spans(row.text, request.form.getlist("w")), row.text),
                whole=whole,
            )
    except CommentFault:
        return _page(this, gettext("Somebody else read this comment meanwhile.")), 422
    asked: dict[str, Any] = {"unit": request.args.get("unit") or None, "told": "read"}
    return redirect(url_for("comments.overview", label=label, **asked), 303)


def _page(this: Period, fault: str = "") -> str:
    chosen = request.args.get("unit", "")[:60]
    with database().reading() as connection:
        scope = scope_in(connection, this, "inspector")
        rows = _rows(connection, this, scope)
        made = newest(connection, this.label)
    found = [row for row in rows if chosen in ("", row.unit_code)]
    return render_template(
        "evaluate/comments/list.html",
        period=this,
        rows=found[:PAGE],
        found=len(found),
        units=sorted({(row.unit_name, row.unit_code) for row in rows}),
        chosen=chosen,
        words_of=words_of,
        digest=digest,
        question_name=question_name,
        fault=fault,
        told=gettext("The comment is noted as read.") if request.args.get("told") == "read" else "",
        demo=made is not None and made.demo,
    )


def _rows(connection: Connection, this: Period, scope: Scope) -> list[Row[Any]]:
    return unreviewed(connection, this, scope.codes())


def words_of(text: str) -> list[Word]:
    """Give a comment as words and what stands between them.

    >>> [(word.text, word.span) for word in words_of("Chị Lan, tốt")]
    [('Chị', '0-3'), (' ', ''), ('Lan,', '4-8'), (' ', ''), ('tốt', '9-12')]
    """
    return list(_pieces(text))


def joined(spans: list[Span], text: str) -> list[Span]:
    """Give places with those as one that only space parts: two words of one name are one mark.

    >>> joined([(0, 3), (4, 7), (12, 15)], "Chị Lan làm tốt")
    [(0, 7), (12, 15)]
    """
    found: list[Span] = []
    for first, after in sorted(spans):
        if found and not text[found[-1][1] : first].strip():
            found[-1] = (found[-1][0], max(after, found[-1][1]))
        else:
            found.append((first, after))
    return found


def digest(text: str) -> str:
    """Give what tells a text from another; a browser would send line ends back changed."""
    return sha256(text.encode()).hexdigest()


def _pieces(text: str) -> Iterator[Word]:
    end = 0
    for found in re.finditer(r"\S+", text):
        if found.start() > end:
            yield Word(text[end : found.start()])
        yield Word(found.group(), f"{found.start()}-{found.end()}")
        end = found.end()
    if end < len(text):
        yield Word(text[end:])


def _spans(text: str, chosen: list[str]) -> list[Span]:
    """Give the places of words that a form chose; a place that is no word's is not ours."""
    known = {word.span for word in words_of(text) if word.span}
    if not known.issuperset(chosen):
        abort(400)
    return [(int(first), int(after)) for first, after in (span.split("-") for span in chosen)]
