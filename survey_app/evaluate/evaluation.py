"""Evaluation: the figures of a period, from what they are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.period import Scheme
from analysis.summary import Month, Summary
from survey_app.config import Settings
from survey_app.evaluate.basis import Basis, read_basis
from survey_app.evaluate.domains import Map
from survey_app.evaluate.findings import Finding
from survey_app.questionnaire.definition import Questionnaire
from survey_app.store.engine import Database

if TYPE_CHECKING:
    from analysis.rules import Rules


@dataclass(frozen=True)
class Evaluated:
    """The figures of a period for no audience yet, what was asked, and the last response they rest on.

    ``previous`` are those of the period before, if it had any; ``findings`` what looks odd, ``trend``
    the units' rates by month, ``excluded`` how many responses two people left out, ``halves`` the figures of
    the closed halves of a year.
    """

    summary: Summary
    questionnaires: tuple[Questionnaire, ...]
    last_response: int
    previous: Summary | None = None
    findings: tuple[Finding, ...] = ()
    trend: tuple[Month, ...] = ()
    rules: Rules | None = None
    excluded: int | None = None
    halves: tuple[Summary, ...] = ()


def evaluate(
    database: Database, settings: Settings, label: str, *, map: Map = "today", months: bool = True
) -> Evaluated:
    """Estimate the whole period at every level, and what changed since the one before.

    Raises ValueError if the label names no period.
    """
    with database.reading() as connection:
        basis = read_basis(connection, settings, label, map=map)
    return estimate(basis, rules_of(settings), settings.period_scheme if months else None)


def estimate(basis: Basis, rules: Rules, scheme: Scheme | None, *, revision: int = 0) -> Evaluated:
    """Estimate the figures of a basis: the same basis and rules give the same figures.

    ``scheme`` says what a month is; None leaves the trend out.
    """
    from analysis.summarise import summarise
    from analysis.tally import tally
    from analysis.trend import months_of, trend

    then = tally(basis.earlier)
    summary = summarise(
        tally(basis.this), basis.period, rules=rules, previous=then, demo=basis.demo, revision=revision
    )
    previous = summarise(then, basis.past, rules=rules) if then.responses else None
    months = () if scheme is None else trend(basis.this, months_of(basis.period, scheme), rules=rules)
    return Evaluated(
        summary,
        basis.questionnaires,
        basis.last_response,
        previous,
        basis.findings,
        months,
        rules,
        basis.excluded,
        tuple(summarise(tally(ratings), half, rules=rules) for half, ratings in basis.halves),
    )


def rules_of(settings: Settings) -> Rules:
    """Give the rules that an installation was set to."""
    from analysis.rules import Rules

    return Rules(bounds=settings.grade_bounds, target=settings.satisfaction_target or None)
