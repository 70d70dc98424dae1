"""Words: what several pages of access say, and the names of roles."""

from __future__ import annotations

import math
from datetime import timedelta

from flask_babel import gettext

from survey_app.access.passwords import LONGEST, SHORTEST, password_fault


def role_words() -> dict[str, str]:
    """Give the words for roles."""
    return {
        "inspector": gettext("Inspector"),
        "head": gettext("Head of unit"),
        "officer": gettext("Officer"),
        "administrator": gettext("Administrator"),
        "auditor": gettext("Auditor"),
        "statistician": gettext("Statistician"),
    }


def new_password_fault(login: str, password: str, again: str) -> str | None:
    """Say what is wrong with a new password; None if nothing is."""
    faults: dict[str, str] = {
        "short": gettext("The password needs at least %(shortest)s characters.", shortest=SHORTEST),
        "long": gettext("The password is too long: at most %(longest)s characters.", longest=LONGEST),
        "login": gettext("The password must not contain the login."),
    }
    code = password_fault(login, password)
    differ: str = gettext("The two passwords differ. Please type both again.")
    if code is not None:
        return faults[code]
    return differ if password != again else None


def too_many(wait: timedelta) -> str:
    """Say how long the next attempt must wait."""
    seconds = math.ceil(wait.total_seconds())
    told: str = gettext("Too many attempts. Please try again in %(seconds)s seconds.", seconds=seconds)
    return told
