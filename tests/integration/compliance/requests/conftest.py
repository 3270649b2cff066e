"""Who handles privacy requests, and one that came on day 0."""

import pytest
import redis

from accounts.models import User
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests.recording import Doer
from tests.support.people import person
from tests.support.privacy import asked, day


@pytest.fixture(autouse=True)
def counted_anew(redis_client: redis.Redis) -> None:
    """Tries of earlier tests don't count."""


@pytest.fixture
def orla(db: None) -> User:
    """The compliance officer."""
    return person("orla")


@pytest.fixture
def by_orla(orla: User) -> Doer:
    return Doer(orla.actor, orla)


@pytest.fixture
def request_of_day_0(db: None) -> PrivacyRequest:
    with day(0):
        return asked()
