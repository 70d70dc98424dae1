"""Attempts: failed sign-ins of one login slow down, in this process and until it ends."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FREE = 5
"""Failures that cost nothing: people mistype."""
LONGEST = timedelta(seconds=60)
REMEMBERED = 1_000
FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True)
class Attempts:
    """How often each login failed lately, and when it last did; the oldest are forgotten first."""

    failures: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, login: str, now: datetime) -> timedelta:
        """Give how long a login must wait before its next attempt."""
        with self.turn:
            count, last = self.failures.get(login.casefold(), (0, now))
        if count < FREE or now - last > FORGOTTEN:
            return timedelta()
        delay = min(timedelta(seconds=2 ** min(count - FREE, 10)), LONGEST)
        return max(last + delay - now, timedelta())

    def failed(self, login: str, now: datetime) -> None:
        """Note a failure."""
        login = login.casefold()
        with self.turn:
            count, last = self.failures.pop(login, (0, now))
            self.failures[login] = (count + 1 if now - last <= FORGOTTEN else 1, now)
            while len(self.failures) > REMEMBERED:
                self.failures.popitem(last=False)

    def succeeded(self, login: str) -> None:
        """Forget the failures of a login."""
        with self.turn:
            self.failures.pop(login.casefold(), None)
