"""While a back-end token is issued or secrets are handed out, the profile that says how can't change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, connections

from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from signing.backends import SigningHandle
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.errors import PHIEncryptionRequiredError
from signing.models import SigningKey
from signing.services import (
    TokenWish,
    app_keys_ensure,
    backend_keys_hand_out,
    backend_token_issue,
    recipient_register,
    recipient_remove,
)
from signing.services.keys import keys_reconcile
from signing.services.loading import private_key_open
from signing.services.profiles import claim_define, claim_remove, profile_change
from tests.integration.signing.conftest import CLINIC
from tests.support.shipping import recorded

pytestmark = pytest.mark.django_db(transaction=True)


KEY = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW)
WISH = TokenWish(subject="user 7", claims={"note": "a"})


@pytest.fixture(autouse=True)
def issuing(now: datetime) -> None:
    """An app that has tokens for its back end, with a claim that may travel in clear, and a reader's key."""
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    profile_change(app_id=CLINIC, issues_backend_tokens=True, actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    recipient_register(app_id=CLINIC, device_id="", jwk=KEY.public_jwk(), actor=SYSTEM, now=now)
    define(ClaimClass.INTERNAL, now)


def define(claim_class: ClaimClass, now: datetime) -> None:
    claim_define(
        app_id=CLINIC,
        name="note",
        claim_class=claim_class,
        claim_type=ClaimType.TEXT,
        actor=SYSTEM,
        now=now,
    )


CHANGES: dict[str, Callable[[datetime], object]] = {
    "a claim becomes PHI": lambda now: define(ClaimClass.PHI, now),
    "a claim is removed": lambda now: claim_remove(app_id=CLINIC, name="note", actor=SYSTEM, now=now),
    "the app takes to handling PHI": lambda now: profile_change(
        app_id=CLINIC, handles_phi=True, actor=SYSTEM, now=now
    ),
    "the reader's key is removed": lambda now: recipient_remove(
        app_id=CLINIC, device_id="", actor=SYSTEM, now=now
    ),
}


def is_kept_out(change: Callable[[], object]) -> bool:
    """Make a change as somebody else would, who doesn't care to wait; say whether it would have to."""

    def impatiently() -> bool:
        is_postgresql = connection.vendor == "postgresql"
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1ms'" if is_postgresql else "PRAGMA busy_timeout = 0")
            change()
        except DatabaseError as exc:
            return "lock" in str(exc)
        finally:
            connections.close_all()
        return False

    with ThreadPoolExecutor(1) as somebody_else:
        return somebody_else.submit(impatiently).result()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_waits_until_a_token_that_was_checked_is_issued(
    change: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_id = randomness.token_id
    kept_out: list[bool] = []

    def meanwhile() -> str:
        """A token gets its id after its claims were checked and before it's signed."""
        kept_out.append(is_kept_out(lambda: CHANGES[change](now)))
        return token_id()

    monkeypatch.setattr(randomness, "token_id", meanwhile)
    backend_token_issue(app_id=CLINIC, wish=replace(WISH, encrypt=True), actor=SYSTEM, now=now)
    assert set(kept_out) == {True}  # once more where the event of it gets its id
    assert not is_kept_out(lambda: CHANGES[change](now))  # afterwards nothing stands in its way


def test_a_readers_key_is_not_removed_while_secrets_are_handed_out_to_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_out: list[bool] = []

    def meanwhile(row: SigningKey) -> SigningHandle:
        """A secret is opened after the reader's key was found and before it's encrypted to it."""
        kept_out.append(is_kept_out(lambda: CHANGES["the reader's key is removed"](now)))
        return private_key_open(row)

    monkeypatch.setattr("signing.services.backend_tokens.private_key_open", meanwhile)
    assert len(backend_keys_hand_out(app_id=CLINIC, actor=SYSTEM, now=now)) == 2
    assert kept_out == [True, True]


def test_a_refusal_stays_on_record_though_it_is_an_error(now: datetime) -> None:
    define(ClaimClass.PHI, now)
    with pytest.raises(PHIEncryptionRequiredError):
        backend_token_issue(app_id=CLINIC, wish=WISH, actor=SYSTEM, now=now)
    (event,) = recorded(Action.TOKEN_REFUSED)
    assert event.detail == {"rule": "phi_needs_encryption"}
