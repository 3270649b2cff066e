"""Every nested token that has to be refused, each for its own reason and all with one message."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.encryption import MAX_NESTED_LENGTH, nested_encrypt, nested_open
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.verification import MAX_TOKEN_LENGTH, token_verify
from signing.domain.release_token import RELEASE_TOKEN
from tests.support.forge import as_json, b64, forge
from tests.support.nested_tokens import (
    BY_KID,
    ECDH,
    GOOD,
    INNER,
    OWN,
    PHI,
    RSA,
    SIGNER,
    SIGNER_KID,
    SIGNERS,
    STRANGER,
    TYP,
    WRAPS,
    forged,
    recipient,
    refusal,
    signed,
    verify,
)
from tests.support.tokens import EXPECTED, NOW, install_claims

both = pytest.mark.parametrize("algorithm", list(EncryptionAlgorithm))


@both
def test_a_good_token_gives_its_claims(algorithm: EncryptionAlgorithm) -> None:
    claims = verify(GOOD[algorithm])
    assert claims.pop("pad").strip("0") == ""
    assert claims == install_claims()
    assert nested_open(GOOD[algorithm], typ=TYP, keys=BY_KID) == INNER


@both
def test_a_token_that_another_implementation_encrypted_opens(algorithm: EncryptionAlgorithm) -> None:
    assert nested_open(forged(algorithm), typ=TYP, keys=BY_KID) == INNER


@both
def test_no_two_tokens_share_a_key_or_a_nonce(algorithm: EncryptionAlgorithm) -> None:
    again = nested_encrypt(INNER, typ=TYP, recipient=recipient(OWN[algorithm])).split(".")
    shared = [ours for ours, theirs in zip(again, GOOD[algorithm].split("."), strict=True) if ours == theirs]
    assert len(shared) == (1 if algorithm is RSA else 0)  # the header of RSA, which holds nothing random


def segment_with(algorithm: EncryptionAlgorithm, place: int, segment: str) -> str:
    segments = GOOD[algorithm].split(".")
    return ".".join([*segments[:place], segment, *segments[place + 1 :]])


def flipped(segment: str) -> str:
    data = b64url_decode(segment)
    return b64(data[:-1] + bytes([data[-1] ^ 1]))


@both
@pytest.mark.parametrize(
    "place", range(1, 5), ids=["encrypted key", "initialisation vector", "ciphertext", "tag"]
)
def test_a_changed_bit_is_refused_anywhere(algorithm: EncryptionAlgorithm, place: int) -> None:
    changed = segment_with(algorithm, place, flipped(GOOD[algorithm].split(".")[place]))
    assert refusal(changed) == f"encryption: doesn't open with key {OWN[algorithm].kid}"


@both
def test_a_header_in_another_spelling_is_refused(algorithm: EncryptionAlgorithm) -> None:
    header = json.loads(b64url_decode(GOOD[algorithm].split(".")[0]))
    respelt = b64(json.dumps(dict(reversed(header.items()))).encode())
    assert refusal(segment_with(algorithm, 0, respelt)).startswith("encryption: doesn't open")


@both
@pytest.mark.parametrize("place", range(1, 5))
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda _: "", "nested token: not five", id="empty"),
        pytest.param(lambda text: text + "=", "nested token: not unpadded", id="padded"),
        pytest.param(lambda text: text[:-1] + "+", "nested token: not unpadded", id="base64"),
        pytest.param(lambda text: text + "\n", "nested token: not unpadded", id="line break"),
        pytest.param(lambda text: text + "é", "nested token: not unpadded", id="not ASCII"),
    ],
)
def test_a_segment_in_another_encoding_is_refused(
    algorithm: EncryptionAlgorithm, place: int, change: Any, reason: str
) -> None:
    token = segment_with(algorithm, place, change(GOOD[algorithm].split(".")[place]))
    assert refusal(token).startswith(reason)


@both
@pytest.mark.parametrize("place", [1, 3 - 1, 4], ids=["encrypted key", "initialisation vector", "tag"])
@pytest.mark.parametrize("change", [lambda data: data[:-3], lambda data: data + b"\0\0\0"])
def test_a_segment_of_another_length_is_refused(
    algorithm: EncryptionAlgorithm, place: int, change: Any
) -> None:
    data = b64url_decode(GOOD[algorithm].split(".")[place])
    token = segment_with(algorithm, place, b64(change(data)))
    assert refusal(token) == "nested token: a segment of an impossible length"


@both
def test_a_content_key_of_another_length_is_refused(algorithm: EncryptionAlgorithm) -> None:
    wrap = WRAPS[algorithm]
    assert refusal(forged(algorithm, wrap=lambda key: wrap(key[:16]))).startswith(
        "nested token: a segment" if algorithm is ECDH else "encryption: doesn't open"
    )


def test_wrapping_with_a_key_of_the_senders_choice_is_refused() -> None:
    assert refusal(forged(ECDH, wrap=lambda key: aes_key_wrap(bytes(32), key))).startswith("encryption:")


@both
def test_a_token_for_somebody_else_does_not_open(algorithm: EncryptionAlgorithm) -> None:
    other = DecryptionKey.generate(algorithm)
    token = nested_encrypt(INNER, typ=TYP, recipient=recipient(other))
    assert refusal(token) == f"outer header: unknown kid {other.kid}"
    with pytest.raises(TokenRefusedError) as caught:  # nor if it's sent under the kid of the one it isn't for
        nested_open(token, typ=TYP, keys={other.kid: OWN[algorithm]})
    assert caught.value.reason.startswith("encryption: doesn't open")


FORM_ATTACKS = [
    pytest.param("", id="nothing"),
    pytest.param("....", id="four dots"),
    pytest.param(INNER, id="the signed token without its envelope"),
    pytest.param(GOOD[ECDH] + ".AAAA", id="six segments"),
    pytest.param(GOOD[ECDH].rsplit(".", 1)[0], id="four segments"),
    pytest.param(
        json.dumps(
            dict(
                zip(
                    ("protected", "encrypted_key", "iv", "ciphertext", "tag"),
                    GOOD[ECDH].split("."),
                    strict=True,
                )
            )
        ),
        id="flattened JSON serialisation of a good token",
    ),
    pytest.param(json.dumps({"ciphertext": "AAAA", "recipients": []}), id="JSON without a recipient"),
    pytest.param("A" * (MAX_NESTED_LENGTH + 1), id="too long"),
    pytest.param(forged(ECDH, "a" * 10_000), id="too long and encrypted"),
]


@pytest.mark.parametrize("token", FORM_ATTACKS)
def test_anything_but_one_compact_jwe_is_refused(token: str) -> None:
    assert refusal(token).startswith("nested token: ")


def test_the_length_is_judged_before_anything_is_parsed() -> None:
    assert refusal("." * 10_000_000) == "nested token: 10000000 characters"


INNER_ATTACKS = [
    pytest.param(signed(typ="release+jwt"), "inner token: typ", id="a release+jwt in an envelope for PHI"),
    pytest.param(signed(typ="JWT"), "inner token: typ", id="typ JWT"),
    pytest.param(b"", "nested token: not five", id="nothing"),
    pytest.param(b"..", "header: ", id="two dots"),
    pytest.param(as_json(install_claims()), "inner token: too long, or not", id="bare claims"),
    pytest.param(b"\xff\xfe", "inner token: not ASCII", id="no text"),
    pytest.param(INNER.replace("e", "é").encode(), "inner token: not ASCII", id="letters beyond ASCII"),
    pytest.param(GOOD[ECDH], "inner token: too long, or not", id="another envelope"),
    pytest.param(INNER + "." * 2 + "AA", "inner token: too long, or not", id="five segments"),
    pytest.param(signed(b" " * 6100), "inner token: too long, or not", id="longer than a token"),
    pytest.param(INNER + " ", "signature: not unpadded", id="a space behind"),
    pytest.param(INNER.rsplit(".", 1)[0] + ".", "token: not three", id="unsigned"),
    pytest.param(
        forge({"alg": "none", "kid": SIGNER_KID, "typ": TYP}, install_claims(), lambda _: bytes(64)),
        "header: alg",
        id="alg none",
    ),
    pytest.param(
        forge({"alg": "ES256", "kid": SIGNER_KID, "typ": TYP}, install_claims(), ES256Key.generate().sign),
        "signature: doesn't",
        id="signed by whoever could encrypt",
    ),
    pytest.param(
        forge({"alg": "ES256", "kid": "x", "typ": TYP}, install_claims(), SIGNER.sign),
        "header: unknown kid",
        id="unknown signing key",
    ),
    pytest.param(signed(install_claims(aud="evil")), "claim aud", id="for somebody else"),
    pytest.param(signed(install_claims(sub="evil")), "claim sub", id="about somebody else"),
    pytest.param(signed(install_claims(exp=NOW + 901)), "claim exp: 901", id="living too long"),
    pytest.param(signed(install_claims(pad="0" * 10 + "secret")), "claim pad: has an", id="pad with content"),
    pytest.param(signed(install_claims(pad=0)), "claim pad: not a string", id="pad a number"),
    pytest.param(signed(install_claims(pad="0" * 4097)), "claim pad: 4097", id="pad without end"),
]


@both
@pytest.mark.parametrize(("inner", "reason"), INNER_ATTACKS)
def test_an_envelope_makes_nothing_inside_it_good(
    algorithm: EncryptionAlgorithm, inner: str | bytes, reason: str
) -> None:
    assert refusal(forged(algorithm, inner)).startswith(reason)


def test_what_was_inside_does_not_pass_as_another_kind() -> None:
    inner = nested_open(GOOD[ECDH], typ=TYP, keys=BY_KID)
    with pytest.raises(TokenRefusedError) as caught:
        token_verify(inner, kind=RELEASE_TOKEN, keys=SIGNERS, expected=EXPECTED, now=NOW)
    assert caught.value.reason == "header: typ isn't release+jwt"


@both
def test_an_encrypted_token_is_no_signed_one(algorithm: EncryptionAlgorithm) -> None:
    for kind in (PHI, RELEASE_TOKEN):
        with pytest.raises(TokenRefusedError) as caught:
            token_verify(GOOD[algorithm], kind=kind, keys=SIGNERS, expected=EXPECTED, now=NOW)
        assert caught.value.reason == "token: not three segments"


@both
def test_only_a_token_that_is_right_in_every_other_way_is_called_expired(
    algorithm: EncryptionAlgorithm,
) -> None:
    with pytest.raises(TokenExpiredError):
        verify(GOOD[algorithm], now=NOW + 900)
    with pytest.raises(TokenRefusedError) as caught:
        verify(segment_with(algorithm, 4, "A" * 22), now=NOW + 900)
    assert not isinstance(caught.value, TokenExpiredError)


def test_whatever_fails_is_one_and_the_same_refusal() -> None:
    failures = [
        segment_with(RSA, 1, flipped(GOOD[RSA].split(".")[1])),
        segment_with(RSA, 4, flipped(GOOD[RSA].split(".")[4])),
        forged(RSA, "rubbish"),
        forged(RSA, INNER[:-2]),
        forged(RSA, kid=STRANGER.kid),
        forged(RSA, alg="dir"),
    ]
    seen = set()
    for token in failures:
        with pytest.raises(TokenRefusedError) as caught:
            verify(token)
        seen.add((type(caught.value), caught.value.args, caught.value.code, caught.value.message))
    assert len(seen) == 1


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(signed(typ="release+jwt"), id="another kind"),
        pytest.param("rubbish", id="rubbish"),
        pytest.param(GOOD[RSA], id="an envelope"),
        pytest.param(signed(b" " * MAX_TOKEN_LENGTH), id="longer than anybody opens"),
    ],
)
def test_only_a_signed_token_of_the_same_kind_is_encrypted(inner: str) -> None:
    with pytest.raises(TokenRefusedError):
        nested_encrypt(inner, typ=TYP, recipient=recipient(OWN[RSA]))


@given(st.text() | st.lists(st.binary().map(b64), min_size=5, max_size=5).map(".".join))
def test_rubbish_is_refused_and_nothing_else_is_raised(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        verify(token)


@given(st.integers(0, len(GOOD[ECDH]) - 1), st.characters(codec="utf-8"))
def test_no_single_changed_character_survives(position: int, character: str) -> None:
    changed = GOOD[ECDH][:position] + character + GOOD[ECDH][position + 1 :]
    if changed != GOOD[ECDH]:
        with pytest.raises(TokenRefusedError):
            verify(changed)


@given(st.binary(max_size=600))
def test_whatever_is_encrypted_is_refused_unless_it_was_signed(inner: bytes) -> None:
    with pytest.raises(TokenRefusedError):
        verify(forged(ECDH, inner))
