"""Method page: says in words how every figure of the desk is made."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from survey_app.access.guard import required
from survey_app.ground import desk_blueprint, settings

method = desk_blueprint("method", __name__, "/evaluations")


@method.get("/method")
@required()
def method_page() -> ResponseReturnValue:
    """Say how the figures are made, and what they do not say."""
    return render_template(
        "evaluate/method.html",
        bounds=settings().grade_bounds,
        minimum=settings().minimum_people,
        grace=settings().closing_grace_days,
    )
