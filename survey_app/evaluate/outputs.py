"""Outputs: figures cut for an audience and a unit, as finished files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from analysis.period import is_half_year
from analysis.report.letterhead import Letterhead
from analysis.report.numerals import Language
from analysis.report.provenance import Provenance, Revision
from analysis.summary import Row, Summary
from survey_app.config import Settings
from survey_app.evaluate.evaluation import Evaluated
from survey_app.evaluate.findings import Finding, findings_csv
from survey_app.questionnaire.definition import Questionnaire

if TYPE_CHECKING:
    from analysis.report.workbook import Flag

TABLES = ("csv", "json")
FORMATS = (*TABLES, "pdf", "xlsx", "docx")
LANGUAGES: tuple[Language, ...] = ("vi", "en")


def cut(
    evaluated: Evaluated, settings: Settings, audience: str, unit: str | None = None
) -> tuple[Summary, int | None]:
    """Cut the figures for an audience and a unit; give the minimum of responses of people too.

    Raises ValueError if the unit is not among the figures, or the period is not `for_others` and the audience
    is none of inspectors.
    """
    from analysis.check.disclosure import MINIMUM, for_audience, subtree

    inspectors = audience == "internal"
    if not inspectors and not for_others(evaluated):
        raise ValueError(
            f"{evaluated.summary.period.label}: is for inspectors alone, as beside its half-years it would "
            "tell what they hide; others are shown half-years, and years of which both halves are closed"
        )
    people = MINIMUM[audience].people
    if people is not None:
        people = max(people, settings.minimum_people)
    shown = for_audience(
        evaluated.summary,
        audience,
        people=people,
        factors=_factors(evaluated.questionnaires),
        previous=evaluated.previous,
        parts=() if inspectors else evaluated.halves,
    )
    return (shown if unit is None else subtree(shown, unit)), people


def for_others(evaluated: Evaluated) -> bool:
    """Whether others than inspectors may see the period: a half-year, or a year of closed halves."""
    return is_half_year(evaluated.summary.period.label) or bool(evaluated.halves)


def outputs(
    evaluated: Evaluated,
    settings: Settings,
    *,
    audience: str = "internal",
    unit: str | None = None,
    formats: Collection[str] = FORMATS,
    provenance: Provenance | None = None,
) -> dict[str, bytes]:
    """Cut the figures for an audience and a unit, and give the finished files by name.

    ``provenance`` is what documents say of the state that the figures come from.

    Raises ValueError if the unit is not among the figures.
    """
    from analysis.report import write

    shown, people = cut(evaluated, settings, audience, unit)
    labels = {language: _labels(evaluated.questionnaires, language) for language in LANGUAGES}
    domains = {(row.kind, row.code) for row in shown.rows}
    found = [each for each in evaluated.findings if (each.kind, each.code) in domains]
    more = {"findings.csv": findings_csv(found)} if audience == "internal" and "csv" in formats else {}
    return write(
        shown,
        formats,
        LANGUAGES,
        letterheads(settings),
        labels=labels,
        minimum=people,
        more=more,
        rules=evaluated.rules,
        provenance=replace(provenance or Provenance(), excluded=evaluated.excluded),
        flags=_flags(found) if audience == "internal" and "xlsx" in formats else (),
        trend=_trend(evaluated, shown) if audience == "internal" else (),
    )


def provenance_of(
    settings: Settings,
    revision: int | None,
    as_of: datetime,
    reason: str | None,
    audit_head: str,
    missing: Sequence[tuple[str, int]],
) -> Provenance:
    """Say of which state figures are; a first closing is no revision of anything."""
    revised = None
    if revision:
        revised = Revision(revision, as_of.astimezone(settings.zone).date(), reason or "")
    return Provenance(
        closed=revision is not None, revision=revised, audit_head=audit_head, missing=tuple(missing)
    )


def _flags(findings: Iterable[Finding]) -> list[Flag]:
    from analysis.report.workbook import Flag

    return [
        Flag(
            each.kind,
            each.code,
            each.name,
            each.indicator,
            each.n,
            each.value,
            each.expected,
            each.q,
            len(each.responses),
            each.rate,
            each.rate_without,
        )
        for each in findings
    ]


def _trend(evaluated: Evaluated, shown: Summary) -> list[Row]:
    """Give the months of the unit that the files are about as rows of its own."""
    own = next((row for row in shown.rows if row.measure == "overall" and row.role == "serving"), None)
    if own is None:
        return []
    return [
        Row(
            period=each.month,
            revision=own.revision,
            kind=own.kind,
            role=own.role,
            code=own.code,
            valid_from=own.valid_from,
            name=own.name,
            parent_code=own.parent_code,
            questionnaire=own.questionnaire,
            versions=own.versions,
            measure=own.measure,
            responses=each.responses,
            answers=each.responses,
            rate=each.rate,
            low=each.low,
            high=each.high,
            confidence_level=own.confidence_level,
        )
        for each in evaluated.trend
        if each.code == own.code
    ]


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
        for each in questionnaire.questions:
            labels[f"question:{each.id}"] = each.label[language]
            labels[f"text:{each.id}"] = each.text[language]
            labels |= {f"choice:{each.id}:{choice.code}": choice.text[language] for choice in each.choices}
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
