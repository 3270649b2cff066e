from datetime import datetime

import pytest

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services import app_keys_ensure, console_keys_ensure
from signing.services.keys import keys_reconcile
from signing.services.profiles import profile_change
from tests.support.back_end import BackEnd

CLINIC = "com.example.clinic"


def signs(app_id: str) -> SigningKey:
    """The key that signs the decisions of an app; an empty id: the download tokens."""
    purpose = KeyPurpose.RELEASE_TOKEN if app_id else KeyPurpose.DOWNLOAD_TOKEN
    return SigningKey.objects.get(app_id=app_id, purpose=purpose, state=KeyState.ACTIVE)


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def clinic(db: None, now: datetime) -> str:
    """An app with its first key."""
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    return CLINIC


@pytest.fixture
def console(db: None, now: datetime) -> None:
    """A console with its own keys."""
    console_keys_ensure(now=now)


@pytest.fixture
def back_end(clinic: str, kai: User, now: datetime) -> BackEnd:
    """The app's own back end, for which the app has tokens (HS256)."""
    profile_change(app_id=clinic, issues_backend_tokens=True, actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    return BackEnd(clinic, kai)
