"""Analysis: counts in; estimates, figures and reports out. No web, no database, no clock, no global state.

Counting, estimating and cutting for an audience are one line::

    for_audience(summarise(tally(ratings), period("2026-H1")), "head")

``period``, ``tally`` and ``summarise`` come from the modules of their names, charts and files of a summary
from ``analysis.report``; all other public names from here too. Each is loaded when it is first asked for, so
that who asks for a period loads neither numpy nor scipy.
"""

from importlib import import_module
from typing import Any

_MODULES = {
    "analysis.check.arrivals": ("Arrivals",),
    "analysis.check.disclosure": ("for_audience", "subtree"),
    "analysis.check.integrity": ("integrity",),
    "analysis.compare.against_peers": ("verdicts",),
    "analysis.compare.against_target": ("against_target",),
    "analysis.compare.beta_binomial": ("beta_binomial",),
    "analysis.compare.casemix": ("case_mix_adjusted",),
    "analysis.compare.difference": ("difference_interval", "difference_of_intervals", "direction"),
    "analysis.compare.empirical_bayes": ("BetaBinomial",),
    "analysis.compare.funnel": ("funnel",),
    "analysis.compare.funnel_limits": ("funnel_limits",),
    "analysis.compare.grading": ("grade",),
    "analysis.compare.laney_chart": ("laney_chart",),
    "analysis.compare.monitoring": ("monthly_chart",),
    "analysis.compare.posterior_ranks": ("expected_ranks",),
    "analysis.compare.ranking": ("rank_sets",),
    "analysis.compare.standardisation": ("standardised_difference",),
    "analysis.compare.succession": ("Succession", "lineage"),
    "analysis.compare.t_difference": ("linearised_difference", "welch"),
    "analysis.estimate.design": ("linearised",),
    "analysis.estimate.design_effect": ("moderated_design_effect",),
    "analysis.estimate.effective_size": ("adjusted_effective_n", "finite_population"),
    "analysis.estimate.intervals": ("korn_graubard_interval",),
    "analysis.estimate.proportion": ("Interval", "proportion_interval"),
    "analysis.check.suppression": ("audit_suppression", "suppress"),
    "analysis.estimate.weighting": ("post_stratify",),
    "analysis.estimate.post_stratification": ("post_stratified_domains",),
    "analysis.estimate.raking": ("rake", "raked"),
    "analysis.estimate.nonresponse": (
        "nonresponse_bounds",
        "odds_sensitivity",
        "r_indicator",
        "tipping_point",
    ),
    "analysis.estimate.planning": ("familiar_sample_size", "sample_size", "sample_size_for_change"),
    "analysis.period": ("Period", "before", "half_year_of"),
    "analysis.ratings": ("Domain", "Question", "Ratings", "Workload"),
    "analysis.rules": ("Rules",),
    "analysis.summary": ("AnswerRow", "Row", "Summary"),
    "analysis.tallies": ("Tallies",),
    "analysis.tally_file": ("read_tallies",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Give a public name from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """Give the public names."""
    return list(__all__)
