"""Published examples of JWE: RFC 7518 appendix C, and RFC 7520 section 5, none of which is one of ours."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.jose.encryption import nested_open
from releaseconsole.kernel.jose.encryption_headers import encryption_header_parse
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey
from releaseconsole.kernel.jose.errors import TokenRefusedError
from tests.support.nested_forge import agreed_key
from tests.support.nested_tokens import BY_KID, TYP

RFC7520 = json.loads((Path(__file__).parents[2] / "vectors" / "rfc7520_jwe.json").read_text())

ALICE_EPHEMERAL = {
    "kty": "EC",
    "crv": "P-256",
    "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
    "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
}
ALICE_D = "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"
BOB = {
    "kty": "EC",
    "crv": "P-256",
    "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
    "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
}
BOB_D = "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"


def private(d: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(b64url_decode(d), "big"), ec.SECP256R1())


def public(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(b64url_decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


@pytest.mark.parametrize(
    ("own", "peer"), [(ALICE_D, BOB), (BOB_D, ALICE_EPHEMERAL)], ids=["by Alice", "by Bob"]
)
def test_the_forge_agrees_on_the_key_of_rfc7518_appendix_c(own: str, peer: dict[str, str]) -> None:
    key = agreed_key(private(own), public(peer), algorithm="A128GCM", bits=128, apu=b"Alice", apv=b"Bob")
    assert b64url_encode(key) == "VqqN6vgjbSBcIijNcacQGg"


def test_a_private_key_of_rfc7518_has_the_public_half_printed_there() -> None:
    jwk = DecryptionKey(private(BOB_D)).public_jwk()
    assert {name: jwk[name] for name in BOB} == BOB


@pytest.mark.parametrize("example", RFC7520, ids=[f"{item['section']} {item['alg']}" for item in RFC7520])
def test_every_example_of_rfc7520_is_too_loose_for_a_token_of_ours(example: dict[str, str]) -> None:
    head = example["compact"].split(".", maxsplit=1)[0]
    assert json.loads(b64url_decode(head))["alg"] == example["alg"]
    with pytest.raises(TokenRefusedError) as caught:
        encryption_header_parse(head)
    assert caught.value.reason.startswith("outer header: members")
    with pytest.raises(TokenRefusedError):
        nested_open(example["compact"], typ=TYP, keys=BY_KID)
