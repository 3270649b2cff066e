from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from compliance.ledger.domain.events import Action, Actor, ActorKind
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import audit_record
from releaseconsole.kernel import sealing
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.services import app_keys_ensure, console_keys_ensure
from tests.integration.signing.conftest import CLINIC, signs

RITA = Actor(ActorKind.PERSON, "7")


@pytest.mark.django_db
def test_an_apps_first_key_signs_at_once_and_both_steps_are_audited(now: datetime) -> None:
    app_keys_ensure(app_id=CLINIC, actor=RITA, now=now)
    key = signs(CLINIC)
    assert (key.purpose, key.app_id, key.algorithm, key.epoch) == ("release_token", CLINIC, "ES256", 1)
    assert (key.created_at, key.published_at, key.activated_at) == (now, now, now)
    assert key.kid == (key.public_jwk or {})["kid"]
    events = AuditEvent.objects.filter(object_id=str(key.pk)).order_by("number")
    assert [event.action for event in events] == [
        Action.KEY_CREATED,
        Action.KEY_PUBLISHED,
        Action.KEY_ACTIVATED,
    ]
    assert {(event.actor_id, event.app_id, event.object_id) for event in events} == {
        ("7", CLINIC, str(key.pk))
    }


@pytest.mark.django_db
def test_the_key_of_downloads_is_symmetric_and_its_kid_tells_nothing_about_it(now: datetime) -> None:
    console_keys_ensure(now=now)
    key = signs("")
    assert (key.purpose, key.app_id, key.algorithm) == ("download_token", "", "HS256")
    assert key.public_jwk is None
    # 22 characters are 128 random bits; a thumbprint would have 43.
    assert len(key.key_id) == 22
    assert AuditEvent.objects.filter(actor_kind=ActorKind.SYSTEM).count() == 2 * 5


@pytest.mark.django_db
def test_asking_again_changes_nothing(now: datetime) -> None:
    for _ in range(3):
        app_keys_ensure(app_id=CLINIC, actor=RITA, now=now)
        console_keys_ensure(now=now)
    assert SigningKey.objects.count() == 3 * 2
    assert AuditEvent.objects.count() == 3 * 5


@pytest.mark.django_db
def test_an_apps_next_key_is_out_as_soon_as_its_first_one_signs(now: datetime) -> None:
    app_keys_ensure(app_id=CLINIC, actor=RITA, now=now)
    upcoming = SigningKey.objects.get(state=KeyState.PREPUBLISHED)
    assert (upcoming.purpose, upcoming.epoch, upcoming.published_at) == ("release_token", 2, now)


@pytest.mark.django_db
def test_each_app_has_a_key_of_its_own(now: datetime) -> None:
    for app_id in (CLINIC, "com.example.bank"):
        app_keys_ensure(app_id=app_id, actor=RITA, now=now)
    assert SigningKey.objects.values("kid").distinct().count() == 4


@pytest.mark.django_db
def test_an_app_whose_creation_fails_leaves_no_key_and_no_event(now: datetime) -> None:
    with transaction.atomic():
        app_keys_ensure(app_id=CLINIC, actor=RITA, now=now)
        transaction.set_rollback(True)
    assert not SigningKey.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_without_a_kek_no_key_is_made(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing._Holder, "kek", None)
    with pytest.raises(KeyUnavailableError), transaction.atomic():
        app_keys_ensure(app_id=CLINIC, actor=RITA, now=now)
    assert not SigningKey.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
@pytest.mark.parametrize("outer", [transaction.atomic, nullcontext], ids=["in a transaction", "alone"])
def test_of_many_at_once_one_makes_the_key_and_nobody_fails(
    now: datetime, round_: int, outer: Callable[[], AbstractContextManager[None]]
) -> None:
    """A real race on real connections; losers keep their own transaction, as app_create needs."""
    at_once = 8
    start = Barrier(at_once)

    def ensure(number: int) -> None:
        try:
            start.wait()
            with outer():
                app_keys_ensure(app_id=CLINIC, actor=RITA, now=now)
                person = Actor(ActorKind.PERSON, str(number))
                with transaction.atomic():
                    audit_record(action=Action.APP_CREATED, actor=person, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(ensure, range(at_once)))
    assert signs(CLINIC).epoch == 1
    made = AuditEvent.objects.filter(action=Action.KEY_CREATED)
    assert [event.detail["purpose"] for event in made].count("release_token") == 2
    assert AuditEvent.objects.filter(action=Action.APP_CREATED).count() == at_once


ROW: dict[str, Any] = {
    "purpose": KeyPurpose.RELEASE_TOKEN,
    "app_id": CLINIC,
    "algorithm": "ES256",
    "epoch": 1,
    "state": KeyState.PREPUBLISHED,
    "kid": "a",
    "backend": "local",
    "sealed_private": "v1.x.y",
    "published_at": datetime(2026, 11, 23, tzinfo=UTC),
}
ACTIVE: dict[str, Any] = {"state": KeyState.ACTIVE, "activated_at": datetime(2026, 11, 23, tzinfo=UTC)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({}, {"kid": "b"}, id="one epoch twice"),
        pytest.param({}, {"epoch": 2}, id="one kid twice"),
        pytest.param(ACTIVE, {**ACTIVE, "kid": "b", "epoch": 2}, id="two active keys"),
        pytest.param({}, {"kid": "b", "epoch": 2, "app_id": ""}, id="a release key of no app"),
        pytest.param({}, {"kid": "b", "purpose": KeyPurpose.DOWNLOAD_TOKEN}, id="a download key of an app"),
        pytest.param(
            {}, {"kid": "b", "epoch": 2, "state": KeyState.ACTIVE}, id="active since nobody knows when"
        ),
    ],
)
def test_the_database_itself_refuses(first: dict[str, Any], second: dict[str, Any]) -> None:
    SigningKey.objects.create(**(ROW | first))
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.create(**(ROW | second))


@pytest.mark.django_db
def test_a_breach_that_is_no_race_is_not_swallowed(now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        app_keys_ensure(app_id="", actor=RITA, now=now)
