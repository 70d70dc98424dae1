"""Fifty visits of the loss test; the whole of it is ``make kiosk-loss``."""

from pathlib import Path

import pytest

from tests.load.kiosk_loss import run

pytestmark = pytest.mark.browser


def test_fifty_visits__while_everything_fails__all_stored_once_as_pressed(tmp_path: Path) -> None:
    figures = run(
        f"sqlite:///{tmp_path / 'survey.sqlite3'}", tmp_path, 50, 20, "SQLite", chunk=3, trouble=1.3
    )
    assert (figures.lost, figures.double, figures.wrong, figures.missing_numbers) == (0, 0, 0, 0)
    assert figures.through_interface >= 20
    assert figures.stored >= figures.thanked >= 50
