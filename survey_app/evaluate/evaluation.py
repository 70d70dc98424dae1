"""Evaluation: the figures of a period, from the responses in the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from analysis.period import before, period
from analysis.report.letterhead import Letterhead
from analysis.report.numerals import Language
from analysis.summary import Summary
from survey_app.config import Settings
from survey_app.evaluate.domains import Map
from survey_app.evaluate.findings import Finding, find, findings_csv
from survey_app.evaluate.reading import read_ratings
from survey_app.questionnaire.definition import Questionnaire
from survey_app.store.engine import Database

FORMATS = ("csv", "json", "pdf")
LANGUAGES: tuple[Language, ...] = ("vi", "en")


@dataclass(frozen=True)
class Evaluated:
    """The figures of a period for no audience yet, what was asked, and the last response they rest on.

    ``previous`` are those of the period before, if it had any; ``findings`` what looks odd.
    """

    summary: Summary
    questionnaires: tuple[Questionnaire, ...]
    last_response: int
    previous: Summary | None = None
    findings: tuple[Finding, ...] = ()


def evaluate(database: Database, settings: Settings, label: str, *, map: Map = "today") -> Evaluated:
    """Estimate the whole period at every level, and what changed since the one before.

    Raises ValueError if the label names no period.
    """
    from analysis.rules import Rules
    from analysis.summarise import summarise
    from analysis.tally import tally

    this = period(label, settings.period_scheme)
    past = before(this, settings.period_scheme)
    with database.reading() as connection:
        reading = read_ratings(connection, this, settings.zone, map=map)
        findings = find(connection, reading, settings.zone)
        earlier = read_ratings(
            connection,
            past,
            settings.zone,
            map=map,
            last_response=reading.last_response,
            as_of=this.last_day,
        )
    rules = Rules(bounds=settings.grade_bounds, target=settings.satisfaction_target or None)
    then = tally(earlier.ratings)
    summary = summarise(tally(reading.ratings), this, rules=rules, previous=then, demo=reading.demo)
    previous = summarise(then, past, rules=rules) if then.responses else None
    return Evaluated(summary, reading.questionnaires, reading.last_response, previous, findings)


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
    from analysis.check.disclosure import MINIMUM, for_audience, subtree
    from analysis.report import write

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
    if unit is not None:
        shown = subtree(shown, unit)
    labels = {language: _labels(evaluated.questionnaires, language) for language in LANGUAGES}
    more = (
        {"findings.csv": _findings_of(evaluated, shown)}
        if audience == "internal" and "csv" in formats
        else {}
    )
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
