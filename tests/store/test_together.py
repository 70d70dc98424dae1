import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import OperationalError

from survey_app.store.engine import Database, open_database
from survey_app.store.jobs import Job
from survey_app.store.together import Together
from survey_app.store.upgrade import upgrade

NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)


class Refused(ValueError):
    """What a work raises."""


def adds(argument: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        values = {"kind": "snapshot", "argument": argument, "state": "waiting", "asked_at": NOW}
        connection.execute(insert(Job), values)
        return argument

    return work


def refuses(argument: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        adds(argument)(connection)
        raise Refused(argument)

    return work


def stored(database: Database) -> list[str]:
    with database.reading() as connection:
        return sorted(connection.execute(select(Job.argument)).scalars())


def all_at_once(together: Together, works: Sequence[Callable[[Connection], str]]) -> list[Any]:
    """Give what each work gave or raised, of works that all wait while somebody else writes."""
    found: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        try:
            found[place] = together.write(works[place])
        except (Refused, OperationalError) as fault:
            found[place] = fault

    with together.turn:
        threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
        for thread in threads:
            thread.start()
        while together.database.gate is not None and len(together.waiting) < len(works):
            pass
    for thread in threads:
        thread.join(20)
    return found


def commits(database: Database) -> list[Connection]:
    seen: list[Connection] = []
    event.listen(database.engine, "commit", seen.append)
    return seen


def test_write__one_alone__gives_what_it_gave(database: Database) -> None:
    assert Together(database).write(adds("a")) == "a"
    assert stored(database) == ["a"]


def test_write__many_at_once__all_stored_in_few_transactions(database: Database) -> None:
    together, seen = Together(database), commits(database)
    names = [f"{number:02}" for number in range(40)]
    assert all_at_once(together, [adds(name) for name in names]) == names
    assert len(seen) == (2 if database.gate else 40)
    assert stored(database) == names


def test_write__one_of_many_refuses__the_others_are_stored_and_it_alone_is_told(database: Database) -> None:
    found = all_at_once(Together(database), [adds("a"), refuses("b"), adds("c")])
    assert [found[0], str(found[1]), found[2]] == ["a", "b", "c"]
    assert isinstance(found[1], Refused)
    assert stored(database) == ["a", "c"]


def test_write__alone_and_refusing__leaves_nothing_and_the_next_goes_on(database: Database) -> None:
    together = Together(database)
    with pytest.raises(Refused):
        together.write(refuses("a"))
    assert together.write(adds("b")) == "b"
    assert stored(database) == ["b"]


def test_write__database_fails__all_are_told_and_none_waits_for_it_again(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    upgrade(database)
    tries = []

    def fails(connection: Connection) -> str:
        tries.append(connection)
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    found = all_at_once(Together(database), [fails, adds("a"), fails])
    assert len(tries) == 1
    assert [type(each) for each in found] == [OperationalError] * 3
    assert stored(database) == []
    database.engine.dispose()
