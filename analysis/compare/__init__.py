"""Comparisons: differences, ranks, verdicts and grades; arrays only."""
