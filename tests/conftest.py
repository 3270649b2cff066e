"""Fixtures for all tests. What has to happen before settings load is in tests/support/plugin.py."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis
from django.conf import settings

from accounts.models import User
from tests.support.append_only import flush_let_through
from tests.support.console import RunningConsole, console_started
from tests.support.ledger import commits_follow_through
from tests.support.migrated import sqlite_put
from tests.support.one_database import needs_no_second
from tests.support.people import person


def pytest_configure() -> None:
    hypothesis.settings.register_profile("steady", deadline=None)  # no test is timed: machines are busy
    hypothesis.settings.load_profile("steady")
    flush_let_through()
    commits_follow_through()
    settings.PASSWORD_HASHERS = ["tests.support.cheap_hasher.CheapArgon2PasswordHasher"]
    # The manifest is made by collectstatic, which the `console` fixture really runs.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what PostgreSQL could answer no other way, and prepare the rest."""
    if config.getoption("database") == "postgresql" and not config.getoption("everything"):
        once = {item for item in items if needs_no_second(item)}
        items[:] = [item for item in items if item not in once]
        config.hook.pytest_deselected(items=list(once))
    _restore_before_commits(items)


def _restore_before_commits(items: list[pytest.Item]) -> None:
    """Give who commits for real back what migrations wrote: the test before them has emptied the tables.

    Each of them, since the content types that Django makes after a flush otherwise are in the next one's way.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        is_real = bool(marker and marker.kwargs.get("transaction"))
        if is_real or "transactional_db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Start from the database that there is; `migrate` looks at it all the same."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Give SQLite a file: in memory it knows neither WAL nor a second connection.

    It's migrated, as the one of PostgreSQL is (tests/support/plugin.py).
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = f"{database['NAME']}.test"
        sqlite_put(Path(database["TEST"]["NAME"]))


@pytest.fixture
def redis_client() -> Iterator[redis.Redis]:
    """The run's real Redis, empty."""
    client = redis.Redis.from_url(settings.EFFECTIVE_REDIS_URL)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def ada(db: None) -> User:
    """The administrator."""
    return person("ada")


@pytest.fixture
def rita(db: None) -> User:
    """The release manager."""
    return person("rita")


@pytest.fixture
def ansel(db: None) -> User:
    """The approver."""
    return person("ansel")


@pytest.fixture
def kai(db: None) -> User:
    """The key custodian."""
    return person("kai")


@pytest.fixture
def audra(db: None) -> User:
    """The auditor."""
    return person("audra")


@pytest.fixture
def olaf(db: None) -> User:
    """Somebody without any role."""
    return person("olaf")


@pytest.fixture(scope="session")
def console() -> Iterator[RunningConsole]:
    """The real console, as `make run` starts it, for all browser and end-to-end tests of the run."""
    with console_started() as running:
        yield running


@pytest.fixture
def orla(db: None) -> User:
    """The compliance officer."""
    return person("orla")
