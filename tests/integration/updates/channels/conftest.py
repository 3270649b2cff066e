import pytest

from tests.support.shipping import app_made, channel_made
from updates.models import App, Channel


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def production(app: App) -> Channel:
    return channel_made(app)
