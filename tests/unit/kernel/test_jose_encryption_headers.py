"""Every header of a nested token that has to be refused before a private key is touched."""

import json
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe  # noqa: TID251 (to show what the library alone lets through)
from joserfc.jwk import RSAKey  # noqa: TID251 (to show what the library alone lets through)

from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.encryption_keys import EncryptionAlgorithm
from tests.support.forge import as_json, b64
from tests.support.nested_forge import epk_of, nested_forge, oaep_wrap
from tests.support.nested_tokens import (
    ECDH,
    EPHEMERAL,
    GOOD,
    HEADERS,
    INNER,
    OWN,
    RSA,
    STRANGER,
    WRAPS,
    forged,
    public_of,
    refusal,
)

both = pytest.mark.parametrize("algorithm", list(EncryptionAlgorithm))


@both
def test_the_header_says_what_it_must_and_nothing_more(algorithm: EncryptionAlgorithm) -> None:
    header = json.loads(b64url_decode(GOOD[algorithm].split(".")[0]))
    epk = header.pop("epk", None)
    assert header == {name: value for name, value in HEADERS[algorithm].items() if name != "epk"}
    assert (epk is not None and epk.keys() == {"kty", "crv", "x", "y"}) == (algorithm is ECDH)


HEADER_ATTACKS = [
    pytest.param({"alg": "RSA-OAEP"}, "outer header: unknown alg", id="RSA-OAEP with SHA-1"),
    pytest.param({"alg": "RSA1_5"}, "outer header: unknown alg", id="RSA1_5"),
    pytest.param({"alg": "dir"}, "outer header: unknown alg", id="dir"),
    pytest.param({"alg": "A256KW"}, "outer header: unknown alg", id="A256KW"),
    pytest.param({"alg": "A256GCMKW"}, "outer header: unknown alg", id="A256GCMKW"),
    pytest.param({"alg": "ECDH-ES"}, "outer header: unknown alg", id="ECDH-ES direct"),
    pytest.param({"alg": "ECDH-ES+A128KW"}, "outer header: unknown alg", id="ECDH-ES+A128KW"),
    pytest.param({"alg": "ECDH-1PU+A256KW"}, "outer header: unknown alg", id="ECDH-1PU"),
    pytest.param({"alg": "PBES2-HS512+A256KW"}, "outer header: unknown alg", id="PBES2 without p2c"),
    pytest.param(
        {"alg": "PBES2-HS512+A256KW", "p2c": 2_000_000_000, "p2s": "AAAA"},
        "outer header: members",
        id="PBES2 with work for a day",
    ),
    pytest.param({"alg": "none"}, "outer header: unknown alg", id="none"),
    pytest.param({"alg": "ecdh-es+a256kw"}, "outer header: unknown alg", id="alg in lower case"),
    pytest.param({"alg": "ES256"}, "outer header: unknown alg", id="alg of a signature"),
    pytest.param({"alg": ...}, "outer header: members", id="no alg"),
    pytest.param({"enc": "A128CBC-HS256"}, "outer header: enc isn't", id="A128CBC-HS256"),
    pytest.param({"enc": "A256CBC-HS512"}, "outer header: enc isn't", id="A256CBC-HS512"),
    pytest.param({"enc": "A128GCM"}, "outer header: enc isn't", id="A128GCM"),
    pytest.param({"enc": "a256gcm"}, "outer header: enc isn't", id="enc in lower case"),
    pytest.param({"enc": ...}, "outer header: members", id="no enc"),
    pytest.param({"enc": ["A256GCM"]}, "outer header: a member isn't", id="enc a list"),
    pytest.param({"zip": "DEF"}, "outer header: members", id="zip"),
    pytest.param({"cty": "jwt"}, "outer header: enc isn't", id="cty in lower case"),
    pytest.param({"cty": "text/plain"}, "outer header: enc isn't", id="another cty"),
    pytest.param({"cty": ...}, "outer header: members", id="no cty"),
    pytest.param({"typ": "release+jwt"}, "outer header: typ isn't", id="typ of another kind"),
    pytest.param({"typ": "phi-backend+jwt"}, "outer header: typ isn't", id="typ of another encrypted kind"),
    pytest.param({"typ": "JWT"}, "outer header: typ isn't", id="typ JWT"),
    pytest.param({"typ": "application/phi-release+jwt"}, "outer header: typ isn't", id="typ with a prefix"),
    pytest.param({"typ": ...}, "outer header: members", id="no typ"),
    pytest.param({"kid": STRANGER.kid}, "outer header: unknown kid", id="kid of another key"),
    pytest.param({"kid": ...}, "outer header: members", id="no kid"),
    pytest.param({"kid": None}, "outer header: a member isn't", id="kid null"),
    pytest.param({"kid": [OWN[ECDH].kid]}, "outer header: a member isn't", id="kid a list"),
    pytest.param({"kid": ""}, "outer header: kid", id="kid empty"),
    pytest.param({"kid": "../../../dev/null"}, "outer header: kid", id="kid a path"),
    pytest.param({"kid": OWN[ECDH].kid + "\n"}, "outer header: kid", id="kid with a line break"),
    pytest.param({"jku": "https://evil.example/jwks"}, "outer header: members", id="jku"),
    pytest.param({"jwk": STRANGER.public_jwk()}, "outer header: members", id="jwk"),
    pytest.param({"x5u": "https://evil.example"}, "outer header: members", id="x5u"),
    pytest.param({"x5c": ["MIIB"]}, "outer header: members", id="x5c"),
    pytest.param({"crit": ["exp"]}, "outer header: members", id="crit"),
    pytest.param({"p2c": 1000}, "outer header: members", id="p2c"),
    pytest.param({"apu": "QQ", "apv": "Qg"}, "outer header: members", id="apu and apv"),
    pytest.param({"skid": "x"}, "outer header: members", id="skid"),
    pytest.param({"iss": "x"}, "outer header: members", id="a claim in the header"),
]


@both
@pytest.mark.parametrize(("changed", "reason"), HEADER_ATTACKS)
def test_a_header_other_than_ours_is_refused(
    algorithm: EncryptionAlgorithm, changed: dict[str, Any], reason: str
) -> None:
    assert refusal(forged(algorithm, **changed)).startswith(reason)


@both
def test_an_algorithm_of_the_other_type_of_key_is_refused(algorithm: EncryptionAlgorithm) -> None:
    (other,) = set(EncryptionAlgorithm) - {algorithm}
    token = forged(other, kid=OWN[algorithm].kid)
    assert refusal(token) == f"outer header: alg isn't that of key {OWN[algorithm].kid}"


def test_the_library_alone_would_open_rsa_oaep_with_a_key_for_rsa_oaep_256() -> None:
    wrap = oaep_wrap(public_of(RSA), hashes.SHA1)  # noqa: S303 (what RSA-OAEP has)
    token = forged(RSA, alg="RSA-OAEP", wrap=wrap)
    key = RSAKey.import_key(OWN[RSA].material(), {"alg": "RSA-OAEP-256", "use": "enc"})
    assert jwe.decrypt_compact(token, key).plaintext == INNER.encode()
    assert refusal(token) == "outer header: unknown alg"


@both
def test_a_decompression_bomb_is_never_inflated(algorithm: EncryptionAlgorithm) -> None:
    compressor = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    bomb = compressor.compress(bytes(4_000_000)) + compressor.flush()
    assert refusal(forged(algorithm, bomb, zip="DEF")).startswith("outer header: members")
    assert refusal(forged(algorithm, bomb)).startswith("inner token:")


def duplicated(algorithm: EncryptionAlgorithm, member: str, first: str) -> str:
    header = as_json(HEADERS[algorithm])
    twice = header.replace(b"{", f'{{"{member}":"{first}",'.encode(), 1)
    return nested_forge(twice, INNER.encode(), WRAPS[algorithm])


@both
@pytest.mark.parametrize("member", ["alg", "enc", "kid", "typ", "cty"])
def test_a_member_that_stands_twice_is_refused(algorithm: EncryptionAlgorithm, member: str) -> None:
    assert refusal(duplicated(algorithm, member, "x")) == "outer header: duplicate member"
    assert refusal(duplicated(algorithm, member, HEADERS[algorithm][member])).startswith("outer header: dup")


@pytest.mark.parametrize("header", [b"[]", b"null", b"\xff", b"{", b'"alg"', b"[" * 100_000])
def test_a_header_that_is_no_object_is_refused(header: bytes) -> None:
    refusal(nested_forge(header[:9000], INNER.encode(), WRAPS[RSA]))


def coordinates(x: int, y: int) -> dict[str, str]:
    return {"kty": "EC", "crv": "P-256", "x": b64(x.to_bytes(32, "big")), "y": b64(y.to_bytes(32, "big"))}


EPK = epk_of(EPHEMERAL)
# On the curve y² = x³ - 3x + b' for another b', where points have small orders: ECDH with one would give
# away the private key modulo that order (the invalid-curve attack).
EPK_ATTACKS = [
    pytest.param(coordinates(5, 1), "isn't a point", id="on another curve"),
    pytest.param(coordinates(0, 0), "isn't a point", id="infinity"),
    pytest.param(coordinates(2**256 - 1, 2**256 - 1), "isn't a point", id="outside the field"),
    pytest.param(EPK | {"y": EPK["x"]}, "isn't a point", id="y replaced"),
    pytest.param(epk_of(ec.generate_private_key(ec.SECP384R1())), "isn't a point", id="P-384 called P-256"),
    pytest.param(
        epk_of(ec.generate_private_key(ec.SECP384R1()), "P-384"), "isn't a point", id="P-384 called P-384"
    ),
    pytest.param(EPK | {"crv": "P-521"}, "isn't a point", id="crv P-521"),
    pytest.param(EPK | {"crv": "secp256k1"}, "isn't a point", id="crv secp256k1"),
    pytest.param(EPK | {"crv": "p-256"}, "isn't a point", id="crv in lower case"),
    pytest.param({"kty": "OKP", "crv": "X25519", "x": "A" * 43}, "members other", id="X25519"),
    pytest.param(EPK | {"kty": "OKP"}, "isn't a point", id="kty OKP"),
    pytest.param(EPK | {"d": b64(bytes(31) + b"\1")}, "members other", id="with its private half"),
    pytest.param(EPK | {"kid": "x"}, "members other", id="with a kid"),
    pytest.param(EPK | {"alg": "ECDH-ES+A256KW"}, "members other", id="with an alg"),
    pytest.param({name: EPK[name] for name in ("kty", "crv", "x")}, "members other", id="without y"),
    pytest.param(EPK | {"x": EPK["x"] + "="}, "isn't a point", id="x padded"),
    pytest.param(EPK | {"x": b64(b"\0" + b64url_decode(EPK["x"]))}, "isn't a point", id="x a byte longer"),
    pytest.param(EPK | {"x": 5}, "a member of epk", id="x a number"),
    pytest.param(EPK | {"x": None}, "a member of epk", id="x null"),
    pytest.param([EPK], "members other", id="a list"),
    pytest.param("x", "members other", id="a string"),
    pytest.param(None, "members other", id="null"),
    pytest.param(..., "ECDH without epk", id="missing"),
]


@pytest.mark.parametrize(("epk", "reason"), EPK_ATTACKS)
def test_an_ephemeral_key_that_is_no_point_of_p256_is_refused(epk: object, reason: str) -> None:
    assert reason in refusal(forged(ECDH, epk=epk))


@pytest.mark.parametrize("epk", [EPK, None, {}])
def test_an_ephemeral_key_has_no_business_beside_rsa(epk: object) -> None:
    assert refusal(forged(RSA, epk=epk)).startswith("outer header: epk without ECDH")
