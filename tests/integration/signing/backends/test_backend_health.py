"""The doctor reaches for what holds the keys; and how fast a backend signs is measured on itself."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.doctor.findings import Level
from releaseconsole.doctor.keys import backends_examine, kek_examine
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends import KeyBackend, StoredKey
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose
from signing.models import KeyUsage, TokenProfile
from signing.services import console_keys_ensure
from signing.services.backend_choice import backend_for
from signing.services.backend_health import backend_facts, signing_ceiling_measure
from signing.services.keys import app_reconcile
from tests.support.softhsm import SoftHSM


def test_keys_that_much_rests_on_go_where_one_setting_says_and_token_keys_where_the_other_does(
    settings: LazySettings,
) -> None:
    settings.KEY_BACKEND, settings.KEY_BACKEND_TOKENS = "pkcs11", "awskms"
    assert {purpose: backend_for(purpose) for purpose in KeyPurpose} == {
        KeyPurpose.ROOT: "pkcs11",
        KeyPurpose.TRUST: "pkcs11",
        KeyPurpose.CHECKPOINT: "pkcs11",
        KeyPurpose.RELEASE_TOKEN: "awskms",
        KeyPurpose.BACKEND_TOKEN: "local",
        KeyPurpose.DOWNLOAD_TOKEN: "local",
    }
    assert backend_for(KeyPurpose.BACKEND_TOKEN, Algorithm.ES256) == "awskms"
    assert backend_for(KeyPurpose.BACKEND_TOKEN, Algorithm.HS256) == "local"


@pytest.mark.django_db
def test_local_keys_need_no_visit() -> None:
    assert backends_examine() == []


@pytest.mark.django_db
def test_an_hsm_that_answers_is_fine_and_one_that_does_not_is_a_problem(
    hsm: SoftHSM, settings: LazySettings
) -> None:
    settings.KEY_BACKEND = "pkcs11"
    [finding] = backends_examine()
    assert (finding.level, finding.subject) == (Level.OK, "key backend pkcs11")
    settings.PKCS11_TOKEN = "another"
    [finding] = backends_examine()
    assert finding.level is Level.PROBLEM
    assert "NoSuchToken" in finding.said


@pytest.mark.django_db
def test_keys_under_an_earlier_kek_are_a_warning(
    settings: LazySettings, kek_put_back: None, tmp_path: Path
) -> None:
    console_keys_ensure(now=clock.now())
    earlier = tmp_path / "kek"
    earlier.touch(mode=0o600)
    earlier.write_text(settings.KEK)
    settings.KEK, settings.KEK_PREVIOUS_FILES = b64url_encode(b"n" * 32), [earlier]
    said, waiting = kek_examine()
    assert (said.level, waiting.level) == (Level.OK, Level.WARNING)
    assert "signing keys" in waiting.said
    assert waiting.remedy == "Run: manage.py rewrap_keys"


def test_a_backend_is_measured_by_its_own_signatures(backend: KeyBackend) -> None:
    owner = KeyOwner(KeyPurpose.RELEASE_TOKEN, "com.example.clinic", Algorithm.ES256)
    created = backend.create(owner, token="measured")
    stored = StoredKey(created.kid, owner, "measured", created.sealed_private, created.reference)
    assert signing_ceiling_measure(backend.load(stored), seconds=0.05) > 0
    assert backend_facts(backend.name).title


@pytest.mark.django_db
def test_a_token_key_in_an_hsm_says_how_fast_it_signs(hsm: SoftHSM, settings: LazySettings) -> None:
    settings.KEY_BACKEND_TOKENS = "pkcs11"
    now = clock.now()
    profile = TokenProfile.objects.create(app_id="com.example.clinic")
    assert app_reconcile(profile, actor=SYSTEM, now=now).failures == {}
    measured = KeyUsage.objects.filter(ceiling_per_second__gt=0, ceiling_measured_at=now)
    assert {(usage.key.purpose, usage.key.backend) for usage in measured} == {("release_token", "pkcs11")}
    assert measured.count() == 2  # the one that signs, and the next
