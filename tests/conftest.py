"""Fixtures for all tests. What has to happen before settings load is in tests/support/plugin.py."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from tests.support.append_only import flush_let_through


def pytest_configure() -> None:
    flush_let_through()
    # The manifest is made by collectstatic, which the `console` fixture really runs.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Give SQLite a file: in memory it knows neither WAL nor a second connection."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = f"{database['NAME']}.test"


@pytest.fixture
def redis_client() -> Iterator[redis.Redis]:
    """The run's real Redis, empty."""
    client = redis.Redis.from_url(settings.EFFECTIVE_REDIS_URL)
    client.flushall()
    yield client
    client.close()
