"""Who handles privacy requests, and one that came on day 0."""

from pathlib import Path

import pytest
import redis
from django.conf import LazySettings

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


@pytest.fixture
def nothing_else(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path) -> None:
    """Files of its own, no worker, and no look at the file: what a transaction deleted is in it still."""
    settings.VAR_DIR = tmp_path / "var"
    settings.PRIVACY_LIST_FILE = tmp_path / "var" / "privacy" / "suppressed.json"
    settings.EXPORT_DIR = tmp_path / "var" / "exports"
    settings.EMAIL_FILE_PATH = tmp_path / "var" / "mail"
    monkeypatch.setattr("compliance.desk.services.erasure.searching.database_files_search", lambda _: {})
    monkeypatch.setattr("compliance.desk.views.requests.handling.erasures_run.delay", lambda: None)
