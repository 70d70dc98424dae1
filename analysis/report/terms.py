"""Terms: the words that reports use for codes of the summary."""

from __future__ import annotations


def mark(sentence: str) -> str:
    """Give a sentence back; says to the catalogues that it will be looked up."""
    return sentence


FACTORS = {
    "access": mark("Access to the service"),
    "procedures": mark("Administrative procedures"),
    "officials": mark("Officials handling the work"),
    "result": mark("Result of the service"),
    "feedback": mark("Receiving and handling feedback"),
}

QUESTIONS = {
    "overall": mark("Overall"),
    "access": mark("The place"),
    "procedures": mark("The procedure"),
    "officer_attitude": mark("The officer's attitude"),
    "officer_responsibility": mark("Sense of responsibility"),
    "officer_guidance": mark("Guidance"),
    "result": mark("The result"),
    "feedback": mark("Handling of feedback"),
    "overall_online": mark("Overall, online"),
    "access_online": mark("Finding the procedure online"),
    "procedures_online": mark("Filling in online"),
    "officials_online": mark("Officials who handled the file"),
}

INDEXES = {
    "pooled": mark("All answers to rated questions pooled"),
    "question_mean": mark("Mean of the rates of the questions"),
    "weighted_factors": mark("Weighted mean of the rates of the factors"),
}

INSTEAD = {
    "suppressed": mark("hidden (small number)"),
    "no_data": mark("no responses"),
    "insufficient": mark("not enough responses"),
}
"""Statuses whose words stand in place of the figures, the strongest first."""

REMARKS = {
    "single_officer": mark("one officer only"),
    "single_day": mark("one day only"),
    "degenerate_variance": mark("no variation between days"),
    "more_answers_than_transactions": mark("more answers than visits"),
    "coverage_unknown": mark("visits not known"),
    "default_pool": mark("default design effect"),
    "not_weighted": mark("not weighted"),
    "version_change": mark("questions changed"),
    "no_baseline": mark("no earlier period"),
    "under_review": mark("under review"),
    "no_pool": mark("certainty without peers"),
    "not_distinguishable": mark("cannot be told apart"),
    "merged_in_period": mark("merged in the period"),
}
"""Statuses that are printed below the name of a row."""

GRADES = {
    "very_high": mark("Very high"),
    "high": mark("High"),
    "medium": mark("Medium"),
    "low": mark("Low"),
}

CERTAINTIES = {
    "certain": mark("high certainty"),
    "likely": mark("moderate certainty"),
    "borderline": mark("borderline"),
}

CERTAINTIES_IN_CELLS = {
    "certain": mark("certain"),
    "likely": mark("likely"),
    "borderline": mark("borderline"),
}

VERDICTS = {"above": mark("above"), "below": mark("below"), "not_distinguishable": mark("not clear")}

LEVELS = {
    "unit": mark("where people were served"),
    "deciding": mark("who decides the file"),
    "counter": mark("counter"),
    "officer": mark("officer"),
}

METHODS = {"wilson-moderated": mark("Wilson, effective sample size")}
