"""`python -m survey_app …`: the same as `survey …`."""

from __future__ import annotations

from survey_app.cli import start

start()
