"""The application for a WSGI server; SURVEY_INSTANCE names its instance folder."""

from __future__ import annotations

from survey_app import create_app

application = create_app()
