"""Kiosk record: what one sealed record says, checked against the questionnaire it answers."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from werkzeug.datastructures import MultiDict

from survey_app.collect.asked import Released
from survey_app.collect.kiosk_time import Reading
from survey_app.questionnaire.form import answers_of

Fault = Literal["unreadable", "form", "release", "counter", "answers", "other_content"]
"""Why a record cannot be stored: sealed to no known key, no record, an unknown version, a counter that the
device does not stand at, answers that are not in the form, a response that is there with other answers."""

_ID = re.compile("[A-Za-z0-9_-]{16,40}")


class FaultyRecord(ValueError):
    """A record that cannot be stored; the text is its fault."""


class Content(msgspec.Struct, frozen=True):
    """What a kiosk writes of one visit before sealing it.

    ``took`` is how long the visit was, ``officer`` who was on duty by the staff screen and how long before
    that was chosen (milliseconds). ``stamp`` is of the last contact that the device had heard of. ``late``
    marks an answer that could not be kept at once, so that its giver was asked to answer by telephone.
    """

    id: str
    receipt: str
    release: int
    counter: int
    language: str
    answers: dict[str, str | int | list[str]]
    start: str
    mono: int
    wall: int
    took: int = 0
    officer: tuple[int, int] | None = None
    stamp: str | None = None
    slip: str | None = None
    late: bool = False

    @property
    def reading(self) -> Reading:
        """Give what the clocks of the device showed when the visit began."""
        return Reading(self.start, self.mono, self.wall)


_DECODER = msgspec.json.Decoder(Content)


def read_content(opened: bytes, languages: tuple[str, ...]) -> Content:
    """Give the content of an opened record.

    Raises FaultyRecord.
    """
    try:
        content = _DECODER.decode(opened)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise FaultyRecord("form") from None
    named = all(map(_ID.fullmatch, (content.id, content.start)))
    if (
        not named
        or not content.receipt.isalnum()
        or len(content.receipt) > 20
        or not content.receipt.isascii()
    ):
        raise FaultyRecord("form")
    if content.language not in languages or not content.answers:
        raise FaultyRecord("form")
    ids = content.release, content.counter, *(content.officer or ())[:1]
    times = content.mono, content.wall, content.took, *(content.officer or ())[1:]
    if not all(0 <= id < 2**31 for id in ids) or not all(0 <= time < 2**53 for time in times):
        raise FaultyRecord("form")
    return content


def checked_answers(
    content: Content, released: Released
) -> tuple[dict[str, str | int | list[str]], dict[str, str]]:
    """Give the answers and the comments of a record, as the questionnaire takes them.

    Raises FaultyRecord.
    """
    given: MultiDict[str, str] = MultiDict()
    known = {question.id for question in released.questionnaire.questions}
    for name, value in content.answers.items():
        if name not in known:
            raise FaultyRecord("answers")
        given.setlist(name, value if isinstance(value, list) else [str(value)])
    form = released.form(formdata=given)
    if not form.validate():
        raise FaultyRecord("answers")
    answers, comments = answers_of(form, released.questionnaire, {})
    if not answers and not comments:
        raise FaultyRecord("answers")
    return answers, comments
