"""Enrolment: a person sets up an authenticator, confirms it by a code and gets recovery codes."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, render_template, session
from flask_babel import gettext

from survey_app.access import second_factor
from survey_app.access.accounts import Person
from survey_app.access.audit import record
from survey_app.access.recovery import renew_codes
from survey_app.access.sealing import Seals, Unreadable
from survey_app.store.engine import Database
from survey_app.web import desk_name

KEPT = "setting_up"
"""Name of the sealed secret in the session, from the page that shows it until a code confirms it."""
BORDER = 4
"""Light modules around a code that readers need."""


def secret_to_set_up(person: Person) -> str:
    """Give the secret that the page shows, the same until it is confirmed."""
    seals: Seals = current_app.extensions["seals"]
    kept = session.get(KEPT)
    if kept is not None:
        try:
            return second_factor.secret_of(seals, person.id, str(kept).encode())
        except Unreadable:
            pass  # of another person, or from before the last two rotations of keys: begun anew
    secret = second_factor.new_secret()
    session[KEPT] = seals.seal(f"{person.id} {secret}").decode()
    return secret


def confirms(person: Person, code: str) -> bool:
    """Whether a code is the present one of the authenticator that is being set up."""
    now: datetime = current_app.extensions["clock"]()
    return second_factor.step_of(secret_to_set_up(person), code, now) is not None


def enrol(person: Person, code: str) -> tuple[str, ...] | None:
    """Keep the authenticator if the code is its; give the recovery codes, None if it is not."""
    database: Database = current_app.extensions["database"]
    seals: Seals = current_app.extensions["seals"]
    now: datetime = current_app.extensions["clock"]()
    secret = secret_to_set_up(person)
    step = second_factor.step_of(secret, code, now)
    if step is None:
        return None
    with database.writing() as connection:
        before = second_factor.sealed_of(connection, person.id)
        if (before is not None) != person.has_second_factor:  # set up in another window just now
            return None
        if not second_factor.set_up(connection, seals, person.id, secret, step, before):
            return None
        codes = renew_codes(connection, seals, person.id)
        record(connection, "account.second_factor_set", now, person.id)
    session.pop(KEPT, None)
    return codes


def set_up_page(person: Person, action: str, fault: str | None = None, proof_fault: str | None = None) -> str:
    """Give the page with the QR code and the key to type."""
    secret = secret_to_set_up(person)
    rows = _modules(second_factor.address_of(secret, person.login, desk_name()))
    return render_template(
        "access/set_up.html",
        action=action,
        key=second_factor.spaced(secret),
        path=_path(rows),
        size=len(rows) + 2 * BORDER,
        replacing=person.has_second_factor,
        fault=fault,
        proof_fault=proof_fault,
    )


def wrong_code() -> str:
    """Say that a code does not confirm the authenticator."""
    told: str = gettext(
        "This is not the present code of the new entry. Check the time of the telephone and type it again."
    )
    return told


def codes_page(codes: tuple[str, ...], onward: str) -> str:
    """Give the page that shows recovery codes, once."""
    return render_template("access/codes.html", codes=codes, onward=onward)


def _modules(address: str) -> list[list[bool]]:
    # Only who sets up a second factor needs it.
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(address)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def _path(rows: list[list[bool]]) -> str:
    """Give the dark modules as a path, each one unit wide.

    >>> _path([[True, False], [False, True]])
    'M4 4h1v1h-1zM5 5h1v1h-1z'
    """
    return "".join(
        f"M{x + BORDER} {y + BORDER}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
