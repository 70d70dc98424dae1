"""Hostile requests: a few hundred of them here, twenty thousand with `make fuzz`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from survey_app.store.responses import Part
from tests.load.fuzz import fuzz, make_range, wrong_rows


def test_requests__hostile__no_failure_and_no_row_that_the_definition_refuses(tmp_path: Path) -> None:
    this = make_range(tmp_path)
    came = fuzz(this, 500, seed=5)
    assert [status for status in came if status >= 500] == []
    assert wrong_rows(this) == []
    with this.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Part)) > 20  # some of it was good
    assert came[422] > 20
    this.database.engine.dispose()
    this.app.extensions["database"].engine.dispose()
