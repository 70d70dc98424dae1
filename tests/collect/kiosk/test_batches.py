import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from survey_app.collect.devices import NewDevice, revoke, trust
from survey_app.collect.kiosk_message import from_base64
from survey_app.collect.releases import retire
from survey_app.collect.rules import KIOSK_CLONED, KIOSK_LATE
from survey_app.collect.slips import make_slips
from survey_app.config import load_keys
from survey_app.store.organisation import Unit
from survey_app.store.responses import Comment, Part, Receipt
from tests.collect.kiosk.conftest import Hall, milliseconds
from tests.collect.kiosk.tablet import paired, sealed_to
from tests.offices import MONDAY_9


def test_batch__sent__stored_attributed_and_deleted_on_the_tablet(hall: Hall) -> None:
    first = hall.tablet.keep(answers={"overall": "5", "best": "time"})
    hall.go(60)
    hall.tablet.keep(answers={"overall": "1"})
    answer = hall.tablet.send()
    assert [number for number, _ in answer.json["receipts"]] == [first, 2]
    assert hall.tablet.held == {}
    [one, two] = hall.responses()
    assert (one.answers, two.answers) == ('{"overall":"5","best":"time"}', '{"overall":"1"}')
    assert (one.channel, one.attribution, one.officer_id) == ("kiosk", "kiosk", hall.office.officers[0])
    assert (one.counter_id, one.unit_id, one.service_day) == (
        hall.office.counter,
        hall.office.commune,
        date(2026, 3, 2),
    )
    assert two.answered_at - one.answered_at == timedelta(seconds=60)


def test_batch__sent_again__changes_nothing_and_gets_the_same_receipts(hall: Hall) -> None:
    hall.tablet.keep()
    held = dict(hall.tablet.held)
    first = hall.tablet.send().json["receipts"]
    hall.tablet.held = held
    assert hall.tablet.send().json["receipts"] == first
    assert (len(hall.responses()), hall.records()) == (1, [(1, None)])
    assert len(hall.rows(select(Receipt))) == 1


def test_batch__one_faulty_of_each_kind__others_stored_and_faults_named(hall: Hall) -> None:
    tablet = hall.tablet
    good = tablet.content()
    strange = {
        "unreadable": b"x" * 200,
        "form": tablet.seal(b"no json"),
        "release": tablet.seal(tablet.content(release=99)),
        "counter": tablet.seal(tablet.content(counter=hall.office.shared_counter)),
        "answers": tablet.seal(tablet.content(answers={"overall": "9"})),
        "other_content": tablet.seal(good | {"answers": {"overall": "1"}}),
    }
    tablet.keep_sealed(tablet.seal(good))
    for box in strange.values():
        tablet.keep_sealed(box)
    last = tablet.keep()
    answer = tablet.send()
    assert [fault for _, _, fault in answer.json["faults"]] == list(strange)
    assert [number for number, _ in answer.json["receipts"]] == [1, last]
    assert (len(hall.responses()), sorted(tablet.aside)) == (2, list(range(2, last)))
    assert hall.responses()[0].answers == '{"overall":"5"}'


@pytest.mark.parametrize(
    "change",
    [
        {"release": 2**70},
        {"release": -1},
        {"counter": 2**63},
        {"mono": 2**60},
        {"wall": -1},
        {"officer": [1, 10**40]},
        {"officer": [10**40, 1]},
        {"id": ""},
        {"receipt": "Ă" * 12},
        {"language": "xx"},
        {"answers": {}},
        {"answers": {"overall": {"a": 1}}},
        {"start": "a.b.c.d.e.f.g.h.i"},
    ],
    ids=str,
)
def test_record__with_a_value_out_of_its_range__faulty_and_the_next_one_stored(
    hall: Hall, change: dict[str, object]
) -> None:
    hall.tablet.keep(**change)
    hall.tablet.keep(wall=2**53 - 1, mono=2**53 - 1, stamp="ừ.1.2", slip="ừ", officer=[2**31 - 1, 2**53 - 1])
    answer = hall.tablet.send()
    assert [fault for _, _, fault in answer.json["faults"]] == ["form"]
    assert len(hall.responses()) == 1


def test_record__sealed_by_another_device__not_read(hall: Hall) -> None:
    point = from_base64(hall.tablet.setup["key"]["point"])
    hall.tablet.keep_sealed(sealed_to(point, hall.tablet.content(), hall.tablet.device + 1))
    assert [fault for _, _, fault in hall.tablet.send().json["faults"]] == ["unreadable"]


def test_number__with_another_content__device_marked_and_flagged_since_the_last_clean_contact(
    hall: Hall,
) -> None:
    tablet = hall.tablet
    tablet.keep()
    tablet.send()
    hall.go(600)
    tablet.keep()
    tablet.send()
    tablet.held[2] = tablet.seal(tablet.content())
    assert (answer := tablet.send([2])).status_code == 409
    assert answer.json == {"state": "cloned"}
    assert hall.device().cloned_at == hall.clock()
    assert [flag for flag in hall.flags() if flag[1] == KIOSK_CLONED] == [(2, KIOSK_CLONED)]
    tablet.held = {}
    tablet.keep()
    assert tablet.send().status_code == 409
    assert len(hall.responses()) == 2
    with hall.database.writing() as connection:
        trust(connection, tablet.device)
    assert tablet.send().status_code == 200
    assert len(hall.responses()) == 3


def test_device__revoked__nothing_taken(hall: Hall) -> None:
    hall.tablet.keep()
    with hall.database.writing() as connection:
        revoke(connection, hall.tablet.device, hall.clock())
    answer = hall.tablet.send()
    assert (answer.status_code, answer.json) == (403, {"state": "revoked"})
    assert hall.responses() == []


@pytest.mark.parametrize("change", ["body", "range", "path", "device", "signature"])
def test_signature__over_something_else__refused(
    hall: Hall, change: str, new_device: Callable[..., NewDevice]
) -> None:
    tablet = hall.tablet
    tablet.keep()
    body = json.dumps(tablet.message([1])).encode()
    signature = tablet.sign("/kiosk/responses", "1-1", body)
    path, numbers = "/kiosk/responses", "1-1"
    if change == "body":
        body += b" "
    elif change == "range":
        numbers = "1-2"
    elif change == "path":
        path = "/kiosk/heartbeat"
    elif change == "device":
        tablet.device = paired(hall.app, new_device(name="Máy 2").code, milliseconds(hall.clock())).device
    else:
        signature = bytes(64)
    answer = tablet.post(path, body, numbers, signature)
    assert (answer.status_code, answer.json) == (403, {"state": "unsigned"})
    assert hall.responses() == []


def test_message__no_message__refused_and_nothing_stored(hall: Hall) -> None:
    for body in (b"", b"{}", b"[]", b'{"protocol":1}', b"\xff"):
        assert hall.tablet.post("/kiosk/heartbeat", body, "-").status_code == 400
    assert hall.tablet.send([], made=-1).status_code == 400
    assert hall.tablet.send([], protocol=99).json == {
        "state": "too_old",
        "version": hall.app.extensions["kiosk"].files.version,
    }


def test_comment__where_the_setting_does_not_ask__not_in_the_setup(
    hall: Hall, new_device: Callable[..., NewDevice]
) -> None:
    code = new_device(questionnaire="counter-service", name="Máy 2").code
    tablet = paired(hall.app, code, milliseconds(hall.clock()))
    assert "comment" not in [question["id"] for question in tablet.setup["questions"]]
    tablet.keep(answers={"overall": "2", "reasons": ["wait", "rude"], "comment": "Chờ lâu."})
    tablet.send()
    assert hall.responses()[0].answers == '{"overall":"2","reasons":["wait","rude"]}'
    assert [row.text for row in hall.rows(select(Comment.text))] == ["Chờ lâu."]


def test_slip__typed_at_the_kiosk__spent_and_named(hall: Hall) -> None:
    keys = load_keys(Path(hall.app.instance_path), "visit")
    with hall.database.writing() as connection:
        [code] = make_slips(
            connection, keys, hall.office.counter, 1, MONDAY_9, officer_id=hall.office.officers[2]
        )
    hall.tablet.keep(slip=code)
    hall.go(120)
    hall.tablet.keep(slip=code)
    hall.tablet.send()
    found = [(row.attribution, row.officer_id) for row in hall.responses()]
    assert found == [("slip", hall.office.officers[2]), ("kiosk", hall.office.officers[0])]


def test_answer__from_memory__flagged(hall: Hall) -> None:
    hall.tablet.keep(late=True)
    hall.tablet.send()
    assert hall.flags() == [(1, KIOSK_LATE)]


def test_setup__unit_or_questionnaire_ends__said_in_one_word(hall: Hall) -> None:
    assert hall.tablet.setup["state"] == "ok"
    with hall.database.writing() as connection:
        retire(connection, "kiosk-quick", 1, hall.clock())
    hall.tablet.send([])
    assert hall.tablet.setup["state"] == "closed"
    with hall.database.writing() as connection:
        connection.execute(update(Unit).where(Unit.code == "01").values(valid_to=date(2026, 3, 1)))
    hall.tablet.send([])
    assert hall.tablet.setup["state"] == "unit_ended"


def test_batch__ten_thousand_records__all_stored_once(hall: Hall) -> None:
    tablet = hall.tablet
    for _ in range(10_000):
        tablet.clocks.go(90)
        tablet.keep()
    hall.clock.now += timedelta(seconds=900_000)
    began = time.monotonic()
    assert tablet.send().status_code == 200
    print(f"10,000 records: {time.monotonic() - began:.1f} s")
    assert tablet.held == {}
    assert len(hall.rows(select(Part.response_number))) == 10_000
