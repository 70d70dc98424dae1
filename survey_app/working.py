"""Working: puts the pages on which the desk's work is done onto an application."""

from __future__ import annotations

from flask import Flask

from survey_app.access.audit_pages import audit
from survey_app.administer.accounts import accounts
from survey_app.evaluate.closing_acts import closing_acts
from survey_app.evaluate.closing_pages import closing
from survey_app.evaluate.comment_pages import comments
from survey_app.evaluate.export_pages import export
from survey_app.evaluate.head_pages import head
from survey_app.evaluate.progress_pages import progress
from survey_app.evaluate.review_acts import review_acts
from survey_app.evaluate.review_pages import review
from survey_app.evaluate.self_pages import own

PAGES = (
    review,
    review_acts,
    closing,
    closing_acts,
    progress,
    comments,
    head,
    own,
    export,
    audit,
    accounts,
)


def connect(app: Flask) -> None:
    """Register the pages."""
    for pages in PAGES:
        app.register_blueprint(pages)
