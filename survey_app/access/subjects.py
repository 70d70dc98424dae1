"""Subjects: whom a provider of sign-ins means by whom it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from survey_app.access.audit import record
from survey_app.store.accounts import Account

LONGEST = 300


@dataclass(frozen=True)
class Found:
    """The account of a subject, or why it has none: ``unknown`` or ``disabled``."""

    account_id: int | None
    why: Literal["", "unknown", "disabled"] = ""


UNKNOWN = Found(None, "unknown")


def find_subject(connection: Connection, issuer: str, claims: Mapping[str, Any], now: datetime) -> Found:
    """Give the account that a provider's claims are about.

    Known by the subject; where it comes for the first time by a mail address that the provider has verified,
    and from then on by the subject alone. No account is made by it.
    """
    subject = f"{issuer}|{claims.get('sub', '')}"
    if not claims.get("sub") or len(subject) > LONGEST:
        return UNKNOWN
    columns = (Account.id, Account.disabled_at)
    bound = connection.execute(select(*columns).where(Account.subject == subject)).one_or_none()
    if bound is not None:
        return Found(bound.id) if bound.disabled_at is None else Found(bound.id, "disabled")
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str) or not email:
        return UNKNOWN
    mine = (Account.email == email.strip().casefold(), Account.subject.is_(None))
    named = connection.execute(select(*columns).where(*mine)).all()
    if len(named) != 1:
        return UNKNOWN
    [account] = named
    if account.disabled_at is not None:
        return Found(account.id, "disabled")
    tied = update(Account).where(Account.id == account.id, Account.subject.is_(None)).values(subject=subject)
    if connection.execute(tied).rowcount != 1:
        return UNKNOWN
    record(connection, "account.tied", now, account.id, issuer=issuer)
    return Found(account.id)
