"""Tongues: the languages of a page, how they call themselves, which way they run, what stands in for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from flask import Request
from markupsafe import Markup, escape
from werkzeug.datastructures.accept import LanguageAccept
from werkzeug.http import parse_accept_header

from survey_app.config import LANGUAGES
from survey_app.questionnaire.definition import ORIGINAL, Questionnaire, Text

NAMES = {"vi": "Tiếng Việt", "en": "English", "fr": "Français"}

RIGHT_TO_LEFT = frozenset({"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"})
"""Scripts (ISO 15924) that tell the direction of a tongue of which the locale data know nothing."""


def language_of(request: Request, offered: Sequence[str] = LANGUAGES) -> str:
    """Give the language of a page: the one asked for by address, else the browser's, else Vietnamese."""
    return chosen(request.args.get("lang"), request.headers.get("Accept-Language", ""), tuple(offered))


def chosen(asked: str | None, accepted: str, offered: tuple[str, ...]) -> str:
    """Give the same from what was asked for and from the browser's header."""
    return asked if asked is not None and asked in offered else _accepted(accepted, offered)


@lru_cache(maxsize=1024)
def _accepted(header: str, offered: tuple[str, ...]) -> str:
    return parse_accept_header(header, LanguageAccept).best_match(offered, offered[0])


def offered_by(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Give the languages that a questionnaire's page can be had in.

    Those of the catalogues if no text of the questionnaire is missing in them, and all further tongues.
    """
    own = (tag for tag in questionnaire.languages if tag not in LANGUAGES)
    return (*(tag for tag in LANGUAGES if tag in questionnaire.complete), *own)


def catalogue_of(language: str) -> str:
    """Give the language of the page's own words: the catalogues have none in further tongues."""
    return language if language in LANGUAGES else ORIGINAL


@cache
def direction(tag: str) -> str:
    """Give which way a language is written.

    >>> direction("vi"), direction("ar"), direction("tyj"), direction("mid-mand")
    ('ltr', 'rtl', 'ltr', 'rtl')
    """
    if not RIGHT_TO_LEFT.isdisjoint(tag.split("-")[1:]):
        return "rtl"
    try:
        return str(Locale.parse(tag, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"


def stands_in(language: str) -> Markup:
    """Give the attributes of an element whose words are Vietnamese on a page in a language."""
    across = ' dir="ltr"' if direction(language) == "rtl" else ""
    return Markup(f' lang="{ORIGINAL}"{across}')


def attributes(text: Text, language: str) -> Markup:
    """Give the attributes of the element that a text is written into on a page in a language."""
    return Markup("") if text.speaks(language) else stands_in(language)


def sentence(text: Text, language: str, values: dict[str, object]) -> Markup:
    """Give a text with values in it, marked as Vietnamese where that stands in."""
    words = escape(text[language].format_map(values))
    return words if text.speaks(language) else Markup("<span{}>{}</span>").format(stands_in(language), words)
