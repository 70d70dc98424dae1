import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from survey_app.collect.devices import revoke
from survey_app.collect.kiosk_batch import Keys, Releases
from survey_app.collect.kiosk_message import to_base64
from survey_app.collect.quarantine import TakenIn, take_in
from survey_app.collect.sealed import Opener
from survey_app.collect.visits import Signer
from survey_app.config import Settings, load_keys
from survey_app.store.devices import DeviceCounter
from tests.collect.kiosk.conftest import Hall


def saved(hall: Hall) -> bytes:
    """Give what the staff screen saves: what is in quarantine and what waits."""
    tablet = hall.tablet
    tablet.held = {**tablet.aside, **tablet.held}
    message = json.dumps(tablet.message(sorted(tablet.held)))
    numbers = f"{min(tablet.held)}-{max(tablet.held)}"
    signature = to_base64(tablet.sign("quarantine", numbers, message.encode()))
    return json.dumps({"device": tablet.device, "message": message, "signature": signature}).encode()


def taken(hall: Hall, file: bytes, settings: Settings, instance: Path) -> TakenIn:
    keys = load_keys(instance, "kiosk")
    all_keys = Keys(Opener.of(keys), Signer.of(keys), load_keys(instance, "visit"))
    with hall.database.writing() as connection:
        return take_in(connection, file, hall.clock(), settings, all_keys, Releases())


def test_file__of_a_device_that_was_revoked__taken_in_once(
    hall: Hall, settings: Settings, tmp_path: Path
) -> None:
    hall.tablet.keep(counter=hall.office.shared_counter)
    hall.tablet.send()
    hall.go(90)
    hall.tablet.keep()
    with hall.database.writing() as connection:
        revoke(connection, hall.tablet.device, hall.clock())
        connection.execute(
            insert(DeviceCounter).values(device_id=hall.tablet.device, counter_id=hall.office.shared_counter)
        )
    file = saved(hall)
    hall.clock.now += timedelta(days=20)
    assert taken(hall, file, settings, tmp_path) == TakenIn(1, 2, ())
    assert taken(hall, file, settings, tmp_path) == TakenIn(1, 2, ())
    assert [row.counter_id for row in hall.responses()] == [hall.office.shared_counter, hall.office.counter]
    assert hall.records() == [(1, None), (2, None)]


def test_file__with_a_fault_that_stays__named(hall: Hall, settings: Settings, tmp_path: Path) -> None:
    hall.tablet.keep(answers={"overall": "7"})
    hall.tablet.keep()
    assert taken(hall, saved(hall), settings, tmp_path) == TakenIn(1, 1, ((1, "answers"),))


def test_file__changed_or_none__refused(hall: Hall, settings: Settings, tmp_path: Path) -> None:
    hall.tablet.keep()
    good = saved(hall)
    other = json.loads(good) | {"device": 2}
    for file in (
        b"",
        b"{}",
        b"\xff",
        good.replace(b'\\"made\\": 1', b'\\"made\\": 2'),
        json.dumps(other).encode(),
    ):
        with pytest.raises(ValueError, match=r"quarantine: (this is no file|not signed)"):
            taken(hall, file, settings, tmp_path)
    assert hall.responses() == []
