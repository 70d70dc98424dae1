from datetime import timedelta

import pytest

from survey_app.collect import visits
from survey_app.collect.codes import new_code
from tests.offices import MONDAY_9

KEYS = ["a" * 64, "b" * 64]
CODE = new_code()


def token(keys: list[str]) -> str:
    return visits.issue(
        visits.Signer.of(keys), code=CODE, release_id=7, language="vi", channel="poster", now=MONDAY_9
    )


def test_read__within_two_hours__gives_the_visit() -> None:
    visit = visits.read(visits.Signer.of(KEYS), token(KEYS), CODE, MONDAY_9 + timedelta(hours=2))
    assert (visit.code, visit.release_id, visit.language, visit.opened_at) == (CODE, 7, "vi", MONDAY_9)
    assert len(visit.receipt) == 12


def test_issue__twice__differs() -> None:
    assert token(KEYS) != token(KEYS)


@pytest.mark.parametrize("after", [timedelta(hours=2, seconds=1), timedelta(minutes=-6)])
def test_read__too_old_or_from_the_future__expired(after: timedelta) -> None:
    with pytest.raises(visits.ExpiredToken):
        visits.read(visits.Signer.of(KEYS), token(KEYS), CODE, MONDAY_9 + after)


@pytest.mark.parametrize(
    "forged",
    ["", "x", "a.b.c.d.e.f.g.h", "ệ", token(["c" * 64]), token(KEYS)[:-1] + "~"],
    ids=["empty", "short", "parts", "letters", "other_key", "last_sign"],
)
def test_read__not_made_here__forged(forged: str) -> None:
    with pytest.raises(visits.ForgedToken):
        visits.read(visits.Signer.of(KEYS), forged, CODE, MONDAY_9)


def test_read__token_of_another_code__forged() -> None:
    with pytest.raises(visits.ForgedToken):
        visits.read(visits.Signer.of(KEYS), token(KEYS), new_code(), MONDAY_9)


def test_read__key_rotated__still_opens() -> None:
    old = token(KEYS[1:])
    assert visits.read(visits.Signer.of(KEYS), old, CODE, MONDAY_9).code == CODE
    with pytest.raises(visits.ForgedToken):
        visits.read(visits.Signer.of(KEYS[:1]), old, CODE, MONDAY_9)


def test_signature__of_one_purpose__not_good_for_another() -> None:
    signer = visits.Signer.of(KEYS)
    assert signer.unsign("receipt", signer.sign("receipt", "K7M4")) == "K7M4"
    with pytest.raises(visits.ForgedToken):
        signer.unsign("receipt", signer.sign("visit", "K7M4"))
