"""What tests of imports stand on: settings, a clock that is told, files written as text."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from survey_app.config import Settings
from survey_app.exchange.dated import Imported
from survey_app.exchange.faults import ImportFaults
from survey_app.exchange.organisation import import_file
from survey_app.store.engine import Database

NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
TREE = """code,name,kind,parent_code,valid_from,valid_to,name_en
40,Tỉnh Mẫu,province,,2020-01-01,,Mau Province
A,Xã An,commune,40,2020-01-01,,An Commune
B,Xã Bình,commune,40,2020-01-01,,Binh Commune
C,Xã Cát,commune,40,2025-07-01,,Cat Commune
D,Sở Dịch vụ,department,40,2020-01-01,,
"""

Put = Callable[..., Imported]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def put(database: Database, settings: Settings) -> Put:
    """Store a file of a kind that is written as text."""

    def store(kind: str, text: str, now: datetime = NOW) -> Imported:
        return import_file(database, kind, text.encode(), f"{kind}.csv", settings, now)

    return store


@pytest.fixture
def refused(put: Put) -> Callable[[str, str], str]:
    """Try to store a file that has faults; give their text."""

    def refuse(kind: str, text: str) -> str:
        with pytest.raises(ImportFaults) as caught:
            put(kind, text)
        return str(caught.value)

    return refuse


@pytest.fixture
def tree(put: Put) -> Put:
    """Give a small organisation: a province, three communes, a department; and what stores more."""
    put("units", TREE)
    return put
