"""Closing words: what the checklist, the progress of a closing and its verification say."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

OUTCOMES = {
    "ok": lazy_gettext("as signed"),
    "differs": lazy_gettext("differs"),
    "not compared": lazy_gettext("not compared"),
}

STEPS = {
    "reading": lazy_gettext("the responses are read"),
    "estimating": lazy_gettext("the figures are computed"),
    "signing": lazy_gettext("the files are made and signed"),
}


def kept_words(what: str) -> str:
    """Write what was looked at in a verification, how far a closing is, or how a check came out."""
    if what in STEPS:
        return str(STEPS[what])
    if what in OUTCOMES:
        return str(OUTCOMES[what])
    known = {
        "signature of the manifest": gettext("signature of the manifest"),
        "responses in the database": gettext("responses in the database"),
        "figures from the frozen columns": gettext("figures computed from the frozen columns"),
        "figures": gettext("figures"),
    }
    if what in known:
        return str(known[what])
    for start, words in (("file ", gettext("file")), ("rendered again ", gettext("made again:"))):
        if what.startswith(start):
            return f"{words} {what.removeprefix(start)}"
    return what


def told_words(word: str) -> str:
    """Write what was done."""
    sentences = {
        "review": gettext("The review has begun."),
        "open": gettext("The period is open again."),
        "published": gettext("It is noted that the results were made public."),
        "closing": gettext("The worker was asked to close the period. This page shows how far it is."),
        "verifying": gettext("The worker was asked to verify the closed state."),
    }
    return str(sentences.get(word, ""))
