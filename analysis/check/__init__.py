"""Checks: what may be shown, and what looks doubtful."""
