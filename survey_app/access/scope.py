"""Scope: which units a person may see, told by codes, as pages know units by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from survey_app.access.accounts import Person
from survey_app.access.grants import GrantOf

Parents = Mapping[str, str | None]
"""The code of each unit and of the one above it."""


def scope_of(person: Person, *roles: str) -> frozenset[str] | None:
    """Give the codes of the units whose subtrees a person may see in any of these roles; None: everything."""
    return scope_of_grants(person.grants, *roles)


def scope_of_grants(grants: Iterable[GrantOf], *roles: str) -> frozenset[str] | None:
    """Give the same of what somebody was granted, whether or not they are here.

    An officer sees themself and no unit. A unit that has ended shows nothing, its code may name another now.
    """
    codes = set()
    for grant in grants:
        if grant.role not in roles or grant.role == "officer":
            continue
        if grant.unit_id is None:
            return None
        if grant.unit_code is not None and not grant.ended:
            codes.add(grant.unit_code)
    return frozenset(codes)


def lies_in(scope: Collection[str], unit_code: str, parents: Parents) -> bool:
    """Whether a unit is one of a scope or lies below one.

    >>> parents = {"40": None, "S1": "40", "S1.1": "S1", "S2": "40"}
    >>> [lies_in({"S1"}, code, parents) for code in ("S1.1", "S1", "S2", "40", "S9")]
    [True, True, False, False, False]
    """
    code: str | None = unit_code
    passed: set[str] = set()
    while code is not None and code in parents and code not in passed:
        if code in scope:
            return True
        passed.add(code)
        code = parents[code]
    return False
