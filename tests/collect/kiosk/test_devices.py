from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from survey_app.cli import main
from survey_app.collect.devices import NewDevice, list_devices
from survey_app.collect.kiosk_message import to_base64
from survey_app.collect.sealed import CURVE, point
from survey_app.config import Settings
from survey_app.store.accounts import AuditEntry
from survey_app.store.responses import Response, Screen
from tests.collect.kiosk.conftest import Hall, milliseconds
from tests.collect.kiosk.tablet import paired
from tests.pages import Clock, PageClient


def a_key() -> str:
    return to_base64(point(ec.generate_private_key(CURVE).public_key()))


def pair(client: PageClient, code: str, key: str) -> int:
    return client.post("/kiosk/pair", json={"code": code, "key": key}).status_code


def test_pairing__code_in_groups_and_small_letters__taken_once(
    client: PageClient, new_device: Callable[..., NewDevice]
) -> None:
    code = new_device().code
    typed = f" {code[:4]}-{code[4:8]} {code[8:]}".lower()
    assert pair(client, typed, a_key()) == 200
    assert pair(client, typed, a_key()) == 403


def test_pairing__after_an_hour_or_with_another_code__refused(
    client: PageClient, new_device: Callable[..., NewDevice], clock: Clock
) -> None:
    code = new_device().code
    assert pair(client, "A" * 12, a_key()) == 403
    clock.now += timedelta(hours=1)
    assert pair(client, code, a_key()) == 403


@pytest.mark.parametrize("key", ["", "AAAA", to_base64(bytes(65)), "ừ"])
def test_pairing__key_that_is_none__refused_and_code_not_spent(
    client: PageClient, new_device: Callable[..., NewDevice], key: str
) -> None:
    code = new_device().code
    assert pair(client, code, key) == 400
    assert pair(client, code, a_key()) == 200


def test_setup__of_two_counters__both_with_numbers_and_who_is_posted(
    hall: Hall, new_device: Callable[..., NewDevice]
) -> None:
    tablet = paired(hall.app, new_device("Q1", "Q2", name="Máy 2").code, milliseconds(hall.clock()))
    numbers = [(counter["number"], len(counter["officers"])) for counter in tablet.setup["counters"]]
    assert numbers == [("1", 2), ("2", 2)]
    assert all(counter["squares"] for counter in tablet.setup["counters"])
    tablet.keep(counter=hall.office.shared_counter)
    hall.go(120)
    tablet.clocks.go(120)
    tablet.keep(counter=hall.office.shared_counter, officer=[hall.office.officers[2], 3_600_000])
    tablet.send()
    assert [(row.attribution, row.officer_id) for row in hall.responses()] == [
        ("ambiguous", None),
        ("kiosk", hall.office.officers[2]),
    ]


def test_officer__chosen_on_the_staff_screen__in_the_audit_if_posted_there(hall: Hall) -> None:
    counter, officers = hall.office.counter, hall.office.officers
    hall.tablet.send([], counter=counter, officer=officers[2])  # not posted here
    hall.tablet.send([], counter=counter, officer=officers[0])
    hall.tablet.send([], counter=counter, officer=officers[0])
    entries = hall.rows(
        select(AuditEntry.action, AuditEntry.details).where(AuditEntry.action == "device.officer")
    )
    assert [tuple(entry) for entry in entries] == [
        ("device.officer", f'{{"device":{hall.tablet.device},"officer":{officers[0]}}}')
    ]


@pytest.fixture
def survey(settings: Settings, tmp_path: Path, hall: Hall) -> Callable[..., Result]:
    def invoke(*words: str) -> Result:
        environment = {"DATABASE_URL": settings.database_url, "SURVEY_INSTANCE": str(tmp_path)}
        return CliRunner().invoke(main, words, env=environment)

    return invoke


def test_command__pair__prints_code_and_pin_and_gives_the_counter_a_changing_code(
    survey: Callable[..., Result], hall: Hall
) -> None:
    result = survey("device", "pair", "01", "--counter", "Q1", "--counter", "Q2", "--name", "Máy 2")
    assert result.exit_code == 0, result.output
    assert "/kiosk/#pair=" in result.output
    assert "PIN of its staff screen: " in result.output
    assert len(hall.rows(select(Screen.counter_id))) == 2


def test_command__pair_with_faults__all_listed(survey: Callable[..., Result]) -> None:
    result = survey("device", "pair", "99", "--counter", "X", "--name", " ", "--questionnaire", "none")
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.output.splitlines()] == [
        "unit",
        "counter",
        "questionnaire",
        "name",
    ]


def test_command__list_revoke_trust__say_how_devices_are(survey: Callable[..., Result], hall: Hall) -> None:
    hall.tablet.keep()
    hall.tablet.send()
    listed = survey("device", "list").output
    assert "1  Máy 1  01  paired  last contact 2026-03-02 02:10 UTC  made 1  waiting 0" in listed
    assert survey("device", "trust", "1").exit_code == 0
    assert survey("device", "revoke", "1").output == "Máy 1: revoked\n"
    assert survey("device", "revoke", "1").exit_code == 1
    with hall.database.reading() as connection:
        assert [row.revoked_at is not None for row in list_devices(connection)] == [True]
    assert len(hall.rows(select(Response.number))) == 1
