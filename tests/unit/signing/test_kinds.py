"""Rules that all kinds of token keep among each other (RFC 8725, section 3.12)."""

import pytest

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.kinds import COMMON_CLAIMS, MAX_LIFE, TokenKind
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.signing import TokenSigner
from signing.domain.backend_token import BACKEND_TOKEN
from signing.domain.download_token import DOWNLOAD_TOKEN
from signing.domain.phi_tokens import PHI_BACKEND_TOKEN, PHI_RELEASE_TOKEN
from signing.domain.probe_token import PROBE_TOKEN, probe_check
from signing.domain.release_token import RELEASE_TOKEN

KINDS = [RELEASE_TOKEN, PHI_RELEASE_TOKEN, BACKEND_TOKEN, PHI_BACKEND_TOKEN, DOWNLOAD_TOKEN, PROBE_TOKEN]


def test_each_kind_has_a_typ_of_its_own() -> None:
    assert len({kind.typ.lower() for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.typ)
def test_every_kind_says_who_for_whom_about_whom_and_for_how_long(kind: TokenKind) -> None:
    assert COMMON_CLAIMS.keys() <= kind.required.keys()
    assert not kind.required.keys() & kind.optional.keys()
    assert 0 < kind.max_life <= MAX_LIFE


def test_a_device_never_gets_a_token_that_it_could_forge() -> None:
    for kind in (RELEASE_TOKEN, PHI_RELEASE_TOKEN):
        assert Algorithm.HS256 not in kind.algorithms


def test_a_download_is_no_release_and_a_release_no_download() -> None:
    assert not RELEASE_TOKEN.algorithms & DOWNLOAD_TOKEN.algorithms


def prober(key: PrivateKey, kid: str) -> TokenSigner:
    return TokenSigner(kid=kid, algorithm=key.algorithm, typ=PROBE_TOKEN.typ, sign=key.sign)


@pytest.mark.parametrize(("key", "kid"), [(ES256Key.generate(), ""), (HS256Key.generate(), "random")])
def test_a_key_proves_itself(key: PrivateKey, kid: str) -> None:
    kid = (key.public_jwk() or {}).get("kid", kid)
    probe_check(prober(key, kid), key.verification_key(kid))


def test_a_key_does_not_pass_for_another() -> None:
    key, other = ES256Key.generate(), ES256Key.generate()
    kid = other.public_jwk()["kid"]
    with pytest.raises(TokenRefusedError):
        probe_check(prober(key, kid), other.verification_key(kid))


def test_a_signer_that_forgets_the_jose_encoding_does_not_pass() -> None:
    key = ES256Key.generate()
    kid = key.public_jwk()["kid"]
    halves_swapped = TokenSigner(
        kid=kid,
        algorithm=key.algorithm,
        typ=PROBE_TOKEN.typ,
        sign=lambda data: key.sign(data)[32:] + key.sign(data)[:32],
    )
    with pytest.raises(TokenRefusedError):
        probe_check(halves_swapped, key.verification_key(kid))
