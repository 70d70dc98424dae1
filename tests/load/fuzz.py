"""Fuzz: hostile requests on the citizen's page; none makes the server fail or leaves a row to be refused."""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import EnvironBuilder

from survey_app import create_app
from survey_app.collect.releases import release
from survey_app.config import create_keys, load_settings
from survey_app.questionnaire.definition import Question, Questionnaire
from survey_app.questionnaire.toml import load
from survey_app.store.engine import Database, open_database
from survey_app.store.responses import Comment, Part, Response
from survey_app.store.upgrade import upgrade
from tests.offices import MONDAY_9, QUESTIONNAIRES, SmallOffice, small_office
from tests.pages import Clock

MORE = """
[[questions]]
id = "minutes"
kind = "number"
minimum = 1
maximum = 600
text.vi = "Ông/Bà đã chờ bao nhiêu phút?"
text.en = "How many minutes did you wait?"
text.fr = "Combien de minutes avez-vous attendu ?"

[[questions]]
id = "praise"
kind = "choice"
when = { question = "overall", is = ["5"] }
text.vi = "Điều gì tốt nhất?"
text.en = "What was best?"
text.fr = "Qu'est-ce qui était le mieux ?"
choices = [
  { code = "time", vi = "Nhanh", en = "Fast", fr = "Rapide" },
  { code = "people", vi = "Cán bộ", en = "Officers", fr = "Agents" },
]
"""
"""The kinds of questions that the questionnaire of counters lacks."""

HOSTILE = (
    "",
    "na",
    "refused",
    "skipped",
    "0",
    "6",
    "-1",
    "1e3",
    "٣",
    "４",
    "1\x00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "%s%n",
    "../../etc/passwd",
    "\ud800",
    "\u202e",
    "a\u0301" * 600,
    "x" * 5_000,
    "=1+1",
    "\r\nSet-Cookie: a=b",
    "9" * 400,
    "null",
    "[]",
)
TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
    "text/plain",
    "",
    "\xff/\xfe",
)
METHODS = ("GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
TOKEN = re.compile(r'name="visit" value="([^"]+)"')


@dataclass(frozen=True)
class Range:
    """An office that is fuzzed."""

    app: Flask
    database: Database
    office: SmallOffice
    questionnaire: Questionnaire
    clock: Clock


def all_kinds() -> Questionnaire:
    """Give the questionnaire of counters with all kinds of questions."""
    text = (QUESTIONNAIRES / "counter-service.v1.toml").read_text(encoding="utf-8")
    return load(text.replace("version = 1", "version = 2", 1) + MORE, "counter-service.v2.toml")


def make_range(folder: Path) -> Range:
    """Make an office in a folder."""
    create_keys(folder)
    settings, clock, questionnaire = load_settings(folder, {}), Clock(MONDAY_9), all_kinds()
    database = open_database(settings.database_url)
    upgrade(database)
    with database.writing() as connection:
        office = small_office(connection)
        release(connection, questionnaire, MONDAY_9)
    return Range(create_app(folder, settings, clock), database, office, questionnaire, clock)


def fuzz(this: Range, count: int, seed: int) -> Counter[int]:
    """Send so many hostile requests; give how often each status came."""
    rng, client = random.Random(seed), FlaskClient(this.app, this.app.response_class)
    came: Counter[int] = Counter()
    visits: list[str] = []
    for number in range(count):
        if number % 20 == 0:
            page = client.get(f"/q/{this.office.code}").get_data(as_text=True)
            found = TOKEN.search(page)
            assert found is not None
            visits.append(unescape(found[1]))
        wanted = _request(rng, this, visits)
        with client.open(wanted) as answer:
            answer.get_data()
            came[answer.status_code] += 1
    return came


def _request(rng: random.Random, this: Range, visits: list[str]) -> EnvironBuilder:
    """Give a request: half of them nearly good, so that they reach the store."""
    near = rng.random() < 0.5
    fields = list(_answers(rng, this.questionnaire, near))
    fields.append(("visit", rng.choice(visits[-5:]) if near else _token(rng, visits)))
    for name, good in (("part", "12345"), ("when", ("now", "earlier")), ("by", ("", "tap", "send", "kept"))):
        if rng.random() < 0.6:
            fields.append((name, rng.choice(good) if near else rng.choice(HOSTILE)))
    if rng.random() < 0.1:
        fields.append(("website", rng.choice(HOSTILE)))
    rng.shuffle(fields)
    body = urlencode(fields, errors="surrogatepass").encode()
    if not near and rng.random() < 0.3:
        body = bytes(rng.randrange(256) for _ in range(rng.randrange(400))) + body[: rng.randrange(200)]
    code = (
        this.office.code if near or rng.random() < 0.5 else quote(rng.choice(HOSTILE)[:300], errors="replace")
    )
    path = f"/q/{code}" + (
        "" if near or rng.random() < 0.8 else f"/thanks/{quote(rng.choice(HOSTILE)[:99], errors='replace')}"
    )
    language = rng.choice(("vi", "en", "fr", "th", "ar", "x" * 300, "\x00", "text"))
    return EnvironBuilder(
        path=path,
        query_string=urlencode({"lang": language, "sent": "1"}),
        method="POST" if near else rng.choice(METHODS),
        data=body,
        content_type=TYPES[0] if near else rng.choice(TYPES),
        headers={
            "Accept-Language": rng.choice(("vi", "en;q=x", "*", ";;;", "fr" * 500, "")),
            "Accept-Encoding": rng.choice(("gzip", "br", "gzip;q=0", "")),
            "X-Forwarded-For": rng.choice(("1.2.3.4", "' --", "::::")),
        },
        environ_overrides={
            "REMOTE_ADDR": f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
        },
    )


def _answers(rng: random.Random, questionnaire: Questionnaire, near: bool) -> Iterator[tuple[str, str]]:
    for question in questionnaire.questions:
        codes = [*sorted(question.answer_codes), "17"] if question.kind != "text" else ["Tốt", "Kém\x07"]
        for _ in range(rng.choice((0, 1, 1, 1, 3 if question.kind == "multiple" else 1))):
            hostile = rng.random() < (0.02 if near else 0.4)
            yield question.id, rng.choice(HOSTILE) if hostile else rng.choice(codes[:-1] or codes)
    if near:
        yield "overall", rng.choice("12345")
    else:
        yield rng.choice(HOSTILE), rng.choice(HOSTILE)


def _token(rng: random.Random, visits: list[str]) -> str:
    """Give a token that was made here, tampered with mostly."""
    signs = list(rng.choice(visits))
    for _ in range(rng.randrange(3)):
        signs[rng.randrange(len(signs))] = rng.choice("aA0.ệ\x00 ")
    return rng.choice(("".join(signs), "".join(signs)[: rng.randrange(120)], rng.choice(HOSTILE)))


def wrong_rows(this: Range) -> list[str]:
    """Give what is stored that the definition would refuse."""
    with this.database.reading() as connection:
        parts = connection.execute(select(Part.answers, Part.timing, Part.part, Part.digest)).all()
        comments = connection.execute(select(Comment.question, Comment.text)).all()
        languages = connection.execute(select(Response.language).distinct()).scalars().all()
    wrong = [f"language {each}" for each in languages if each not in this.questionnaire.complete]
    for row in parts:
        answers = json.loads(row.answers)
        wrong += [f"{id}: {value!r}" for id, value in answers.items() if not _fits(this, id, value, answers)]
        wrong += ["no headline"] * ("overall" not in answers)
        wrong += [f"timing {row.timing}"] * (row.timing not in (None, "now", "earlier"))
        wrong += [f"part {row.part}"] * (row.part not in range(1, 10))
    for id, words in comments:
        longest = this.questionnaire.question(id).maximum_length or 0
        if not 0 < len(words) <= longest or not unicodedata.is_normalized("NFC", words) or "\x07" in words:
            wrong.append(f"comment {words[:60]!r}")
    return wrong


def _fits(this: Range, id: str, value: Any, answers: dict[str, Any]) -> bool:
    known = {question.id: question for question in this.questionnaire.questions}
    if id not in known or not _asked(known[id], answers):
        return False
    question = known[id]
    if question.kind == "number":
        return type(value) is int and (question.minimum or 0) <= value <= (question.maximum or 0)
    if question.kind == "multiple":
        return value != [] and len(set(value)) == len(value) and set(value) <= question.answer_codes
    return question.kind != "text" and value in question.answer_codes


def _asked(question: Question, answers: dict[str, Any]) -> bool:
    if question.when is None or question.when.place is not None:
        return True  # a poster says nothing of the stage, so that it is asked
    return any(answers.get(id) in question.when.codes for id in question.when.questions)


def main(count: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        this = make_range(Path(name))
        came, wrong = fuzz(this, count, seed), wrong_rows(this)
        with this.database.reading() as connection:
            stored = len(connection.execute(select(Part.part)).all())
        this.database.engine.dispose()
        this.app.extensions["database"].engine.dispose()
    print(f"seed {seed}: {count} requests, {stored} parts stored, statuses {dict(sorted(came.items()))}")
    failed = sum(times for status, times in came.items() if status >= 500)
    print(f"{failed} answers of 500 and more, {len(wrong)} rows that should have been refused {wrong[:5]}")
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)))
