"""The JavaScript libraries that app teams use agree with us on what is good and on what was tampered with."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.encryption import nested_encrypt
from releaseconsole.kernel.jose.encryption_keys import (
    DecryptionKey,
    EncryptionAlgorithm,
    recipient_key_import,
)
from releaseconsole.kernel.jose.key_families import private_key_generate
from releaseconsole.kernel.jose.padding import pad_claims
from tests.support.forge import forge
from tests.support.javascript import cryptojs_verify, sodium_verify
from tests.support.npm_jose import jose_decrypt, jose_verify
from tests.support.tokens import APP_ID, DEVICE_ID, ISSUER, NOW, install_claims

TYP, PHI_TYP = "release+jwt", "phi-release+jwt"
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
COMMON = {"issuer": ISSUER, "audience": APP_ID, "subject": DEVICE_ID, "now": NOW}


@dataclass(frozen=True)
class Signer:
    alg: str
    kid: str
    sign: Callable[[bytes], bytes]
    jwk: Mapping[str, str] | None  # None: a secret
    material: bytes

    def token(self, claims: Mapping[str, Any] | None = None, *, typ: str = TYP) -> str:
        header = {"alg": self.alg, "kid": self.kid, "typ": typ}
        return forge(header, install_claims() if claims is None else claims, self.sign)


def signer(algorithm: Algorithm) -> Signer:
    key = private_key_generate(algorithm)
    jwk = key.public_jwk()
    kid = jwk["kid"] if jwk else f"a-secret-for-{algorithm.value}"
    return Signer(algorithm.value, kid, key.sign, jwk, key.material())


@pytest.fixture(scope="module")
def signers() -> dict[str, Signer]:
    """One key for each algorithm that the console signs with."""
    return {algorithm.value: signer(algorithm) for algorithm in Algorithm}


def flipped(token: str, segment: int) -> str:
    parts = token.split(".")
    data = b64url_decode(parts[segment])
    parts[segment] = b64url_encode(data[:-1] + bytes([data[-1] ^ 1]))
    return ".".join(parts)


def tampered(token: str) -> dict[str, str]:
    head, claims, signature = token.split(".")
    other = b64url_encode(b64url_decode(claims).replace(b"2.4.1", b"2.4.0"))
    renamed = b64url_encode(b64url_decode(head).replace(TYP.encode(), b"Release+jwt"))
    assert token not in {f"{head}.{other}.{signature}", f"{renamed}.{claims}.{signature}"}
    return {
        "claims": f"{head}.{other}.{signature}",
        "header": f"{renamed}.{claims}.{signature}",
        "signature": flipped(token, 2),
        "psychic": f"{head}.{claims}.{b64url_encode(bytes(len(b64url_decode(signature))))}",
        "shortened": f"{head}.{claims}.{b64url_encode(b64url_decode(signature)[:-1])}",
        "unsigned": f"{head}.{claims}.",
    }


def with_algorithm(token: str, own: str, other: str) -> str:
    head, rest = token.split(".", maxsplit=1)
    changed = b64url_decode(head).replace(f'"alg":"{own}"'.encode(), f'"alg":"{other}"'.encode())
    return f"{b64url_encode(changed)}.{rest}"


def asked(signers: Mapping[str, Signer], tokens: list[str]) -> dict[str, Any]:
    public = [signer.jwk for signer in signers.values() if signer.jwk]
    secrets = {one.kid: b64url_encode(one.material) for one in signers.values() if not one.jwk}
    return jose_verify(
        **COMMON,
        jwks={"keys": public},
        secrets=secrets,
        typ=TYP,
        algorithms=list(signers),
        tokens=tokens,
    )


def test_jose_verifies_every_algorithm_and_computes_equal_thumbprints(signers: dict[str, Signer]) -> None:
    answer = asked(signers, [signer.token() for signer in signers.values()])
    verdicts = dict(zip(signers, answer["results"], strict=True))
    assert verdicts == {name: {"claims": install_claims()} for name in signers}
    assert answer["thumbprints"] == [one.jwk["kid"] for one in signers.values() if one.jwk]


def test_jose_refuses_whatever_was_tampered_with_under_every_algorithm(signers: dict[str, Signer]) -> None:
    spoilt = {
        (name, what): token
        for name, signer in signers.items()
        for what, token in tampered(signer.token()).items()
    }
    for name, signer in signers.items():
        for other in {*signers, "none", name.lower()} - {name}:
            spoilt[name, f"called {other}"] = with_algorithm(signer.token(), name, other)
        others = [other for other in signers.values() if other is not signer]
        spoilt |= {
            (name, f"signed by {other.alg}"): forge(
                {"alg": name, "kid": signer.kid, "typ": TYP}, install_claims(), other.sign
            )
            for other in others
        }
    answer = asked(signers, list(spoilt.values()))
    accepted = [what for what, result in zip(spoilt, answer["results"], strict=True) if "claims" in result]
    assert accepted == []


@pytest.fixture(scope="module")
def readers() -> dict[EncryptionAlgorithm, DecryptionKey]:
    """One recipient for each way to encrypt."""
    return {algorithm: DecryptionKey.generate(algorithm) for algorithm in EncryptionAlgorithm}


def decrypted(
    readers: Mapping[EncryptionAlgorithm, DecryptionKey], signers: Mapping[str, Signer], tokens: list[str]
) -> list[dict[str, Any]]:
    keys = {
        key.kid: {"alg": algorithm.value, "pkcs8": base64.b64encode(key.material()).decode()}
        for algorithm, key in readers.items()
    }
    return jose_decrypt(
        **COMMON,
        keys=keys,
        jwks={"keys": [signer.jwk for signer in signers.values() if signer.jwk]},
        algorithms=[name for name, signer in signers.items() if signer.jwk],
        typ=PHI_TYP,
        tokens=tokens,
    )


def encrypted(key: DecryptionKey, inner: str) -> str:
    return nested_encrypt(inner, typ=PHI_TYP, recipient=recipient_key_import(key.public_jwk()))


def test_jose_opens_both_ways_to_encrypt_around_every_algorithm(
    readers: dict[EncryptionAlgorithm, DecryptionKey], signers: dict[str, Signer]
) -> None:
    claims = pad_claims(install_claims(ext={"diagnosis": "Wärmeurtikaria 蕁麻疹"}))
    pairs = [(key, one) for key in readers.values() for one in signers.values() if one.jwk]
    tokens = [encrypted(key, one.token(claims, typ=PHI_TYP)) for key, one in pairs]
    results = decrypted(readers, signers, tokens)
    for (key, one), result in zip(pairs, results, strict=True):
        assert result.get("claims") == claims, (key.algorithm, one.alg, result)
        header = result["header"]
        epk = header.pop("epk", None)
        assert header == {
            "alg": key.algorithm.value,
            "enc": "A256GCM",
            "kid": key.kid,
            "typ": PHI_TYP,
            "cty": "JWT",
        }
        assert (epk is not None) == (key.algorithm is EncryptionAlgorithm.ECDH_ES_A256KW)


def test_jose_refuses_whatever_was_tampered_with_in_either_layer(
    readers: dict[EncryptionAlgorithm, DecryptionKey], signers: dict[str, Signer]
) -> None:
    one = signers[Algorithm.ES256]
    inner = one.token(typ=PHI_TYP)
    spoilt = {
        (algorithm.value, f"segment {segment}"): flipped(encrypted(key, inner), segment)
        for algorithm, key in readers.items()
        for segment in range(1, 5)
    } | {
        (algorithm.value, "inner signature"): encrypted(key, flipped(inner, 2))
        for algorithm, key in readers.items()
    }
    results = decrypted(readers, signers, list(spoilt.values()))
    assert [what for what, result in zip(spoilt, results, strict=True) if "claims" in result] == []


def test_libsodium_verifies_ed25519_with_the_raw_public_key_and_refuses_tampered_tokens(
    signers: dict[str, Signer],
) -> None:
    one = signers[Algorithm.ED25519]
    assert one.jwk is not None
    good = [one.token(), one.token(install_claims(version="é" * 40))]
    head, claims, signature = good[0].split(".")
    raw = b64url_decode(signature)
    shifted = (int.from_bytes(raw[32:], "little") + ED25519_ORDER).to_bytes(32, "little")
    spoilt = tampered(good[0]) | {"S + L": f"{head}.{claims}.{b64url_encode(raw[:32] + shifted)}"}
    verdicts = sodium_verify(x=one.jwk["x"], tokens=[*good, *spoilt.values()])
    assert verdicts[: len(good)] == [True, True]
    assert [what for what, accepted in zip(spoilt, verdicts[len(good) :], strict=True) if accepted] == []


def test_crypto_js_computes_the_tags_of_hs256_and_refuses_tampered_tokens(signers: dict[str, Signer]) -> None:
    one = signers[Algorithm.HS256]
    good = [one.token(), one.token(install_claims(version="é" * 40))]
    spoilt = tampered(good[0]) | {"another secret": signer(Algorithm.HS256).token()}
    verdicts = cryptojs_verify(secret=b64url_encode(one.material), tokens=[*good, *spoilt.values()])
    assert verdicts[: len(good)] == [True, True]
    assert [what for what, accepted in zip(spoilt, verdicts[len(good) :], strict=True) if accepted] == []
