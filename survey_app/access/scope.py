"""Scope: which units a person may see, told by codes, as pages know units by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from survey_app.access.accounts import Person

Parents = Mapping[str, str | None]
"""The code of each unit and of the one above it."""


def scope_of(person: Person, *roles: str) -> frozenset[str] | None:
    """Give the codes of the units whose subtrees a person may see in any of these roles; None: everything.

    An officer sees themself and no unit: see ``officers_of``. A unit that has ended shows nothing, its code
    may name another by now.
    """
    codes = set()
    for grant in person.grants:
        if grant.role not in roles or grant.role == "officer":
            continue
        if grant.unit_id is None:
            return None
        if grant.unit_code is not None and not grant.ended:
            codes.add(grant.unit_code)
    return frozenset(codes)


def may_see(person: Person, roles: Iterable[str], unit_code: str, parents: Parents) -> bool:
    """Whether a person may see a unit in any of these roles: it, or a unit above it, was granted.

    The unit must be among ``parents``, but for somebody who may see everything.
    """
    scope = scope_of(person, *roles)
    return scope is None or lies_in(scope, unit_code, parents)


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


def officers_of(person: Person) -> frozenset[str]:
    """Give the codes of the officers whose own results a person may see: theirs."""
    return frozenset(grant.officer_code for grant in person.grants if grant.officer_code is not None)
