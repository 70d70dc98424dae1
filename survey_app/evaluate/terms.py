"""Terms: what the desk calls the codes of the figures."""

from __future__ import annotations

from flask_babel import lazy_gettext

KINDS = {
    "province": lazy_gettext("Province"),
    "centre": lazy_gettext("Service centres"),
    "department": lazy_gettext("Departments"),
    "commune": lazy_gettext("Communes and wards"),
    "counter": lazy_gettext("Counters"),
}
"""Kinds of units in the order of the tree."""

SORTS = {
    "tree": lazy_gettext("Tree of units"),
    "name": lazy_gettext("Name"),
    "rate": lazy_gettext("Satisfaction rate"),
    "responses": lazy_gettext("Responses"),
    "coverage": lazy_gettext("Coverage"),
    "change": lazy_gettext("Change"),
    "flagged": lazy_gettext("Flagged responses"),
}

ROLES = {
    "serving": lazy_gettext("Where people were served"),
    "deciding": lazy_gettext("Who decides the file"),
}

STEPS = {
    "coming": lazy_gettext("not begun"),
    "open": lazy_gettext("Collecting"),
    "review": lazy_gettext("Under review"),
    "closed": lazy_gettext("Closed"),
    "published": lazy_gettext("Published"),
}
"""Steps in the life of a period."""

GRADES = {
    "very_high": lazy_gettext("Very high"),
    "high": lazy_gettext("High"),
    "medium": lazy_gettext("Medium"),
    "low": lazy_gettext("Low"),
}

CERTAINTIES = {
    "certain": lazy_gettext("certain"),
    "likely": lazy_gettext("likely"),
    "borderline": lazy_gettext("borderline"),
}

VERDICTS = {
    "above": lazy_gettext("above"),
    "below": lazy_gettext("below"),
    "not_distinguishable": lazy_gettext("cannot be told apart"),
}
"""How a unit or officer stands to the rest of its peer group."""

INSTEAD = {
    "suppressed": lazy_gettext("hidden (small number)"),
    "no_data": lazy_gettext("no responses"),
    "insufficient": lazy_gettext("not enough responses"),
}
"""Statuses that stand where a figure would, the strongest first."""

REMARKS = {
    "insufficient": lazy_gettext("not enough responses"),
    "single_day": lazy_gettext("one day only"),
    "single_officer": lazy_gettext("one officer only"),
    "degenerate_variance": lazy_gettext("no variation between days"),
    "more_answers_than_transactions": lazy_gettext("more answers than visits"),
    "coverage_unknown": lazy_gettext("visits not known"),
    "default_pool": lazy_gettext("default design effect"),
    "no_pool": lazy_gettext("certainty without peers"),
    "not_weighted": lazy_gettext("not weighted"),
    "version_change": lazy_gettext("questions changed"),
    "no_baseline": lazy_gettext("no earlier period"),
    "under_review": lazy_gettext("under review"),
    "merged_in_period": lazy_gettext("merged in the period"),
}
"""Statuses that are said beside the figures."""

USUAL = frozenset({"default_pool", "not_weighted", "no_baseline", "no_pool", "version_change"})
"""Statuses that hold for nearly all rows or are said elsewhere, not beside the name."""

ELSEWHERE = USUAL | {"coverage_unknown", "insufficient"}
"""Statuses that a cell of the same row says."""

STATUSES = REMARKS | {
    "no_data": lazy_gettext("no responses"),
    "suppressed": lazy_gettext("hidden (small number)"),
    "not_distinguishable": lazy_gettext("not ranked: cannot be told apart"),
    "flagged": lazy_gettext("with flagged responses"),
}
"""Statuses as a filter names them."""

REASONS = {
    "same": lazy_gettext("both are the same unit in the same period"),
    "missing": lazy_gettext("one of them is not among the figures"),
    "suppressed": lazy_gettext("one of them is hidden (small number)"),
    "no_data": lazy_gettext("one of them has no responses"),
    "insufficient": lazy_gettext("one of them has not enough responses"),
    "within": lazy_gettext("one unit is a part of the other, so that the two rates share responses"),
    "days": lazy_gettext("the two periods share days, so that the two rates share responses"),
    "questions": lazy_gettext("the questions were worded differently"),
    "level": lazy_gettext("their intervals have different levels of confidence"),
}
"""Why two rates are not compared."""

CHANNELS = {
    "poster": lazy_gettext("phone code at the counter"),
    "slip": lazy_gettext("slip"),
    "rotating": lazy_gettext("rotating code"),
    "kiosk": lazy_gettext("kiosk"),
    "link": lazy_gettext("link"),
    "paper": lazy_gettext("paper"),
    "import": lazy_gettext("other program"),
}

ATTRIBUTIONS = {
    "slip": lazy_gettext("officer known by the slip"),
    "rotating": lazy_gettext("officer known by the rotating code"),
    "kiosk": lazy_gettext("officer known by the paired kiosk"),
    "poster_now": lazy_gettext("officer on duty when the page was opened"),
    "ambiguous": lazy_gettext("several officers on duty: none named"),
    "none": lazy_gettext("no officer named"),
}

NO_ANSWERS = {
    "skipped": lazy_gettext("skipped"),
    "not_applicable": lazy_gettext("does not apply"),
    "refused": lazy_gettext("preferred not to say"),
    "unmapped": lazy_gettext("code without a meaning"),
}
"""What stands in place of an answer and counts in no rate."""

MEASURES = {
    "overall": lazy_gettext("Overall"),
    "factor:access": lazy_gettext("Access to the service"),
    "factor:procedures": lazy_gettext("Administrative procedures"),
    "factor:officials": lazy_gettext("Officials handling the work"),
    "factor:result": lazy_gettext("Result of the service"),
    "factor:feedback": lazy_gettext("Receiving and handling feedback"),
    "index:pooled": lazy_gettext("All answers to rated questions pooled"),
    "index:question_mean": lazy_gettext("Mean of the rates of the questions"),
    "index:weighted_factors": lazy_gettext("Weighted mean of the rates of the factors"),
}
