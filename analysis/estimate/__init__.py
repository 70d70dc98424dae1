"""Estimates: counts in, rates and means with their uncertainty out; arrays only."""
