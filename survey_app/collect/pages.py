"""Pages: the citizen's form, thanks and messages as HTML, in the language of the person."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Request, Response, render_template
from flask_babel import force_locale, lazy_gettext, ngettext
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from werkzeug.datastructures.accept import LanguageAccept
from werkzeug.http import parse_accept_header

from survey_app.collect.asked import Opened
from survey_app.collect.finished import FinishedPage
from survey_app.config import LANGUAGES, Settings
from survey_app.questionnaire.definition import Question, Questionnaire

FOLDER = Path(__file__).parents[1] / "templates" / "citizen"
STYLE = (FOLDER / "style.css").read_text(encoding="utf-8").replace("\n", "")
FACES = (FOLDER / "faces.svg").read_text(encoding="utf-8").strip()
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
NAMES = {"vi": "Tiếng Việt", "en": "English", "fr": "Français"}

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
    "already_sent": (
        lazy_gettext("Already sent"),
        lazy_gettext("The first one counts. To rate another visit, open a new form."),
    ),
}
ERRORS = {
    "required": lazy_gettext("Please choose one."),
    "unknown": lazy_gettext("This choice is not in the form, please choose again."),
}


@lru_cache(maxsize=1024)
def _accepted(header: str) -> str:
    return parse_accept_header(header, LanguageAccept).best_match(LANGUAGES, LANGUAGES[0])


def language_of(request: Request) -> str:
    """Give the language of a page: the one asked for by address, else the browser's, else Vietnamese."""
    asked = request.args.get("lang")
    return asked if asked in LANGUAGES else _accepted(request.headers.get("Accept-Language", ""))


def html(page: str | bytes, status: int = 200, cache: str = "no-store") -> Response:
    """Give a page as a response with its policy."""
    response = Response(page, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = cache
    return response


def answer(page: FinishedPage, slot: str, request: Request, *, cache: str) -> Response:
    """Give a finished page with its slot filled, compressed where the browser takes it."""
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return html(page.filled(slot.encode("ascii")), cache=cache)
    response = html(page.compressed(slot.encode("ascii")), cache=cache)
    response.headers["Content-Encoding"] = "gzip"
    return response


def message(name: str, status: int, language: str, again: str | None = None) -> Response:
    """Give a page that says what happened and what to do."""
    with force_locale(language):
        title, text = MESSAGES[name]
        return html(_render("message.html", language, title=title, message=text, again=again), status)


def form(
    opened: Opened,
    settings: Settings,
    language: str,
    token: str,
    *,
    given: MultiDict[str, str] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    reopened: bool = False,
) -> str:
    """Give the form of a counter, with answers kept and faults marked where there are any."""
    questionnaire = opened.released.questionnaire
    with force_locale(language):
        first, *others = questionnaire.questions
        return _render(
            "form.html",
            language,
            languages=[(tag, NAMES[tag]) for tag in LANGUAGES if tag in questionnaire.complete],
            faces=Markup(FACES),
            code=opened.code,
            token=token,
            timing_asked=opened.timing_asked,
            first=first,
            others=_numbered(others),
            labels={question.id: question.label[language] for question in questionnaire.questions},
            given=given or MultiDict(),
            errors=_worded(questionnaire, errors or {}),
            reopened=reopened,
            **_place(opened, settings, language),
        )


def thanks(opened: Opened, settings: Settings, language: str, receipt: str) -> str:
    """Give the thanks with a receipt."""
    words = opened.released.questionnaire.thanks[language]
    with force_locale(language):
        return _render(
            "thanks.html", language, thanks=words, receipt=receipt, **_place(opened, settings, language)
        )


def _render(template: str, language: str, **values: Any) -> str:
    page = render_template(
        f"citizen/{template}", language=language, style=Markup(STYLE), kept_together=_kept_together, **values
    )
    return "\n".join(line for raw in page.splitlines() if (line := raw.strip()))


def _place(opened: Opened, settings: Settings, language: str) -> dict[str, Any]:
    counter = opened.counter
    unit = (counter.unit_name_en or counter.unit_name) if language == "en" else counter.unit_name
    words = {
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
        "intro": {key: text[language].format_map(words) for key, text in intro.items()},
        "channels": settings.channels.text(language),
    }


def _numbered(questions: Sequence[Question]) -> list[tuple[Question, int | None]]:
    """Give each question its number, from 2 on; those that not everybody sees have none."""
    numbered: list[tuple[Question, int | None]] = []
    number = 1
    for question in questions:
        shown = question.kind not in ("text", "number") and not (question.when and question.when.questions)
        number += shown
        numbered.append((question, number if shown else None))
    return numbered


def _worded(questionnaire: Questionnaire, errors: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {id: _error(questionnaire.question(id), codes[0]) for id, codes in errors.items()}


def _error(question: Question, code: str) -> str:
    if code != "long":
        return str(ERRORS[code])
    return str(
        ngettext(
            "Longer than %(num)s character, please shorten.",
            "Longer than %(num)s characters, please shorten.",
            question.maximum_length,
        )
    )


def _kept_together(words: str) -> Markup:
    """Keep the Vietnamese for "satisfied" on one line, so that words under faces break before it."""
    return Markup(escape(words).replace("hài lòng", "hài\u00a0lòng").replace("Hài lòng", "Hài\u00a0lòng"))
