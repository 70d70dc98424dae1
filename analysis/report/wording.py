"""Wording: the sentences of reports, by language."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.report.numerals import LANGUAGES, Language, number

CATALOGUES = Path(__file__).with_name("translations")


class UnknownLanguage(ValueError):
    """No report is written in this language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A catalogue of sentences in one language; sentences are keyed by their English text."""

    language: Language
    catalogue: gettext.NullTranslations

    def say(self, sentence: str, **values: str) -> str:
        """Give a sentence with its placeholders filled; a value is never read as a placeholder."""
        return self.catalogue.gettext(sentence).format(**values)

    def count(self, one: str, several: str, n: int, **values: str) -> str:
        """Give a sentence about ``n`` things in the plural form of the language; ``{n}`` is the number."""
        sentence = self.catalogue.ngettext(one, several, n)
        return sentence.format(n=number(n, self.language), **values)

    def term(self, code: str, terms: dict[str, str]) -> str:
        """Give the word for a code, or the code where there is no word for it."""
        return self.say(terms[code]) if code in terms else code


@cache
def wording(language: Language) -> Wording:
    """Give the sentences of a language.

    Raises
    ------
    UnknownLanguage
        If there is no catalogue of it.

    Examples
    --------
    >>> wording("vi").say("Responses"), wording("en").say("Responses")
    ('Số phiếu', 'Responses')
    """
    if language not in LANGUAGES:
        raise UnknownLanguage(f"language {language!r}: no report in it; choose one of {', '.join(LANGUAGES)}")
    return Wording(language, gettext.translation("report", CATALOGUES, [language]))
