"""What is withdrawn from an HSM is gone from it before its row says so."""

import pytest
from django.conf import LazySettings

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from signing.backends import StoredKey, key_backend
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyUnavailableError
from signing.models import SigningKey, TokenProfile
from signing.services import reconcile
from signing.services.keys import app_reconcile
from signing.services.loading import key_stored, material_destroy
from tests.support.softhsm import SoftHSM

APP = "com.example.clinic"


@pytest.fixture
def profile(hsm: SoftHSM, settings: LazySettings, db: None) -> TokenProfile:
    """An app whose token keys are in the HSM, and which wants another algorithm than its next key has."""
    settings.KEY_BACKEND_TOKENS = "pkcs11"
    profile = TokenProfile.objects.create(app_id=APP)
    assert app_reconcile(profile, actor=SYSTEM, now=clock.now()).failures == {}
    profile.algorithm = "ES384"
    profile.save()
    return profile


def upcoming(algorithm: str) -> SigningKey:
    keys = SigningKey.objects.filter(app_id=APP, purpose=KeyPurpose.RELEASE_TOKEN, algorithm=algorithm)
    return keys.get(epoch__gte=2)


def assert_gone(stored: StoredKey) -> None:
    with pytest.raises(KeyUnavailableError):
        key_backend("pkcs11").load(stored).sign(b"e30.e30")


def test_a_withdrawn_key_is_gone_from_the_hsm(profile: TokenProfile) -> None:
    stored = key_stored(upcoming("ES256"))
    app_reconcile(profile, actor=SYSTEM, now=clock.now())
    assert upcoming("ES256").state == KeyState.DESTROYED
    assert_gone(stored)


def test_while_the_hsm_cannot_destroy_it_the_row_claims_nothing(
    profile: TokenProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: SigningKey) -> None:
        raise KeyUnavailableError("The HSM is away.")

    stored = key_stored(upcoming("ES256"))
    with monkeypatch.context() as hsm:
        hsm.setattr(reconcile, "material_destroy", away)
        failures = app_reconcile(profile, actor=SYSTEM, now=clock.now()).failures
    assert failures == {f"release_token {APP}": "The HSM is away."}
    assert upcoming("ES256").state == KeyState.PREPUBLISHED
    app_reconcile(profile, actor=SYSTEM, now=clock.now())
    assert upcoming("ES256").state == KeyState.DESTROYED
    assert_gone(stored)


def test_a_key_that_the_hsm_finished_after_its_row_was_withdrawn_is_destroyed_too(
    profile: TokenProfile,
) -> None:
    row = upcoming("ES256")
    material_destroy(row)
    SigningKey.objects.filter(pk=row.pk).update(
        state=KeyState.GENERATING, kid=None, public_jwk=None, reference="", published_at=None
    )
    paused = SigningKey.objects.get(pk=row.pk)  # a worker that is about to ask the HSM
    app_reconcile(profile, actor=SYSTEM, now=clock.now())
    assert upcoming("ES256").state == KeyState.DESTROYED
    owner = key_stored(row).owner
    reconcile._make(paused, owner, SYSTEM, clock.now())
    assert_gone(key_stored(paused))
