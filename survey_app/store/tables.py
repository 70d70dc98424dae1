"""Tables: every one of them, in one metadata."""

from __future__ import annotations

from survey_app.store import accounts, devices, evaluations, jobs, organisation, responses
from survey_app.store.schema import Table

METADATA = Table.metadata

__all__ = ["METADATA", "accounts", "devices", "evaluations", "jobs", "organisation", "responses"]
