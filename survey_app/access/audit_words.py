"""Audit words: what groups of actions are called, and what a verification found."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from survey_app.access.audit import Broken

GROUPS = {
    "signin": lazy_gettext("Sign-ins"),
    "account": lazy_gettext("Accounts and roles"),
    "officer": lazy_gettext("Looks at officers' results"),
    "snapshot": lazy_gettext("Snapshots"),
    "review": lazy_gettext("Exclusions and corrections"),
    "objection": lazy_gettext("Objections"),
    "comment": lazy_gettext("Comments"),
    "period": lazy_gettext("Life of periods"),
    "file": lazy_gettext("Downloads"),
    "package": lazy_gettext("Packages"),
    "export": lazy_gettext("Raw exports"),
    "unit": lazy_gettext("Units"),
    "posting": lazy_gettext("Postings"),
    "questionnaire": lazy_gettext("Questionnaires"),
    "responses": lazy_gettext("Imported responses"),
    "device": lazy_gettext("Kiosks"),
    "slips": lazy_gettext("Slips"),
    "screen": lazy_gettext("Screens"),
    "keys": lazy_gettext("Keys"),
    "db": lazy_gettext("Database"),
    "retention": lazy_gettext("Retention"),
    "audit": lazy_gettext("Audit log"),
}
"""Actions are named ``group.what``; these are the groups."""


def broken_words(broken: Broken | None) -> str:
    """Say what a verification found."""
    if broken is None:
        return str(gettext("The audit log is whole: every entry follows from the one before."))
    found = {
        "changed": gettext("Entry %(entry)s was changed, or one before it.", entry=broken.entry),
        "missing": gettext("Entry %(entry)s is missing.", entry=broken.entry),
        "inserted": gettext("After entry %(entry)s something was put in later.", entry=broken.entry),
        "reordered": gettext("Entry %(entry)s stands in another's place.", entry=broken.entry),
        "head": gettext("The head that was given is in no entry up to %(entry)s.", entry=broken.entry),
    }
    return " ".join((found[broken.how], gettext("Compare with a backup made before.")))
