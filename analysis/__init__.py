"""Analysis: counts in; estimates, figures and reports out. No web, no database, no clock, no global state.

Counting, estimating and cutting for an audience are one line::

    for_audience(summarise(tally(ratings), period("2026-H1")), "head")

Names are imported from their modules, so that who asks for a period does not load numpy or scipy:

- ``analysis.period``: ``Period``, ``period``, ``half_year_of``, ``before``;
- ``analysis.ratings``: ``Ratings`` and its ``Question``, ``Domain``, ``Workload``;
- ``analysis.tally``: ``tally``; ``analysis.tally_file``: ``read_tallies``; ``analysis.tallies``: ``Tallies``;
- ``analysis.summarise``: ``summarise``; ``analysis.summary``: ``Summary``, ``Row``, ``AnswerRow``;
- ``analysis.table``: ``Table``, how summaries keep their rows;
- ``analysis.check.disclosure``: ``for_audience``, ``subtree``;
- ``analysis.estimate``: ``proportion_interval``, ``linearised``, ``pooled``, ``moderated``, ``mean_scores``;
- ``analysis.report``: files of a summary.
"""
