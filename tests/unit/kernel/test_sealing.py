import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.sealing import (
    KEKRing,
    KeyEncryptionKey,
    SealingError,
    kek_create,
    kek_parse,
    kek_read,
    sealed_kek_id,
)

KEK = KeyEncryptionKey(b"k" * 32)
CONTEXT = "signing-key:kid|release_token|com.example.clinic|ES256"


@given(st.binary(max_size=500), st.text())
def test_what_is_sealed_opens_in_its_own_context(plaintext: bytes, context: str) -> None:
    assert KEK.unseal(KEK.seal(plaintext, context=context), context=context) == plaintext


def test_sealing_twice_gives_two_texts() -> None:
    assert KEK.seal(b"x", context=CONTEXT) != KEK.seal(b"x", context=CONTEXT)


@pytest.mark.parametrize(
    "context",
    [
        pytest.param("signing-key:other|release_token|com.example.clinic|ES256", id="another key"),
        pytest.param("signing-key:kid|download_token|com.example.clinic|ES256", id="another purpose"),
        pytest.param("signing-key:kid|release_token|com.example.evil|ES256", id="another app"),
        pytest.param("signing-key:kid|release_token|com.example.clinic|HS256", id="another algorithm"),
        pytest.param("", id="none"),
    ],
)
def test_another_context_does_not_open(context: str) -> None:
    with pytest.raises(SealingError):
        KEK.unseal(KEK.seal(b"secret", context=CONTEXT), context=context)


def test_every_altered_byte_is_noticed() -> None:
    version, kek_id, body = KEK.seal(b"secret", context=CONTEXT).split(".")
    raw = b64url_decode(body)
    for position in range(len(raw)):
        altered = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        with pytest.raises(SealingError):
            KEK.unseal(f"{version}.{kek_id}.{b64url_encode(altered)}", context=CONTEXT)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda sealed: sealed.replace("v1.", "v2."), id="another version"),
        pytest.param(lambda sealed: sealed + "=", id="padded"),
        pytest.param(lambda sealed: sealed + ".", id="a part more"),
        pytest.param(lambda sealed: sealed.rsplit(".", 1)[0] + ".", id="no body"),
        pytest.param(lambda sealed: sealed.rsplit(".", 1)[0] + ".AAAA", id="a body shorter than a nonce"),
        pytest.param(lambda _: "", id="nothing"),
    ],
)
def test_another_format_does_not_open(spoil: Callable[[str], str]) -> None:
    with pytest.raises(SealingError):
        KEK.unseal(spoil(KEK.seal(b"secret", context=CONTEXT)), context=CONTEXT)


def test_another_kek_does_not_open_and_says_which_one_would() -> None:
    sealed = KEK.seal(b"secret", context=CONTEXT)
    with pytest.raises(SealingError, match=KEK.kek_id):
        KeyEncryptionKey(b"o" * 32).unseal(sealed, context=CONTEXT)


def test_another_kek_under_this_ones_id_does_not_open() -> None:
    other = KeyEncryptionKey(b"o" * 32)
    sealed = other.seal(b"secret", context=CONTEXT).replace(other.kek_id, KEK.kek_id)
    with pytest.raises(SealingError, match="altered"):
        KEK.unseal(sealed, context=CONTEXT)


def test_a_new_kek_file_is_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    kek_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert kek_read(path).kek_id
    with pytest.raises(FileExistsError):
        kek_create(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o660, 0o777])
def test_a_kek_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "kek"
    kek_create(path)
    path.chmod(mode)
    with pytest.raises(SealingError, match="chmod 600"):
        kek_read(path)


def test_a_missing_kek_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SealingError, match="can't be read"):
        kek_read(tmp_path / "kek")


@pytest.mark.parametrize("text", ["", "short", "A" * 44, "!" * 43, b64url_encode(b"k" * 31)])
def test_a_kek_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(SealingError):
        kek_parse(text)


def test_a_kek_shows_its_id_only() -> None:
    assert repr(KEK) == f"<KeyEncryptionKey {KEK.kek_id}>"
    with pytest.raises(TypeError):
        pickle.dumps(KEK)


OLD = KeyEncryptionKey(b"o" * 32)


def test_the_ring_seals_with_the_current_kek_and_opens_what_an_earlier_one_sealed() -> None:
    ring = KEKRing(KEK, [OLD])
    assert ring.kek_id == KEK.kek_id
    assert sealed_kek_id(ring.seal(b"new", context=CONTEXT)) == KEK.kek_id
    assert ring.unseal(OLD.seal(b"old", context=CONTEXT), context=CONTEXT) == b"old"
    assert ring.unseal(KEK.seal(b"new", context=CONTEXT), context=CONTEXT) == b"new"
    assert (ring.opens(OLD.kek_id), ring.opens(KEK.kek_id), ring.opens("another")) == (True, True, False)


def test_the_ring_refuses_what_is_under_a_kek_it_lacks() -> None:
    with pytest.raises(SealingError, match=f"this process holds {KEK.kek_id}"):
        KEKRing(KEK).unseal(OLD.seal(b"old", context=CONTEXT), context=CONTEXT)


def test_an_earlier_kek_binds_to_the_context_too() -> None:
    with pytest.raises(SealingError, match="altered"):
        KEKRing(KEK, [OLD]).unseal(OLD.seal(b"old", context=CONTEXT), context="another")


def test_the_ring_shows_ids_only() -> None:
    assert repr(KEKRing(KEK, [OLD])) == f"<KEKRing <KeyEncryptionKey {KEK.kek_id}> and 1 earlier>"
