"""What every key backend has to do, asked of each in the same words.

A disabled key that doesn't sign isn't among it: PKCS#11 knows no such thing, and moto signs regardless. That
a key in another state than active signs nothing is held one floor up, by `signing.services`
(`test_a_key_that_may_not_sign_does_not`); AWS KMS is disabled besides.

moto is wrong about RSA-PSS (longest salt instead of the hash's length) and knows no Ed25519; `DEVIATIONS`
says so, and a test fails on the day when moto has learnt it.
"""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.conf import LazySettings

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.encoding import b64url_encode, canonical_json
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.headers import header_segment
from releaseconsole.kernel.jose.public_keys import public_key_import
from releaseconsole.kernel.jose.raw_signatures import signature_verify
from signing.backends import CreatedKey, KeyBackend, SigningHandle, StoredKey
from signing.backends.verified import VerifiedHandle
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyUnavailableError
from signing.models import SigningKey
from signing.services import app_keys_ensure, release_signer
from signing.services.keys import keys_reconcile
from tests.support.javascript import javascript_ask

# (backend, algorithm) that the test's stand-in can't do as the real one does, with what it does instead.
DEVIATIONS = {
    ("awskms", "PS256"): "moto signs with the longest salt",
    ("awskms", "Ed25519"): "moto refuses the key spec",
}
ASYMMETRIC = [algorithm for algorithm in Algorithm if algorithm is not Algorithm.HS256]
_numbers = itertools.count()


def owner_of(algorithm: Algorithm, purpose: KeyPurpose = KeyPurpose.TRUST) -> KeyOwner:
    return KeyOwner(purpose, "com.example.clinic", algorithm)


def made(backend: KeyBackend, algorithm: Algorithm = Algorithm.ES256) -> tuple[StoredKey, CreatedKey]:
    """Make a key, as `signing.services` does, and say what its row would."""
    token = str(randomness.uuid4())
    created = backend.create(owner_of(algorithm), token=token)
    stored = StoredKey(created.kid, owner_of(algorithm), token, created.sealed_private, created.reference)
    return stored, created


def signing_input(created: CreatedKey, algorithm: Algorithm) -> bytes:
    payload = b64url_encode(canonical_json({"number": next(_numbers)}))
    return f"{header_segment(algorithm=algorithm, kid=created.kid, typ='probe+jws')}.{payload}".encode()


def signs(handle: SigningHandle, created: CreatedKey) -> bytes:
    """Sign something and verify it with joserfc; return the whole token."""
    data = signing_input(created, handle.algorithm)
    signature = handle.sign(data)
    if created.public_jwk is not None:
        signature_verify(data, signature, public_key_import(created.public_jwk))
    return data + b"." + b64url_encode(signature).encode()


def npm_verdicts(*checks: tuple[bytes, dict[str, str] | None]) -> list[object]:
    asked = {"checks": [{"token": token.decode(), "jwk": jwk} for token, jwk in checks]}
    verdicts: list[object] = javascript_ask("jose_raw_verify.mjs", "jose", asked)
    return verdicts


@pytest.fixture
def algorithm(request: pytest.FixtureRequest, backend: KeyBackend) -> Algorithm:
    chosen: Algorithm = request.param
    if (backend.name, chosen.value) in DEVIATIONS:
        pytest.skip("the stand-in deviates; test_the_stand_in_still_deviates holds how")
    return chosen


@pytest.mark.parametrize("algorithm", ASYMMETRIC, indirect=True)
def test_what_it_signs_verifies_with_joserfc_and_with_npm_jose(
    backend: KeyBackend, algorithm: Algorithm
) -> None:
    assert algorithm in backend.describe().algorithms
    stored, created = made(backend, algorithm)
    token = signs(backend.load(stored), created)
    tampered = token.replace(b".", b".A", 1)
    assert npm_verdicts((token, created.public_jwk), (tampered, created.public_jwk)) == [
        True,
        "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    ]


def test_a_secret_makes_the_same_tag_each_time_and_another_one_another(backend: KeyBackend) -> None:
    (stored, created), (other, _) = made(backend, Algorithm.HS256), made(backend, Algorithm.HS256)
    assert created.public_jwk is None
    handle = backend.load(stored)
    tag = handle.sign(b"data")
    assert len(tag) == 32
    assert backend.load(stored).sign(b"data") == tag
    assert handle.sign(b"datb") != tag
    assert backend.load(other).sign(b"data") != tag
    assert created.kid != other.kid


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 20_000])
def test_any_length_can_be_signed(backend: KeyBackend, size: int) -> None:
    if backend.name == "awskms" and size > 4096:
        pytest.skip("moto mishandles digests; test_moto_still_signs_a_digest_wrongly holds how")
    stored, created = made(backend)
    assert created.public_jwk is not None
    head = header_segment(algorithm=Algorithm.ES256, kid=created.kid, typ="probe+jws").encode() + b"."
    data = head + b"A" * max(size - len(head), 0)
    data = data[: len(data) - (len(data) - len(head)) % 4]
    signature_verify(data, backend.load(stored).sign(data), public_key_import(created.public_jwk))


@pytest.mark.parametrize("algorithm", list(Algorithm), indirect=True)
def test_asked_twice_with_one_token_it_makes_one_key(backend: KeyBackend, algorithm: Algorithm) -> None:
    if backend.name == "local":
        pytest.skip("nothing of a local key outlives the rollback that would make one ask again")
    token = str(randomness.uuid4())
    first = backend.create(owner_of(algorithm), token=token)
    assert backend.create(owner_of(algorithm), token=token) == first
    assert backend.create(owner_of(algorithm), token=str(randomness.uuid4())) != first


def test_a_destroyed_key_does_not_load_and_may_be_destroyed_again(backend: KeyBackend) -> None:
    if backend.name == "local":
        pytest.skip("its sealed value goes with the row: test_key_operations")
    stored, created = made(backend)
    signs(backend.load(stored), created)
    backend.destroy(stored)
    backend.destroy(stored)
    with pytest.raises(KeyUnavailableError):
        backend.load(stored)


def test_a_key_may_be_disabled_again_and_be_destroyed_then(backend: KeyBackend) -> None:
    stored, _ = made(backend)
    for _ in range(2):
        backend.disable(stored)
    backend.destroy(stored)


def test_a_key_loads_for_its_own_purpose_app_and_algorithm_only(backend: KeyBackend) -> None:
    if backend.name == "awskms":
        pytest.skip("KMS knows a key by id alone; the public half in the row holds it, see test_verified")
    stored, _ = made(backend)
    for owner in (
        KeyOwner(KeyPurpose.ROOT, "com.example.clinic", Algorithm.ES256),
        KeyOwner(KeyPurpose.TRUST, "com.example.bank", Algorithm.ES256),
        KeyOwner(KeyPurpose.TRUST, "com.example.clinic", Algorithm.HS256),
    ):
        with pytest.raises(KeyUnavailableError):
            backend.load(StoredKey(stored.kid, owner, stored.token, stored.sealed_private, stored.reference))


def test_many_threads_share_one_handle(backend: KeyBackend) -> None:
    stored, created = made(backend)
    assert created.public_jwk is not None
    handle = VerifiedHandle(backend.load(stored), public_key_import(created.public_jwk))
    with ThreadPoolExecutor(16) as threads:
        tokens = list(threads.map(lambda _: signs(handle, created), range(160)))
    assert len(set(tokens)) == 160


def test_it_answers_a_probe_and_describes_itself_without_secrets(
    backend: KeyBackend, settings: LazySettings
) -> None:
    backend.probe()
    facts = backend.describe()
    assert facts.name == backend.name
    assert facts.exports_keys == (backend.name == "local")
    if settings.PKCS11_PIN:
        assert settings.PKCS11_PIN not in repr(facts)


@pytest.mark.django_db
def test_a_key_that_may_not_sign_does_not(backend: KeyBackend, settings: LazySettings) -> None:
    settings.KEY_BACKEND_TOKENS = backend.name
    now: datetime = clock.now()
    app_keys_ensure(app_id="com.example.clinic", actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    key = SigningKey.objects.get(purpose=KeyPurpose.RELEASE_TOKEN, state=KeyState.ACTIVE)
    assert key.backend == backend.name
    release_signer("com.example.clinic")
    SigningKey.objects.filter(pk=key.pk).update(state=KeyState.SUSPENDED, suspended_at=now)
    with pytest.raises(KeyUnavailableError):
        release_signer("com.example.clinic")


DEVIATING = [
    pytest.param(name, Algorithm(algorithm), id=f"{name} {algorithm}: {what}")
    for (name, algorithm), what in DEVIATIONS.items()
    if algorithm in list(Algorithm)
]


@pytest.mark.parametrize(("backend", "wrong"), DEVIATING, indirect=["backend"])
def test_the_stand_in_still_deviates(backend: KeyBackend, wrong: Algorithm) -> None:
    """Once it doesn't, this fails: then its line leaves DEVIATIONS, and the real tests run."""

    def use() -> None:
        stored, created = made(backend, wrong)
        assert created.public_jwk is not None
        handle = VerifiedHandle(backend.load(stored), public_key_import(created.public_jwk))
        handle.sign(signing_input(created, wrong))

    with pytest.raises(KeyUnavailableError):
        use()
