"""Responses: a made-up year of them, through the one writer, marked as made up."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select, update

from survey_app.collect.attribution import Place, attribute_poster
from survey_app.collect.intake import Arrival, record_response
from survey_app.collect.releases import load_release, newest_release
from survey_app.config import Settings
from survey_app.demo.citizens import Service, answer
from survey_app.demo.office import NotEmpty
from survey_app.demo.openings import Opening, visited_counters, year_of_openings
from survey_app.questionnaire.definition import Questionnaire
from survey_app.store.engine import Database
from survey_app.store.organisation import Posting
from survey_app.store.responses import Batch, Response

AT_ONCE = 2_000
"""How many responses are stored in one transaction."""

TABLET = "kiosk-quick"
"""The questionnaire that is asked on a tablet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A questionnaire that is asked, and the id of its release."""

    release_id: int
    questionnaire: Questionnaire


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the year's responses share; how good officers and days are is drawn when first met."""

    page: Asked
    tablet: Asked
    batch_id: int
    zone: ZoneInfo
    postings: Mapping[int, list[tuple[int, datetime, datetime | None]]]
    chance: Random
    officers: dict[int, float] = field(default_factory=dict)
    days: dict[tuple[int, date], float] = field(default_factory=dict)


def demo_year(
    database: Database, settings: Settings, now: datetime, *, responses: int = 40_000, seed: int = 1
) -> int:
    """Store a year of made-up responses up to now in the made-up office; give how many.

    Raises NotEmpty if responses are there already.
    """
    chance = Random(seed)
    with database.writing() as connection:
        _check_empty(connection)
        visited = visited_counters(connection, now.astimezone(settings.zone).date(), chance)
        circumstances = Circumstances(
            page=_asked(connection, settings.questionnaire),
            tablet=_asked(connection, TABLET),
            batch_id=_begin(connection, responses, seed, now),
            zone=settings.zone,
            postings=_postings(connection),
            chance=chance,
        )
    openings = enumerate(year_of_openings(visited, settings.zone, now, responses, chance), start=1)
    while chunk := list(islice(openings, AT_ONCE)):
        with database.writing() as connection:
            for number, opening in chunk:
                record_response(connection, _arrival(connection, number, opening, circumstances))
            connection.execute(
                update(Batch).where(Batch.id == circumstances.batch_id).values(stored=chunk[-1][0])
            )
    return responses


def _check_empty(connection: Connection) -> None:
    found = connection.scalar(select(func.count()).select_from(Response))
    if found:
        raise NotEmpty(
            f"database: holds {found} responses, and a made-up year is put only where there are none; "
            "give the demo an instance of its own: survey --instance FOLDER db upgrade"
        )


def _begin(connection: Connection, responses: int, seed: int, now: datetime) -> int:
    source = f"made-up year, seed {seed}"
    key = connection.execute(
        insert(Batch).values(
            kind="demo",
            source=source,
            digest=hashlib.sha256(source.encode()).hexdigest(),
            rows=responses,
            stored=0,
            unmapped=0,
            received_at=now,
            demo=True,
        )
    ).inserted_primary_key
    assert key is not None  # one row was inserted
    return int(key[0])


def _asked(connection: Connection, questionnaire: str) -> Asked:
    release_id = newest_release(connection, questionnaire)
    if release_id is None:
        raise ValueError(f"questionnaire {questionnaire!r}: is not being asked; release it first")
    return Asked(release_id, load_release(connection, release_id)[0])


def _postings(connection: Connection) -> Mapping[int, list[tuple[int, datetime, datetime | None]]]:
    postings = defaultdict(list)
    query = select(Posting.counter_id, Posting.officer_id, Posting.starts_at, Posting.ends_at)
    for row in connection.execute(query.order_by(Posting.id)):
        postings[row.counter_id].append((row.officer_id, row.starts_at, row.ends_at))
    return postings


def _arrival(connection: Connection, number: int, opening: Opening, circumstances: Circumstances) -> Arrival:
    """Give the arrival of an opening, attributed as a real one is."""
    counter, chance, zone = opening.visited.counter, circumstances.chance, circumstances.zone
    officers = _serving(opening, circumstances)
    timing = None
    if opening.tablet:
        asked = circumstances.tablet
        place, attribution = _attribute_tablet(counter.place, officers)
    else:
        asked = circumstances.page
        if counter.is_open(opening.at, zone):
            (timing,) = chance.choices(("now", "earlier", None), (70, 12, 18))
        place, attribution = attribute_poster(connection, counter, opening.at, timing, zone)
    service = _service(opening, officers, circumstances)
    answers, comments = answer(asked.questionnaire, service, chance)
    return Arrival(
        id=f"demo-{number:07}",
        release_id=asked.release_id,
        place=place,
        attribution=attribution,
        channel="kiosk" if opening.tablet else "poster",
        language=chance.choices(("vi", "en", "fr"), (970, 25, 5))[0],
        answers=answers,
        comments=comments,
        service_day=opening.at.date(),
        received_at=opening.at + timedelta(seconds=chance.randrange(8, 240)),
        answered_at=opening.at,
        timing=timing,
        batch_id=circumstances.batch_id,
    )


def _serving(opening: Opening, circumstances: Circumstances) -> list[int]:
    """Give the officers at the counter."""
    return [
        officer
        for officer, starts, ends in circumstances.postings[opening.visited.counter.counter_id]
        if starts <= opening.at and (ends is None or opening.at < ends)
    ]


def _attribute_tablet(place: Place, officers: list[int]) -> tuple[Place, str]:
    if len(officers) != 1:
        return place, "ambiguous" if officers else "none"
    return Place(place.unit_id, place.deciding_unit_id, place.counter_id, officers[0]), "kiosk"


def _service(opening: Opening, officers: list[int], circumstances: Circumstances) -> Service:
    """Give how good the service was: the unit's, one of the officers', and how the day went there."""
    chance, day = circumstances.chance, (opening.visited.counter.unit_id, opening.at.date())
    if day not in circumstances.days:
        circumstances.days[day] = -1.5 if chance.random() < 0.03 else chance.gauss(0, 0.2)
    officer = 0.0
    if officers:
        serving = chance.choice(officers)
        if serving not in circumstances.officers:
            circumstances.officers[serving] = chance.gauss(0, 0.4)
        officer = circumstances.officers[serving]
    return Service(opening.visited.quality + circumstances.days[day], officer)
