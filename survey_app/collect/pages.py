"""Pages: the citizen's form, thanks and messages as HTML, in the language of the person."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal, format_percent
from flask import Request, Response, render_template
from flask_babel import force_locale, format_date, get_locale, lazy_gettext
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from survey_app.collect.asked import Opened
from survey_app.collect.faults import worded
from survey_app.collect.finished import FinishedPage
from survey_app.collect.published import Figure
from survey_app.collect.served import script_address
from survey_app.collect.tongues import (
    NAMES,
    attributes,
    catalogue_of,
    direction,
    offered_by,
    sentence,
    stands_in,
)
from survey_app.config import Settings
from survey_app.questionnaire.definition import Question, Questionnaire, applies

FOLDER = Path(__file__).parents[1] / "templates" / "citizen"
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8").replace("\n", "")
FACES = (FOLDER / "faces.svg").read_text(encoding="utf-8").strip()
MORE = STYLE + (FOLDER / "more.css").read_text(encoding="utf-8").replace("\n", "")


def _policy(style: str) -> str:
    """Give what a page with a style may do."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


POLICY = _policy(MORE)
FORM_POLICY = f"{_policy(STYLE)}; script-src 'self'; connect-src 'self'"
MORE_POLICY = f"{POLICY}; script-src 'self'; connect-src 'self'; media-src 'self'"
"""For forms with faults or recordings, whose style is the longer one."""

MESSAGES = {
    "unknown_code": (
        lazy_gettext("Code not found"),
        lazy_gettext("It may be blurred or mistyped. Scan again or ask the help desk."),
    ),
    "retired_code": (
        lazy_gettext("This code is no longer used"),
        lazy_gettext("Scan the new one at the counter."),
    ),
    "closed_questionnaire": (
        lazy_gettext("This form is closed"),
        lazy_gettext("Scan again to open the new one."),
    ),
    "spent_slip": (
        lazy_gettext("This invitation has been used"),
        lazy_gettext("Each works once. If it was not you, please tell: %(channels)s."),
    ),
    "old_screen_code": (
        lazy_gettext("The code on screen has changed"),
        lazy_gettext("Please scan again. If you are no longer at the counter, open a form without it."),
    ),
    "already_sent": (
        lazy_gettext("Already sent"),
        lazy_gettext("The first one counts. To rate another visit, open a new form."),
    ),
}
PERIODS = {
    "H1": lazy_gettext("first half of %(year)s"),
    "H2": lazy_gettext("second half of %(year)s"),
    "Y": lazy_gettext("year %(year)s"),
}
DAYS = {"vi": "dd/MM/yyyy", "en": "d MMMM yyyy"}


def html(
    page: str | bytes, status: int = 200, cache: str = "no-store", policy: str = MORE_POLICY
) -> Response:
    """Give a page as a response with its policy."""
    response = Response(page, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = cache
    return response


def answer(page: FinishedPage, slot: str, request: Request, *, cache: str, policy: str = POLICY) -> Response:
    """Give a finished page with its slot filled, compressed where the browser takes it."""
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return html(page.filled(slot.encode("ascii")), cache=cache, policy=policy)
    response = html(page.compressed(slot.encode("ascii")), cache=cache, policy=policy)
    response.headers["Content-Encoding"] = "gzip"
    return response


def message(name: str, status: int, language: str, again: str | None = None, **values: str) -> Response:
    """Give a page that says what happened and what to do."""
    language = catalogue_of(language)
    with force_locale(language):
        title, text = MESSAGES[name]
        text = text % values if values else text
        page = _render("message.html", language, title=title, message=text, again=again)
        return html(page, status, policy=POLICY)


def form(
    opened: Opened,
    settings: Settings,
    language: str,
    token: str,
    *,
    given: MultiDict[str, str] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    reopened: bool = False,
    wait: int = 0,
    recordings: Mapping[str, str] | None = None,
) -> str:
    """Give the form of a counter, with answers kept and faults marked where there are any."""
    questionnaire = opened.released.questionnaire
    with force_locale(catalogue_of(language)):
        first, *others = (each for each in questionnaire.questions if _asked(each, opened.facts))
        return _render(
            "form.html",
            language,
            plain=not (errors or reopened or wait or recordings),
            languages=_languages(questionnaire),
            script=script_address(catalogue_of(language)),
            recordings=recordings or {},
            faces=Markup(FACES),
            code=opened.code,
            token=token,
            timing_asked=opened.timing_asked,
            first=first,
            others=_numbered(others),
            low={each.code for question in questionnaire.questions for each in question.choices if each.low},
            labels={question.id: question.label for question in questionnaire.questions},
            given=given or MultiDict(),
            errors=worded(questionnaire, errors or {}),
            reopened=reopened,
            wait=wait,
            **_place(opened, settings, language),
        )


def _asked(question: Question, facts: Mapping[str, str]) -> bool:
    """Whether a form has a question: it has all but those that the place answers."""
    return question.when is None or question.when.place is None or applies(question.when, {}, facts)


def thanks(
    opened: Opened, settings: Settings, language: str, receipt: str, figure: Figure | None = None
) -> str:
    """Give the thanks with a receipt and what was published of the unit."""
    words = opened.released.questionnaire.thanks
    with force_locale(catalogue_of(language)):
        return _render(
            "thanks.html",
            language,
            languages=_languages(opened.released.questionnaire),
            thanks=words,
            receipt=receipt,
            published=None if figure is None else _figure(figure),
            **_place(opened, settings, language),
        )


def _figure(figure: Figure) -> dict[str, Any]:
    """Write what was published of a unit: the period with its days, and the figures if there are any."""
    this, locale = figure.period, get_locale()
    year, _, part = this.label.partition("-")
    first, last = (
        format_date(day, DAYS.get(str(locale), "medium")) for day in (this.first_day, this.last_day)
    )
    rate, low, high = (
        format_percent(round(value, 3), locale=locale, decimal_quantization=False)
        if value is not None
        else ""
        for value in (figure.rate, figure.low, figure.high)
    )
    return {
        "period": PERIODS[part] % {"year": year},
        "days": f"{first} – {last}",
        "rate": rate,
        "low": low,
        "high": high,
        "responses": figure.responses or 0,
        "answered": format_decimal(figure.responses or 0, locale=locale),
        "served": format_decimal(figure.served, locale=locale) if figure.served else "",
    }


def _render(template: str, language: str, *, plain: bool = False, **values: Any) -> str:
    page = render_template(
        f"citizen/{template}",
        language=language,
        direction=direction,
        # The page's own words are Vietnamese where the catalogues have none in its language.
        own="" if catalogue_of(language) == language else stands_in(language),
        tongue=lambda text: attributes(text, language),
        style=Markup(STYLE if plain else MORE),
        kept_together=_kept_together,
        **values,
    )
    return "\n".join(line for raw in page.splitlines() if (line := raw.strip()))


def _place(opened: Opened, settings: Settings, language: str) -> dict[str, Any]:
    counter = opened.counter
    unit = (counter.unit_name_en or counter.unit_name) if language == "en" else counter.unit_name
    words: dict[str, object] = {
        "asker": settings.asker.text(language),
        "counter": counter.name,
        "unit": unit,
        "comment_months": settings.comment_months,
        "answer_years": settings.answer_years,
    }
    intro = opened.released.questionnaire.intro
    return {
        "counter": counter.name,
        "unit": unit,
        "intro": {key: sentence(text, language, words) for key, text in intro.items()},
        "channels": settings.channels.text(language),
    }


def _languages(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """Give the languages of a page with what they call themselves."""
    return [(tag, NAMES.get(tag) or questionnaire.names[tag]) for tag in offered_by(questionnaire)]


def _numbered(questions: Sequence[Question]) -> list[tuple[Question, int | None]]:
    """Give each question its number, from 2 on; those that not everybody sees have none."""
    numbered: list[tuple[Question, int | None]] = []
    number = 1
    for question in questions:
        shown = question.kind not in ("text", "number") and not (question.when and question.when.questions)
        number += shown
        numbered.append((question, number if shown else None))
    return numbered


def _kept_together(words: str) -> Markup:
    """Keep the Vietnamese for "satisfied" on one line, so that words under faces break before it."""
    return Markup(escape(words).replace("hài lòng", "hài\u00a0lòng").replace("Hài lòng", "Hài\u00a0lòng"))
