"""Outputs: figures cut for an audience and a unit, as finished files."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analysis.report.letterhead import Letterhead
from analysis.report.numerals import Language
from analysis.summary import Summary
from survey_app.config import Settings
from survey_app.evaluate.evaluation import Evaluated
from survey_app.evaluate.findings import findings_csv
from survey_app.questionnaire.definition import Questionnaire

TABLES = ("csv", "json")
FORMATS = (*TABLES, "pdf")
LANGUAGES: tuple[Language, ...] = ("vi", "en")


def cut(
    evaluated: Evaluated, settings: Settings, audience: str, unit: str | None = None
) -> tuple[Summary, int | None]:
    """Cut the figures for an audience and a unit; give the minimum of responses of people too.

    Raises ValueError if the unit is not among the figures.
    """
    from analysis.check.disclosure import MINIMUM, for_audience, subtree

    people = MINIMUM[audience].people
    if people is not None:
        people = max(people, settings.minimum_people)
    shown = for_audience(
        evaluated.summary,
        audience,
        people=people,
        factors=_factors(evaluated.questionnaires),
        previous=evaluated.previous,
    )
    return (shown if unit is None else subtree(shown, unit)), people


def outputs(
    evaluated: Evaluated,
    settings: Settings,
    *,
    audience: str = "internal",
    unit: str | None = None,
    formats: Collection[str] = FORMATS,
) -> dict[str, bytes]:
    """Cut the figures for an audience and a unit, and give the finished files by name.

    Raises ValueError if the unit is not among the figures.
    """
    from analysis.report import write

    shown, people = cut(evaluated, settings, audience, unit)
    labels = {language: _labels(evaluated.questionnaires, language) for language in LANGUAGES}
    more = {}
    if audience == "internal" and "csv" in formats:
        more["findings.csv"] = _findings_of(evaluated, shown)
    return write(shown, formats, LANGUAGES, letterheads(settings), labels=labels, minimum=people, more=more)


def _findings_of(evaluated: Evaluated, shown: Summary) -> bytes:
    domains = {(row.kind, row.code) for row in shown.rows}
    return findings_csv([each for each in evaluated.findings if (each.kind, each.code) in domains])


def _factors(questionnaires: Iterable[Questionnaire]) -> dict[str, str] | None:
    """Give the factor of each question; None if versions put a question under different ones."""
    found = {
        (question.id, question.factor)
        for questionnaire in questionnaires
        for question in questionnaire.questions
        if question.factor
    }
    factors = dict(found)
    return factors if len(factors) == len(found) else None


def _labels(questionnaires: Iterable[Questionnaire], language: Language) -> dict[str, str]:
    """Give the words of each measure, those of the newest version of a questionnaire."""
    labels: dict[str, str] = {}
    for questionnaire in questionnaires:
        labels |= {f"factor:{factor.id}": factor.name[language] for factor in questionnaire.factors}
        labels |= {f"question:{each.id}": each.label[language] for each in questionnaire.questions}
    return labels


def letterheads(settings: Settings) -> dict[Language, Letterhead]:
    """Give the head of the report in each language."""
    return {
        language: Letterhead(
            parent=settings.report_parent.text(language),
            issuer=settings.report_issuer.text(language),
            symbol=settings.report_symbol,
            place=settings.report_place,
            addressee=settings.report_addressee.text(language),
            recipients=settings.report_recipients,
        )
        for language in LANGUAGES
    }
