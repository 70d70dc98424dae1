"""Health: whether the process lives, and whether it can do its work."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from survey_app.access.guard import open_to_all
from survey_app.store.engine import Database
from survey_app.store.upgrade import current, newest

health = Blueprint("health", __name__, url_prefix="/health")
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@health.get("/live")
@open_to_all
def live() -> ResponseReturnValue:
    """Answer as long as the process does."""
    return "ok", 200, PLAIN


@health.get("/ready")
@open_to_all
def ready() -> ResponseReturnValue:
    """Answer whether the database can be reached and has this version's schema."""
    database: Database = current_app.extensions["database"]
    try:
        with database.reading() as connection:
            found = current(connection)
    except SQLAlchemyError:
        return "database: cannot be reached", 503, PLAIN
    if found != newest():
        return "database: its schema is another; run 'survey db upgrade'", 503, PLAIN
    return "ok", 200, PLAIN
