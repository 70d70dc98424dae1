import pytest

from survey_app.store.engine import Database
from tests.evaluate.raw.exports import Stored, store_every_sort
from tests.offices import SmallOffice, small_office


@pytest.fixture
def office(database: Database) -> SmallOffice:
    with database.writing() as connection:
        return small_office(connection)


@pytest.fixture
def stored(database: Database, office: SmallOffice) -> Stored:
    """Give an office with a response of every sort."""
    return store_every_sort(database, office)
