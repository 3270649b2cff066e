"""Published examples: RFC 7515 appendix A and RFC 7638 section 3.1."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.headers import header_parse
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.thumbprints import thumbprint
from releaseconsole.kernel.jose.verification import _signature_check

PAYLOAD = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
A1_SECRET = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
A1_TOKEN = f"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
A3_X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
A3_Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
A3_D = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
A3_TOKEN = (
    f"eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}."
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
)
RFC7638_JWK = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXj"
    "BZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZg"
    "nYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw"
    "0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}


def a3_key() -> ES256Key:
    return ES256Key(ec.derive_private_key(int.from_bytes(b64url_decode(A3_D), "big"), ec.SECP256R1()))


def test_hs256_tag_is_that_of_rfc7515_a1() -> None:
    signing_input, _, tag = A1_TOKEN.rpartition(".")
    assert HS256Key(b64url_decode(A1_SECRET)).sign(signing_input.encode()) == b64url_decode(tag)


def test_es256_public_key_is_that_of_rfc7515_a3() -> None:
    jwk = a3_key().public_jwk()
    assert (jwk["x"], jwk["y"]) == (A3_X, A3_Y)


def test_es256_signature_of_rfc7515_a3_verifies() -> None:
    key = a3_key()
    _signature_check(A3_TOKEN, key.verification_key(key.public_jwk()["kid"]))


def test_altered_es256_signature_of_rfc7515_a3_is_refused() -> None:
    key = a3_key()
    with pytest.raises(TokenRefusedError):
        _signature_check(A3_TOKEN.replace("DtEh", "DtEi"), key.verification_key(key.public_jwk()["kid"]))


@pytest.mark.parametrize("token", [A1_TOKEN, A3_TOKEN], ids=["a1", "a3"])
def test_headers_of_the_examples_are_too_loose_for_a_token_of_ours(token: str) -> None:
    with pytest.raises(TokenRefusedError):
        header_parse(token.split(".", maxsplit=1)[0])


def test_thumbprint_is_that_of_rfc7638() -> None:
    assert thumbprint(RFC7638_JWK) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_symmetric_key_has_no_thumbprint() -> None:
    with pytest.raises(KeyRefusedError):
        thumbprint({"kty": "oct", "k": A1_SECRET})
