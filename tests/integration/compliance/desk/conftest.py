import pytest

from accounts.models import User
from tests.support.people import person


@pytest.fixture
def orla(db: None) -> User:
    """The compliance officer."""
    return person("orla")
