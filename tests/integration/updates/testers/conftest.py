"""People who test: they have no account, only links."""

import pytest
import redis

from tests.support.beta import beta_made, group_made, invited, joins
from updates.models import Channel, TesterGroup
from updates.services.testers import Arrival


@pytest.fixture(autouse=True)
def counted_anew(redis_client: redis.Redis) -> None:
    """Tries of earlier tests don't count."""


@pytest.fixture
def beta(db: None) -> Channel:
    return beta_made()


@pytest.fixture
def nurses(beta: Channel) -> TesterGroup:
    return group_made(beta)


@pytest.fixture
def tess(nurses: TesterGroup) -> Arrival:
    """A tester, and the secret of her page."""
    return joins(invited(nurses).link)
