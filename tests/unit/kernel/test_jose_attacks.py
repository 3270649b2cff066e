"""Every attack on header, key and signature of a token, for every algorithm it applies to.

The keys are a mixed set, symmetric beside asymmetric, and the kind could be signed with any algorithm: what
is refused here is refused by the binding of one key to one algorithm, and by nothing that a kind adds.
"""

import hmac
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from releaseconsole.kernel.jose.ec_keys import der_to_raw
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.verification import token_verify
from signing.domain.download_token import DOWNLOAD_TOKEN
from signing.domain.release_token import RELEASE_TOKEN
from tests.support.forge import as_json, b64, forge
from tests.support.key_ring import Ringed, ring_key, stranger_key, trusted_keys
from tests.support.tokens import EXPECTED, NOW, every_algorithm, install_claims

TYP = RELEASE_TOKEN.typ
KIND = every_algorithm(RELEASE_TOKEN)
PAIRS = sorted(ASYMMETRIC_ALGORITHMS)
ECDSA = [Algorithm.ES256, Algorithm.ES384]
RSA = [Algorithm.RS256, Algorithm.PS256]
ORDERS = {
    Algorithm.ES256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    Algorithm.ES384: int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        16,
    ),
    Algorithm.ED25519: 2**252 + 27742317777372353535851937790883648493,
}
every = pytest.mark.parametrize("algorithm", list(Algorithm))


def refusal(token: str) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        token_verify(token, kind=KIND, keys=trusted_keys(), expected=EXPECTED, now=NOW)
    assert str(caught.value) == "The token isn't valid."
    return caught.value.reason


def good(key: Ringed) -> str:
    return forge(key.header(TYP), install_claims(), key.sign)


def accepted(token: str) -> dict[str, Any]:
    return token_verify(token, kind=KIND, keys=trusted_keys(), expected=EXPECTED, now=NOW)


def with_header(key: Ringed, **changed: Any) -> str:
    return forge(key.header(TYP, **changed), install_claims(), key.sign)


def with_signature(key: Ringed, change: Callable[[bytes], bytes]) -> str:
    signing_input, _, signature = good(key).rpartition(".")
    return f"{signing_input}.{b64(change(b64url_decode(signature)))}"


def signed_as(key: Ringed, raw: bytes) -> str:
    return with_signature(key, lambda _: raw)


def library_key(key: Ringed) -> Any:
    return load_der_private_key(key.private.material(), password=None)


# Header injection, and the tricks with `kid` and `typ`.

HEADER_ATTACKS = [
    pytest.param({"jku": "https://evil.example/jwks"}, "header: members", id="jku"),
    pytest.param({"jku": "http://127.0.0.1/jwks"}, "header: members", id="jku into the house"),
    pytest.param({"jwk": {"kty": "oct", "k": "AAAA"}}, "header: members", id="jwk, a secret"),
    pytest.param({"x5u": "https://evil.example/cert"}, "header: members", id="x5u"),
    pytest.param({"x5c": ["MIIB"]}, "header: members", id="x5c"),
    pytest.param({"x5t#S256": "AAAA"}, "header: members", id="x5t#S256"),
    pytest.param({"crit": ["exp"]}, "header: members", id="crit"),
    pytest.param({"crit": []}, "header: members", id="crit empty"),
    pytest.param({"b64": False, "crit": ["b64"]}, "header: members", id="b64 false"),
    pytest.param({"b64": True}, "header: members", id="b64 true"),
    pytest.param({"zip": "DEF"}, "header: members", id="zip"),
    pytest.param({"cty": "JWT"}, "header: members", id="cty"),
    pytest.param({"enc": "A256GCM"}, "header: members", id="enc, as a JWE has"),
    pytest.param({"KID": "x"}, "header: members", id="kid in capitals as well"),
    pytest.param({"kid": ...}, "header: members", id="no kid"),
    pytest.param({"typ": ...}, "header: members", id="no typ"),
    pytest.param({"alg": ...}, "header: members", id="no alg"),
    pytest.param({"typ": "JWT"}, "header: typ", id="typ JWT"),
    pytest.param({"typ": ""}, "header: typ", id="typ empty"),
    pytest.param({"typ": "download+jwt"}, "header: typ", id="typ of another kind"),
    pytest.param({"typ": "key-probe+jwt"}, "header: typ", id="typ of a probe"),
    pytest.param({"typ": "trust+jws"}, "header: typ", id="typ of a document"),
    pytest.param({"typ": "Release+JWT"}, "header: typ", id="typ in other case"),
    pytest.param({"typ": "application/release+jwt"}, "header: typ", id="typ with application/"),
    pytest.param({"typ": "release+jwt "}, "header: typ", id="typ with a space"),
    pytest.param({"typ": ["release+jwt"]}, "header: a member isn't", id="typ a list"),
    pytest.param({"kid": "A" * 43}, "header: unknown kid", id="kid unknown"),
    pytest.param({"kid": None}, "header: a member isn't", id="kid null"),
    pytest.param({"kid": 7}, "header: a member isn't", id="kid a number"),
    pytest.param({"kid": ["a"]}, "header: a member isn't", id="kid a list"),
    pytest.param({"kid": {"$ne": ""}}, "header: a member isn't", id="kid a query"),
    pytest.param({"kid": ""}, "header: kid", id="kid empty"),
    pytest.param({"kid": "../../../dev/null"}, "header: kid", id="kid a path"),
    pytest.param({"kid": "/proc/sys/kernel/randomize_va_space"}, "header: kid", id="kid a known file"),
    pytest.param({"kid": "x' OR '1'='1"}, "header: kid", id="kid an SQL injection"),
    pytest.param({"kid": "x' UNION SELECT 'aaa"}, "header: kid", id="kid an SQL union"),
    pytest.param({"kid": "|sleep 10"}, "header: kid", id="kid a command"),
    pytest.param({"kid": "https://evil.example/key"}, "header: kid", id="kid an address"),
    pytest.param({"kid": "a" * 65}, "header: kid", id="kid too long"),
    pytest.param({"kid": "a\0"}, "header: kid", id="kid with a NUL"),
    pytest.param({"alg": None}, "header: a member isn't", id="alg null"),
    pytest.param({"alg": ["ES256"]}, "header: a member isn't", id="alg a list"),
    pytest.param({"alg": ""}, "header: alg", id="alg empty"),
    pytest.param({"alg": "EdDSA"}, "header: alg", id="alg EdDSA"),
    pytest.param({"alg": "RS1"}, "header: alg", id="alg with SHA-1"),
    pytest.param({"alg": "ML-DSA-65"}, "header: alg", id="alg ML-DSA-65"),
]


@every
def test_a_good_token_of_each_algorithm_is_accepted_from_a_mixed_set(algorithm: Algorithm) -> None:
    assert accepted(good(ring_key(algorithm))) == install_claims()


@every
@pytest.mark.parametrize(("changed", "reason"), HEADER_ATTACKS)
def test_a_header_other_than_ours_is_refused(
    algorithm: Algorithm, changed: dict[str, Any], reason: str
) -> None:
    assert refusal(with_header(ring_key(algorithm), **changed)).startswith(reason)


@every
def test_a_key_that_the_token_brings_along_is_not_looked_at(algorithm: Algorithm) -> None:
    stranger = stranger_key(algorithm)
    jwk = stranger.private.public_jwk() or {"kty": "oct", "k": b64(stranger.private.material())}
    header = ring_key(algorithm).header(TYP, jwk=jwk)
    assert refusal(forge(header, install_claims(), stranger.sign)).startswith("header: members")


@every
def test_a_key_that_nobody_trusts_is_unknown(algorithm: Algorithm) -> None:
    stranger = stranger_key(algorithm)
    if algorithm is Algorithm.HS256:  # a secret has no name of its own
        assert "signature: doesn't" in refusal(good(stranger))
    else:
        assert refusal(good(stranger)) == f"header: unknown kid {stranger.kid}"


@every
@pytest.mark.parametrize(
    "members",
    [
        '"alg":"{alg}","kid":"{kid}","kid":"{kid}","typ":"release+jwt"',
        '"alg":"none","alg":"{alg}","kid":"{kid}","typ":"release+jwt"',
        '"alg":"{alg}","kid":"{kid}","typ":"JWT","typ":"release+jwt"',
        '"\\u0061lg":"none","alg":"{alg}","kid":"{kid}","typ":"release+jwt"',
    ],
)
def test_a_member_twice_in_the_header_is_refused(algorithm: Algorithm, members: str) -> None:
    key = ring_key(algorithm)
    header = "{" + members.replace("{alg}", algorithm.value).replace("{kid}", key.kid) + "}"
    assert refusal(forge(header.encode(), install_claims(), key.sign)) == "header: duplicate member"


@every
@pytest.mark.parametrize(
    ("header", "reason"), [(b"[]", "not an object"), (b"\xff", "not JSON"), (b"null", "not")]
)
def test_a_header_that_is_no_object_is_refused(algorithm: Algorithm, header: bytes, reason: str) -> None:
    token = forge(header, install_claims(), ring_key(algorithm).sign)
    assert refusal(token).startswith(f"header: {reason}")


@every
@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "nonE", "", " none", "none ", "none\0"])
@pytest.mark.parametrize("signature", ["unsigned", "blank", "its own"])
def test_no_spelling_of_none_is_accepted(algorithm: Algorithm, alg: str, signature: str) -> None:
    key = ring_key(algorithm)
    width = key.verification_key.signature_bytes
    sign = {"unsigned": lambda _: b"", "blank": lambda _: bytes(width), "its own": key.sign}[signature]
    reason = refusal(forge(key.header(TYP, alg=alg), install_claims(), sign))
    assert reason.startswith(("token: not three", "header: alg"))


@every
@pytest.mark.parametrize("signature", ["", "null", "AA", "e30", "bnVsbA"])
def test_a_blank_or_null_signature_is_refused(algorithm: Algorithm, signature: str) -> None:
    reason = refusal(good(ring_key(algorithm)).rpartition(".")[0] + "." + signature)
    assert reason.startswith(("token: not three", "signature: wrong length"))


# Confusion of algorithms: the header's word, or a key in another role.


@every
def test_the_header_does_not_choose_among_algorithms(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    for other in Algorithm:
        if other is not algorithm:
            token = forge(key.header(TYP, alg=other.value), install_claims(), ring_key(other).sign)
            assert refusal(token) == f"header: alg isn't that of key {key.kid}"
    assert refusal(with_header(key, alg=algorithm.value.swapcase())).startswith("header: alg")


@every
def test_one_key_of_a_mixed_set_does_not_sign_for_another(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    for other in Algorithm:
        if other is not algorithm:
            assert refusal(forge(key.header(TYP), install_claims(), ring_key(other).sign)).startswith(
                "signature:"
            )


def mac_with(secret: bytes, digest: str) -> Callable[[bytes], bytes]:
    return lambda data: hmac.digest(secret, data, digest)


def public_forms(key: Ringed) -> list[bytes]:
    """What everybody has of a key, in every form that somebody took for a secret once."""
    public = library_key(key).public_key()
    jwk = key.private.public_jwk()
    assert jwk is not None
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forms = [
        pem,
        pem.strip(),
        pem.replace(b"\n", b"\r\n"),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        as_json(jwk),
        *(jwk[name].encode() for name in ("x", "n") if name in jwk),
        *(b64url_decode(jwk[name]) for name in ("x", "n") if name in jwk),
        key.kid.encode(),
        b"",
        b"secret",
    ]
    if isinstance(public, rsa.RSAPublicKey):
        forms.append(public.public_bytes(Encoding.PEM, PublicFormat.PKCS1))
    return forms


@pytest.mark.parametrize("algorithm", PAIRS)
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_public_key_is_no_hmac_secret(algorithm: Algorithm, digest: str) -> None:
    key = ring_key(algorithm)
    for secret in public_forms(key):
        sign = mac_with(secret, digest)
        confused = key.header(TYP, alg=digest.replace("sha", "HS"))
        assert refusal(forge(confused, install_claims(), sign)).startswith("header: alg")
        assert refusal(forge(key.header(TYP), install_claims(), sign)).startswith("signature: ")


def test_a_blank_password_or_a_public_word_is_no_hmac_secret() -> None:
    key = ring_key(Algorithm.HS256)
    for secret in (b"", b"\0" * 32, b"secret", b"null", key.kid.encode(), EXPECTED.issuer.encode()):
        token = forge(key.header(TYP), install_claims(), mac_with(secret, "sha256"))
        assert refusal(token).startswith("signature: doesn't")


def test_a_key_of_another_algorithm_does_not_sign_a_kind_even_if_the_caller_trusts_it() -> None:
    for algorithm in Algorithm:
        for kind in (RELEASE_TOKEN, DOWNLOAD_TOKEN):
            if algorithm in kind.algorithms:
                continue
            key = ring_key(algorithm)
            token = forge(key.header(kind.typ), install_claims(), key.sign)
            with pytest.raises(TokenRefusedError) as caught:
                token_verify(token, kind=kind, keys=trusted_keys(), expected=EXPECTED, now=NOW)
            assert caught.value.reason == f"header: {algorithm.value} doesn't sign {kind.typ}"


# Signatures.


@every
def test_a_signature_of_another_length_or_spelling_is_refused(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    token = good(key)
    assert refusal(with_signature(key, lambda raw: raw[:-1])) == "signature: wrong length"
    assert refusal(with_signature(key, lambda raw: raw + b"\0")) == "signature: wrong length"
    assert refusal(with_signature(key, lambda raw: b"\0" + raw)) == "signature: wrong length"
    for spelling in (token + "=", token + "==", token + "\n", token + " ", token.replace(".", "=.", 1)):
        assert refusal(spelling).endswith("not unpadded base64url")
    for spelling in (" " + token, "\ufeff" + token, "=.".join(token.rsplit(".", 1))):
        assert refusal(spelling).endswith("not unpadded base64url")


@pytest.mark.parametrize("algorithm", [a for a in Algorithm if a not in RSA and a is not Algorithm.ES384])
def test_trailing_bits_make_no_second_text_of_a_token(algorithm: Algorithm) -> None:
    """The last character of 32 or 64 bytes holds bits that mean nothing; 96 and 384 bytes leave none."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = good(ring_key(algorithm))
    other = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    assert refusal(other) == "signature: not unpadded base64url"


@every
def test_a_changed_signature_is_refused(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    for change in (
        lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
        lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
        lambda raw: bytes(len(raw)),
        lambda raw: b"\xff" * len(raw),
        lambda raw: bytes(len(raw) - 1) + b"\1",
        lambda raw: raw[::-1],
    ):
        assert refusal(with_signature(key, change)).startswith("signature: doesn't")


@every
def test_a_good_signature_fits_no_other_claims(algorithm: Algorithm) -> None:
    head, _, signature = good(ring_key(algorithm)).split(".")
    other = b64(as_json(install_claims(version="2.4.2")))
    assert refusal(f"{head}.{other}.{signature}").startswith("signature: doesn't")


def halves(r: int, s: int, algorithm: Algorithm) -> bytes:
    width = ring_key(algorithm).verification_key.signature_bytes // 2
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


@pytest.mark.parametrize("algorithm", ECDSA)
def test_psychic_signatures_are_refused(algorithm: Algorithm) -> None:
    """Numbers that make an unchecked verifier divide by zero (CVE-2022-21449)."""
    order, key = ORDERS[algorithm], ring_key(algorithm)
    for r, s in [(0, 0), (0, 1), (1, 0), (1, 1), (order, order), (order, 0), (order, 1), (1, order)]:
        assert refusal(signed_as(key, halves(r, s, algorithm))).startswith("signature: doesn't")


@pytest.mark.parametrize("algorithm", ECDSA)
def test_half_a_signature_is_refused(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    for change in (
        lambda raw: raw[: len(raw) // 2] + bytes(len(raw) // 2),
        lambda raw: bytes(len(raw) // 2) + raw[len(raw) // 2 :],
        lambda raw: raw[: len(raw) // 2] * 2,
        lambda raw: raw[len(raw) // 2 :] + raw[: len(raw) // 2],
    ):
        assert refusal(with_signature(key, change)).startswith("signature: doesn't")


@pytest.mark.parametrize("algorithm", ECDSA)
def test_der_in_place_of_two_numbers_is_refused(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    scheme = ec.ECDSA(hashes.SHA256() if algorithm is Algorithm.ES256 else hashes.SHA384())
    der = forge(key.header(TYP), install_claims(), lambda data: library_key(key).sign(data, scheme))
    assert refusal(der) == "signature: wrong length"
    assert refusal(with_signature(key, lambda _: encode_dss_signature(0, 0))) == "signature: wrong length"


@pytest.mark.parametrize(("algorithm", "hashed"), [("ES256", hashes.SHA384), ("ES384", hashes.SHA256)])
def test_a_signature_over_another_hash_is_refused(
    algorithm: Algorithm, hashed: type[hashes.HashAlgorithm]
) -> None:
    key = ring_key(Algorithm(algorithm))

    def sign(data: bytes) -> bytes:
        width = key.verification_key.signature_bytes // 2
        return der_to_raw(library_key(key).sign(data, ec.ECDSA(hashed())), width)

    assert refusal(forge(key.header(TYP), install_claims(), sign)).startswith("signature: doesn't")


@pytest.mark.parametrize("algorithm", ECDSA)
def test_the_malleated_twin_verifies_so_replay_protection_must_key_on_jti(algorithm: Algorithm) -> None:
    """(r, n-s) is as good a signature as (r, s), in ECDSA itself: one token has two texts, and one `jti`."""
    key = ring_key(algorithm)
    token = good(key)
    signing_input, _, signature = token.rpartition(".")
    raw = b64url_decode(signature)
    r, s = (int.from_bytes(half, "big") for half in (raw[: len(raw) // 2], raw[len(raw) // 2 :]))
    twin = f"{signing_input}.{b64(halves(r, ORDERS[algorithm] - s, algorithm))}"
    assert twin != token
    assert accepted(twin)["jti"] == accepted(token)["jti"]
    # But not (r, s + n): it wouldn't be reduced, and mostly not even fit.
    if s + ORDERS[algorithm] < 2 ** (8 * len(raw) // 2):
        assert refusal(f"{signing_input}.{b64(halves(r, s + ORDERS[algorithm], algorithm))}")


def test_an_ed25519_signature_has_no_twin() -> None:
    """s + L is the same number modulo the group's order, and RFC 8032 refuses it."""
    key, order = ring_key(Algorithm.ED25519), ORDERS[Algorithm.ED25519]

    def malleated(raw: bytes) -> bytes:
        return raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")

    assert refusal(with_signature(key, malleated)).startswith("signature: doesn't")


@pytest.mark.parametrize("point", [b"\1" + bytes(31), bytes(32), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_an_ed25519_signature_from_points_of_low_order_is_refused(point: bytes) -> None:
    token = with_signature(ring_key(Algorithm.ED25519), lambda _: point + bytes(32))
    assert refusal(token).startswith("signature: doesn't")


def rsa_signed(key: Ringed, scheme: padding.AsymmetricPadding, hashed: hashes.HashAlgorithm) -> str:
    return forge(key.header(TYP), install_claims(), lambda data: library_key(key).sign(data, scheme, hashed))


def pss(salt: Any, mask: hashes.HashAlgorithm | None = None) -> padding.PSS:
    return padding.PSS(padding.MGF1(mask or hashes.SHA256()), salt)


RSA_SCHEMES = [
    pytest.param(Algorithm.PS256, pss(padding.PSS.MAX_LENGTH), hashes.SHA256(), id="the longest salt"),
    pytest.param(Algorithm.PS256, pss(0), hashes.SHA256(), id="no salt"),
    pytest.param(Algorithm.PS256, pss(20), hashes.SHA256(), id="a short salt"),
    pytest.param(Algorithm.PS256, pss(32, hashes.SHA384()), hashes.SHA256(), id="mask over another hash"),
    pytest.param(Algorithm.PS256, pss(32), hashes.SHA384(), id="PSS over another hash"),
    pytest.param(Algorithm.PS256, padding.PKCS1v15(), hashes.SHA256(), id="RS256 offered as PS256"),
    pytest.param(Algorithm.RS256, pss(32), hashes.SHA256(), id="PS256 offered as RS256"),
    pytest.param(Algorithm.RS256, padding.PKCS1v15(), hashes.SHA384(), id="RS384 offered as RS256"),
    pytest.param(Algorithm.RS256, padding.PKCS1v15(), hashes.SHA224(), id="RS224 offered as RS256"),
]


@pytest.mark.parametrize(("algorithm", "scheme", "hashed"), RSA_SCHEMES)
def test_another_padding_or_hash_with_the_right_rsa_key_is_refused(
    algorithm: Algorithm, scheme: padding.AsymmetricPadding, hashed: hashes.HashAlgorithm
) -> None:
    assert refusal(rsa_signed(ring_key(algorithm), scheme, hashed)).startswith("signature: doesn't")


def test_the_right_padding_by_another_way_is_accepted() -> None:
    """So that the refusals above are for what they say."""
    for algorithm, scheme in ((Algorithm.PS256, pss(32)), (Algorithm.RS256, padding.PKCS1v15())):
        assert accepted(rsa_signed(ring_key(algorithm), scheme, hashes.SHA256()))


@pytest.mark.parametrize("algorithm", RSA)
def test_the_twin_with_the_same_modulus_is_refused_under_either_name(algorithm: Algorithm) -> None:
    """The kid of RS256 and PS256 with one modulus is the same: what is trusted decides, not the header."""
    other = Algorithm.PS256 if algorithm is Algorithm.RS256 else Algorithm.RS256
    key = ring_key(algorithm)
    scheme = pss(32) if other is Algorithm.PS256 else padding.PKCS1v15()
    token = forge(
        key.header(TYP, alg=other.value),
        install_claims(),
        lambda data: library_key(key).sign(data, scheme, hashes.SHA256()),
    )
    assert refusal(token).startswith("header: alg")


@pytest.mark.parametrize("algorithm", RSA)
def test_an_rsa_signature_that_is_no_number_below_the_modulus_is_refused(algorithm: Algorithm) -> None:
    key = ring_key(algorithm)
    n = library_key(key).public_key().public_numbers().n
    for number in (0, 1, n - 1, n, n + 1):
        raw = number.to_bytes(key.verification_key.signature_bytes, "big")
        assert refusal(signed_as(key, raw)).startswith("signature: doesn't")
