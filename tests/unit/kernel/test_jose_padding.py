"""The length of an encrypted token says how many buckets there are, and nothing finer."""

import json
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.encryption import nested_encrypt
from releaseconsole.kernel.jose.encryption_keys import EncryptionAlgorithm
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.padding import BUCKET, PAD_CLAIM, pad_claims
from tests.support.forge import forge
from tests.support.nested_tokens import OWN, SIGNER, SIGNER_KID, TYP, recipient
from tests.support.tokens import install_claims

both = pytest.mark.parametrize("algorithm", list(EncryptionAlgorithm))
# From one to four bytes a character, with what JSON escapes among them.
words = st.text(st.characters(codec="utf-8"), max_size=600)
claims = st.dictionaries(words, words | st.integers() | st.lists(words, max_size=3), max_size=4)


def token_of(padded: dict[str, Any], algorithm: EncryptionAlgorithm) -> str:
    inner = forge({"alg": "ES256", "kid": SIGNER_KID, "typ": TYP}, canonical_json(padded), SIGNER.sign)
    return nested_encrypt(inner, typ=TYP, recipient=recipient(OWN[algorithm]))


@cache
def length_of(buckets: int, algorithm: EncryptionAlgorithm) -> int:
    return len(token_of({"pad": "0" * (buckets * BUCKET - len('{"pad":""}'))}, algorithm))


@given(claims, st.sampled_from([1, 3, 64, BUCKET, 1000, 4096]))
def test_claims_fill_whole_buckets_and_are_otherwise_as_they_were(value: dict[str, Any], bucket: int) -> None:
    padded = pad_claims(value, bucket=bucket)
    assert len(canonical_json(padded)) % bucket == 0
    assert len(padded["pad"]) < bucket
    assert {**padded, "pad": value.get("pad")} == {**value, "pad": value.get("pad")}
    PAD_CLAIM("pad", padded["pad"])


@given(claims)
def test_padding_twice_is_padding_once(value: dict[str, Any]) -> None:
    assert pad_claims(pad_claims(value)) == pad_claims(value)


def in_ascii(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


@given(claims)
def test_the_encoder_that_will_write_the_json_is_the_one_that_counts(value: dict[str, Any]) -> None:
    for encode in (in_ascii, msgspec.json.Encoder().encode):
        assert len(encode(pad_claims(value, encode=encode))) % BUCKET == 0


@both
@given(diagnosis=words)
def test_only_the_number_of_buckets_shows_in_the_length_of_a_token(
    algorithm: EncryptionAlgorithm, diagnosis: str
) -> None:
    padded = pad_claims(install_claims(ext={"diagnosis": diagnosis}))
    buckets = len(canonical_json(padded)) // BUCKET
    assert len(token_of(padded, algorithm)) == length_of(buckets, algorithm)


@both
@given(one=st.text(max_size=40), other=st.text(max_size=40))
def test_two_secrets_of_the_same_bucket_make_tokens_of_the_same_length(
    algorithm: EncryptionAlgorithm, one: str, other: str
) -> None:
    # The other claims leave the bucket half empty, so that no word of 40 characters reaches the next one.
    roomy = {"sub": "d" * BUCKET, "ext": {}}
    lengths = {
        len(token_of(pad_claims(roomy | {"ext": {"diagnosis": word}}), algorithm)) for word in (one, other)
    }
    assert len(lengths) == 1


def test_without_padding_a_diagnosis_would_show() -> None:
    bare = [{**install_claims(), "ext": {"diagnosis": word}} for word in ("flu", "leukaemia")]
    assert len({len(token_of(value, EncryptionAlgorithm.ECDH_ES_A256KW)) for value in bare}) == 2
    padded = [pad_claims(value) for value in bare]
    assert len({len(token_of(value, EncryptionAlgorithm.ECDH_ES_A256KW)) for value in padded}) == 1


@pytest.mark.parametrize("value", ["1", "0 ", "0\n", "secret", "0" * 4097, 0, None, ["0"]])
def test_a_pad_is_filler_and_nothing_but_filler(value: object) -> None:
    with pytest.raises(TokenRefusedError):
        PAD_CLAIM("pad", value)
