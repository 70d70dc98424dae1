"""Measures: the rows of a unit or officer as its page groups them, with the words of its questionnaires."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from analysis.summary import AnswerRow, Row
from survey_app.evaluate import terms, words
from survey_app.evaluate.drawn import CHOICES
from survey_app.questionnaire.toml import load
from survey_app.store.responses import Release

SCALE = frozenset(CHOICES)


@dataclass(frozen=True)
class Asked:
    """The words of questions, and of choices by question and code, in the language of the page."""

    labels: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def measure(self, name: str) -> str:
        """Give the words of a measure."""
        kind, _, id = name.partition(":")
        if name in self.labels:
            return self.labels[name]
        return str(terms.MEASURES.get(name, id or kind))

    def question(self, id: str) -> str:
        """Give the words of a question, short."""
        return self.measure(f"question:{id}")

    def text(self, id: str) -> str:
        """Give a question as it was asked."""
        return self.texts.get(id, id)

    def choice(self, question: str, code: str) -> str:
        """Give the words of a choice."""
        if code in terms.NO_ANSWERS:
            return str(terms.NO_ANSWERS[code])
        return self.choices.get((question, code), code)


@dataclass(frozen=True)
class Table:
    """The choices of a question with how often each was taken."""

    question: str
    rows: tuple[AnswerRow, ...]

    @property
    def rated(self) -> bool:
        """Whether it is a question of the five-point scale."""
        return {row.choice for row in self.rows} >= SCALE


def asked(connection: Connection, versions: Iterable[str]) -> Asked:
    """Give the words of questionnaire versions such as ``counter-service.v1``; those of later ones hold."""
    language = words.desk_language()
    labels: dict[str, str] = {}
    texts: dict[str, str] = {}
    choices: dict[tuple[str, str], str] = {}
    named = set(versions)
    query = select(Release.text, Release.questionnaire, Release.version)
    for release in connection.execute(query.order_by(Release.questionnaire.desc(), Release.version)):
        name = f"{release.questionnaire}.v{release.version}"
        if name not in named:
            continue
        questionnaire = load(release.text, f"{name}.toml")
        labels |= {f"factor:{each.id}": each.name[language] for each in questionnaire.factors}
        labels |= {f"question:{each.id}": each.label[language] for each in questionnaire.questions}
        texts |= {each.id: each.text[language] for each in questionnaire.questions}
        choices |= {
            (each.id, choice.code): choice.text[language]
            for each in questionnaire.questions
            for choice in each.choices
        }
    return Asked(labels, texts, choices)


def of(rows: Iterable[Row], role: str, kind: str) -> list[Row]:
    """Give the rows of a kind of measure: ``factor``, ``question``, ``index``, ``overall``."""
    return [row for row in rows if row.role == role and row.measure.partition(":")[0] == kind]


def tables(answers: Sequence[AnswerRow]) -> list[Table]:
    """Give the answers by question, in the order they come in."""
    found: dict[str, list[AnswerRow]] = {}
    for answer in answers:
        found.setdefault(answer.question, []).append(answer)
    return [Table(question, tuple(rows)) for question, rows in found.items()]
