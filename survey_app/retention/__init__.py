"""Retention: what is kept how long, and the erasing of what is older."""
