from collections.abc import Iterator

import pytest
import redis
from pytest_django import Settings

from compliance.ledger.domain.events import SYSTEM
from tests.support.receiver import Receiver, receiver_started
from tests.support.shipping import app_made, channel_made
from updates.models import App, Channel, WebhookEndpoint
from updates.services.webhooks import webhook_add


@pytest.fixture
def receiver(settings: Settings, redis_client: redis.Redis) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiver_started() as running:
        yield running


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def production(app: App) -> Channel:
    return channel_made(app)


@pytest.fixture
def added(app: App, receiver: Receiver) -> tuple[WebhookEndpoint, str]:
    """A webhook for everything, and its secret."""
    return webhook_add(app=app, url=receiver.url, description="", events=[], actor=SYSTEM, person=None)


@pytest.fixture
def endpoint(added: tuple[WebhookEndpoint, str]) -> WebhookEndpoint:
    return added[0]


@pytest.fixture
def secret(added: tuple[WebhookEndpoint, str]) -> str:
    return added[1]
