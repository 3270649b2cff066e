"""What an HSM adds: keys that can't be read, forks, sessions that end, and an HSM that isn't there."""

import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue

import pkcs11
import pytest
from django.conf import LazySettings
from pkcs11 import Attribute, ObjectClass
from pkcs11 import exceptions as p11

from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.headers import header_segment
from releaseconsole.kernel.jose.public_keys import public_key_import
from releaseconsole.kernel.jose.raw_signatures import signature_verify
from signing.backends import CreatedKey, SigningHandle, StoredKey
from signing.backends import pkcs11 as backend_module
from signing.backends.call_thread import CallThread
from signing.backends.pkcs11 import PKCS11KeyBackend
from signing.backends.pkcs11_token import TokenSession, hsm_token, hsm_tokens_forget
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose
from signing.errors import KeyUnavailableError
from tests.support.softhsm import SoftHSM

OWNER = KeyOwner(KeyPurpose.ROOT, "com.example.clinic", Algorithm.ES256)


def made(algorithm: Algorithm = Algorithm.ES256) -> tuple[SigningHandle, CreatedKey, StoredKey]:
    backend, token = PKCS11KeyBackend(), str(randomness.uuid4())
    owner = KeyOwner(OWNER.purpose, OWNER.app_id, algorithm)
    created = backend.create(owner, token=token)
    stored = StoredKey(created.kid, owner, token, created.sealed_private, created.reference)
    return backend.load(stored), created, stored


def signs(handle: SigningHandle, created: CreatedKey) -> None:
    data = f"{header_segment(algorithm=Algorithm.ES256, kid=created.kid, typ='probe+jws')}.e30".encode()
    assert created.public_jwk is not None
    signature_verify(data, handle.sign(data), public_key_import(created.public_jwk))


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_private_half_can_not_be_read(hsm: SoftHSM, algorithm: Algorithm) -> None:
    _, created, stored = made(algorithm)
    secret = algorithm is Algorithm.HS256
    kind = ObjectClass.SECRET_KEY if secret else ObjectClass.PRIVATE_KEY
    value = Attribute.PRIVATE_EXPONENT if algorithm.value in {"RS256", "PS256"} else Attribute.VALUE
    assert created.sealed_private == ""
    label = f"rc/root/com.example.clinic/{stored.token}"

    def look(token: TokenSession) -> dict[Attribute, object]:
        key = token.session().get_key(object_class=kind, label=label)
        with pytest.raises(p11.AttributeSensitive):
            _ = key[value]
        with pytest.raises(p11.PKCS11Error):
            key[Attribute.EXTRACTABLE] = True
        asked = [Attribute.SENSITIVE, Attribute.EXTRACTABLE, Attribute.NEVER_EXTRACTABLE, Attribute.SIGN]
        return {name: key[name] for name in asked}

    assert hsm_token().run(look) == {
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.NEVER_EXTRACTABLE: True,
        Attribute.SIGN: True,
    }


def test_a_key_that_could_leave_is_not_used(hsm: SoftHSM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        backend_module, "_SIGN_ONLY", {**backend_module._SIGN_ONLY, Attribute.EXTRACTABLE: True}
    )
    with pytest.raises(KeyUnavailableError, match="could leave"):
        PKCS11KeyBackend().create(OWNER, token=str(randomness.uuid4()))


def _in_child(answer: "SimpleQueue[str]", sign: Callable[[], None]) -> None:
    try:
        sign()
        answer.put("signed")
    except Exception as exc:  # noqa: BLE001 (the parent shows it)
        answer.put(repr(exc))


# What Python 3.12 warns of (a fork beside threads) is what is tested.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_parent_and_forked_child_both_sign(hsm: SoftHSM) -> None:
    handle, created, _ = made()
    signs(handle, created)
    fork = multiprocessing.get_context("fork")
    answer = fork.SimpleQueue()
    child = fork.Process(target=_in_child, args=(answer, lambda: signs(handle, created)))
    child.start()
    signs(handle, created)
    assert answer.get() == "signed"
    child.join()
    signs(handle, created)


def test_a_session_that_ended_is_opened_anew(hsm: SoftHSM) -> None:
    handle, created, _ = made()
    hsm_token().run(lambda token: token.session().close())
    signs(handle, created)


def test_a_library_that_was_reset_is_logged_in_to_again(hsm: SoftHSM) -> None:
    handle, created, _ = made()
    hsm_token().run(lambda _: pkcs11.lib(hsm.module).reinitialize())
    signs(handle, created)


def test_a_key_that_somebody_destroyed_meanwhile_is_unavailable(hsm: SoftHSM) -> None:
    handle, created, stored = made()
    signs(handle, created)
    PKCS11KeyBackend().destroy(stored)
    with pytest.raises(KeyUnavailableError, match="no such key"):
        handle.sign(b"data")


def test_a_wrong_pin_is_tried_once_only(hsm: SoftHSM, settings: LazySettings) -> None:
    handle, created, _ = made()
    settings.PKCS11_PIN = "wrong-pin"
    hsm_tokens_forget()
    with pytest.raises(KeyUnavailableError, match="PinIncorrect") as caught:
        handle.sign(b"data")
    assert "wrong-pin" not in str(caught.value)
    settings.PKCS11_PIN = hsm.pin  # tried again it would be right, and nobody tries
    with pytest.raises(KeyUnavailableError, match="refused the PIN"):
        handle.sign(b"data")
    hsm_tokens_forget()
    signs(handle, created)


def test_a_library_that_is_gone_is_left_alone_after_three_times(
    hsm: SoftHSM, settings: LazySettings, nowhere: str
) -> None:
    settings.PKCS11_MODULE = nowhere
    backend = PKCS11KeyBackend()
    for _ in range(3):
        with pytest.raises(KeyUnavailableError, match="libgone"):
            backend.probe()
    with pytest.raises(KeyUnavailableError, match="left alone"):
        backend.probe()


def test_a_token_that_is_not_there_is_unavailable(hsm: SoftHSM, settings: LazySettings) -> None:
    settings.PKCS11_TOKEN = "another"
    with pytest.raises(KeyUnavailableError, match="NoSuchToken"):
        PKCS11KeyBackend().probe()


@pytest.mark.parametrize("missing", ["PKCS11_MODULE", "PKCS11_TOKEN"])
def test_without_settings_there_is_no_hsm(hsm: SoftHSM, settings: LazySettings, missing: str) -> None:
    setattr(settings, missing, "")
    with pytest.raises(KeyUnavailableError, match="aren't set"):
        PKCS11KeyBackend().probe()


def test_a_call_that_hangs_is_not_waited_for(hsm: SoftHSM, settings: LazySettings) -> None:
    settings.KEY_BACKEND_TIMEOUT = 0.05
    hangs = threading.Event()
    try:
        with pytest.raises(KeyUnavailableError, match=r"within 0\.05 seconds"):
            hsm_token().run(lambda _: hangs.wait())
    finally:
        hangs.set()


def test_what_has_not_begun_when_its_caller_gave_up_is_not_done() -> None:
    thread, release, done = CallThread(), threading.Event(), []
    with pytest.raises(KeyUnavailableError):
        thread.call(release.wait, timeout=0.01)
    with pytest.raises(KeyUnavailableError):
        thread.call(lambda: done.append("late"), timeout=0.01)
    release.set()
    thread.call(lambda: done.append("in time"), timeout=60)
    assert done == ["in time"]
