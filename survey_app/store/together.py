"""Together: work that arrives while another transaction is being written shares the next one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from survey_app.store.engine import Database

MOST = 32
"""How many works share a transaction at most: others than these threads wait for the file too."""

T = TypeVar("T")


@dataclass(eq=False)
class _Waiting:
    """Work that waits for its transaction, and what became of it."""

    work: Callable[[Connection], Any]
    done: bool = False
    result: Any = None
    fault: BaseException | None = None

    def settle(self, result: Any, fault: BaseException | None = None) -> None:
        self.done, self.result, self.fault = True, result, fault


@dataclass(frozen=True)
class Together:
    """Writes of several threads in few transactions of SQLite, which takes one writer at a time.

    A commit waits for the disk. Whoever gets the turn does the work of all that wait meanwhile, commits once
    and wakes them: on a slow disk as many responses are stored in a second as on a fast one. What each gives
    or raises is its own; if one raises, all of them are done again, each in a transaction of its own. If the
    database fails, it fails them all. PostgreSQL commits several transactions at once by itself: there each
    has its own from the start, so that none waits for rows that another process has.
    """

    database: Database
    turn: threading.Lock = field(default_factory=threading.Lock)
    entry: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[_Waiting] = field(default_factory=list)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Give what a work gives that was done in a transaction; another thread may do it.

        Raises what the work raises, or what the commit does; nothing of it is stored then.
        """
        if self.database.gate is None:
            with self.database.writing() as connection:
                return work(connection)
        own = _Waiting(work)
        with self.entry:
            self.waiting.append(own)
        with self.turn:
            if not own.done:
                self._write_all(self._take(own))
        if own.fault is not None:
            raise own.fault
        given: T = own.result
        return given

    def _take(self, own: _Waiting) -> list[_Waiting]:
        """Give the works to be done now, one's own among them; the others keep waiting."""
        with self.entry:
            others = [each for each in self.waiting if each is not own]
            taken = [own, *others[: MOST - 1]]
            self.waiting[:] = others[MOST - 1 :]
        return taken

    def _write_all(self, taken: list[_Waiting]) -> None:
        if len(taken) > 1:
            try:
                with self.database.writing() as connection:
                    results = [each.work(connection) for each in taken]
            except OperationalError as fault:  # the database's own, which each would wait for again
                for each in taken:
                    each.settle(None, fault)
                return
            except Exception:  # told below to the one that it belongs to
                pass
            else:
                for each, result in zip(taken, results, strict=True):
                    each.settle(result)
                return
        for each in taken:
            self._write_one(each)

    def _write_one(self, each: _Waiting) -> None:
        try:
            with self.database.writing() as connection:
                result = each.work(connection)
        except BaseException as fault:  # raised where it belongs, in the thread that asked
            each.settle(None, fault)
        else:
            each.settle(result)
