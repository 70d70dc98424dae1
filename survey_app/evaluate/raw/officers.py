"""Officers: what stands for them in an export: a pseudonym of that file alone, or their code for a reason."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, select

from analysis.ratings import Domain
from survey_app.store.accounts import Account, Grant

ROLE = "statistician"
SHORTEST = 10
"""Fewest signs of a reason."""


class NotGranted(ValueError):
    """Officers cannot be named to this account, or for no reason."""


def find_account(connection: Connection, login: str) -> int:
    """Give the account of a login that may still come in; raises NotGranted if there is none."""
    query = select(Account.id).where(Account.login == login.casefold(), Account.disabled_at.is_(None))
    found = connection.scalar(query)
    if found is None:
        raise NotGranted(f"login {login!r}: no such account, or disabled; see 'survey account add'")
    return int(found)


def check_named(connection: Connection, account_id: int | None, reason: str) -> None:
    """Raise NotGranted unless officers may be named to an account, for this reason.

    Needs the role on the whole province: whoever decides a file in one unit, officers of others receive it.
    """
    if len(reason.strip()) < SHORTEST:
        raise NotGranted(f"reason {reason.strip()!r}: write {SHORTEST} signs or more on what it is for")
    if account_id is None:
        raise NotGranted("officers: are named to an account only; give the login of one")
    query = (
        select(Account.login, Grant.id)
        .outerjoin(Grant, (Grant.account_id == Account.id) & (Grant.role == ROLE) & Grant.unit_id.is_(None))
        .where(Account.id == account_id, Account.disabled_at.is_(None))
    )
    account = connection.execute(query.limit(1)).one_or_none()
    if account is None or account.id is None:
        who = "account" if account is None else f"login {account.login!r}"
        raise NotGranted(
            f"{who}: lacks the role {ROLE!r} on the whole province, which alone names officers; have an "
            "administrator grant it, or export without --with-officers"
        )


def pseudonyms(officers: Sequence[Domain]) -> tuple[str, ...]:
    """Give a pseudonym for the code of each officer, under a key that is thrown away at once."""
    key = secrets.token_bytes(32)
    return tuple("p" + hmac.digest(key, each.code.encode(), hashlib.sha256).hex()[:12] for each in officers)
