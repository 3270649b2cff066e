"""What makes a document of the trust chain one, judged by the console's own strict verifier."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.documents import DocumentKind, document_verify
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.ed25519_keys import Ed25519Key
from releaseconsole.kernel.jose.errors import TokenExpiredError, TokenRefusedError
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from signing.domain.trust_content import (
    DELEGATION_LIFE,
    ROTATION_LIFE,
    TRUST_LIFE,
    TrustContent,
    claims_read,
    version_next,
)
from signing.domain.trust_documents import DELEGATION, ROOT_ROTATION, TRUST
from tests.support.forge import forge
from tests.support.tokens import APP_ID, ISSUER, NOW
from tests.support.trust_chain import DAY, Chain, kid_of, published, signed

CHAIN = Chain()
NEW_ROOT = ES256Key.generate()
KINDS = {
    "delegation": (DELEGATION, CHAIN.root, CHAIN.delegation_claims()),
    "trust": (TRUST, CHAIN.current, CHAIN.trust_claims()),
    "root rotation": (ROOT_ROTATION, CHAIN.root, CHAIN.rotation_claims(NEW_ROOT)),
}
EACH = pytest.mark.parametrize("name", KINDS)


def verified(kind: DocumentKind, key: ES256Key, text: str, *, now: int = NOW) -> dict[str, Any]:
    keys = {kid_of(key): key.verification_key(kid_of(key))}
    return document_verify(text, kind=kind, keys=keys, issuer=ISSUER, audience=APP_ID, now=now)


def refused(name: str, **changed: Any) -> TokenRefusedError:
    kind, key, claims = KINDS[name]
    with pytest.raises(TokenRefusedError) as caught:
        verified(kind, key, signed(key, kind.typ, claims | changed))
    return caught.value


@EACH
def test_what_the_console_builds_verifies(name: str) -> None:
    kind, key, claims = KINDS[name]
    text = signed(key, kind.typ, claims)
    assert verified(kind, key, text) == claims == claims_read(text)


@EACH
def test_each_kind_s_typ_is_refused_as_every_other(name: str) -> None:
    kind, key, claims = KINDS[name]
    for other, _, _ in KINDS.values():
        if other is not kind:
            with pytest.raises(TokenRefusedError, match="isn't valid") as caught:
                verified(kind, key, signed(key, other.typ, claims))
            assert caught.value.reason == f"header: typ isn't {kind.typ}"


@EACH
def test_every_claim_is_needed_and_no_other_is_taken(name: str) -> None:
    for claim in KINDS[name][2]:
        assert "missing" in refused(name, **{claim: ...}).reason
    assert "doesn't have" in refused(name, surprise=1).reason


@EACH
def test_it_is_for_one_app_of_one_console(name: str) -> None:
    assert refused(name, aud="com.example.bank").reason.startswith("claim aud")
    assert refused(name, aud=[APP_ID, "com.example.bank"]).reason.startswith("claim aud")
    assert refused(name, iss="https://evil.example").reason.startswith("claim iss")


@pytest.mark.parametrize(
    ("name", "life", "longest"),
    [
        pytest.param("delegation", DELEGATION_LIFE, 366 * DAY, id="a delegation lives a year"),
        pytest.param("trust", TRUST_LIFE, DAY, id="a bundle lives a day"),
        pytest.param("root rotation", ROTATION_LIFE, 20 * 366 * DAY, id="a rotation outlives devices"),
    ],
)
def test_none_lives_for_longer_than_it_should(name: str, life: int, longest: int) -> None:
    kind, key, claims = KINDS[name]
    assert claims["exp"] - claims["iat"] == life <= longest
    verified(kind, key, signed(key, kind.typ, claims | {"exp": NOW + longest}))
    refused(name, exp=NOW + longest + 1)
    with pytest.raises(TokenExpiredError):
        verified(kind, key, signed(key, kind.typ, claims), now=claims["exp"])


@EACH
def test_the_public_key_is_no_hmac_secret(name: str) -> None:
    kind, key, claims = KINDS[name]
    secret = HS256Key.load(str(key.public_jwk()).encode()[:64])
    text = forge({"alg": "HS256", "kid": kid_of(key), "typ": kind.typ}, claims, secret.sign)
    with pytest.raises(TokenRefusedError) as caught:
        verified(kind, key, text)
    assert caught.value.reason.startswith("header: alg isn't that of key")


@EACH
@pytest.mark.parametrize("version", [0, -1, 1.0, "7", None, True, 2**53])
def test_a_version_is_a_whole_number(name: str, version: object) -> None:
    assert refused(name, version=version).reason.startswith("claim version")


@EACH
def test_a_version_stays_near_the_time_of_issue(name: str) -> None:
    kind, key, claims = KINDS[name]
    verified(kind, key, signed(key, kind.typ, claims | {"version": NOW + DAY}))
    for version in (NOW + DAY + 1, 2**53 - 1):
        assert refused(name, version=version).reason == "claim version: more than a day ahead of iat"


PRIVATE = ES256Key.generate().public_jwk() | {"d": "c2VjcmV0"}
SOME = CHAIN.current.public_jwk()


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([], id="none"),
        pytest.param([SOME, SOME], id="one twice"),
        pytest.param([ES256Key.generate().public_jwk() for _ in range(3)], id="three"),
        pytest.param([CHAIN.root.public_jwk()], id="the root itself"),
        pytest.param([PRIVATE], id="a private half"),
        pytest.param([SOME | {"kid": "another"}], id="under another name"),
        pytest.param([SOME | {"x": SOME["y"]}], id="off the curve"),
        pytest.param(SOME, id="no list"),
        pytest.param(["x"], id="no key"),
        pytest.param([Ed25519Key.generate().public_jwk()], id="of another algorithm"),
    ],
)
def test_a_delegation_names_one_or_two_public_keys(keys: object) -> None:
    assert refused("delegation", keys=keys).reason.startswith("claim keys")


def entry(key: ES256Key = CHAIN.token, state: str = "current", **changed: Any) -> dict[str, Any]:
    return published(key, state, **changed).entry()


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([], id="none"),
        pytest.param([entry(), entry(state="previous")], id="one key twice"),
        pytest.param([entry(), entry(CHAIN.upcoming)], id="two current"),
        pytest.param([entry(state="next"), entry(CHAIN.upcoming, "next")], id="two next"),
        pytest.param([entry(not_after=NOW - DAY)], id="a window that never opens"),
        pytest.param([entry(state="active")], id="another state"),
        pytest.param([entry(purpose="trust")], id="another purpose"),
        pytest.param([entry() | {"jwk": PRIVATE}], id="a private half"),
        pytest.param([entry() | {"more": 1}], id="a member too many"),
        pytest.param([SOME], id="a bare key"),
    ],
)
def test_a_bundle_lists_keys_with_role_and_window(keys: object) -> None:
    assert refused("trust", keys=keys).reason.startswith("claim keys")


def test_a_key_is_never_good_and_revoked_at_once() -> None:
    assert refused("trust", revoked=[kid_of(CHAIN.token)]).reason.startswith("claim keys")


def test_two_purposes_have_a_current_key_each() -> None:
    keys = [entry(), entry(CHAIN.upcoming, purpose="backend_token")]
    verified(TRUST, CHAIN.current, signed(CHAIN.current, TRUST.typ, CHAIN.trust_claims(keys=keys)))


@pytest.mark.parametrize("refresh", [0, DAY + 1, None, 60.0])
def test_a_bundle_says_sensibly_when_to_come_again(refresh: object) -> None:
    assert refused("trust", refresh_seconds=refresh).reason.startswith("claim refresh_seconds")


def test_a_root_is_not_rotated_to_itself() -> None:
    assert refused("root rotation", new=CHAIN.root.public_jwk()).reason == "claim new: the old root"


@given(previous=st.integers(0, 2**50), issued=st.integers(1, 2**50))
def test_versions_rise_and_outrun_any_copy_of_the_past(previous: int, issued: int) -> None:
    version = version_next(previous=previous, issued=issued)
    assert version > previous
    assert version >= issued


def content(**changed: Any) -> TrustContent:
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "app_id": APP_ID,
        "signer_kid": "a",
        "keys": [published(CHAIN.token)],
        "revoked": ["b"],
        "refresh_seconds": 60,
    }
    return TrustContent(**(facts | changed))


def test_the_hash_of_a_content_tells_every_difference() -> None:
    others = [
        content(issuer="https://other.example"),
        content(app_id="com.example.bank"),
        content(signer_kid="c"),
        content(keys=[published(CHAIN.token, "previous")]),
        content(revoked=[]),
        content(refresh_seconds=61),
    ]
    assert len({content().sha256(), *(other.sha256() for other in others)}) == 1 + len(others)
    assert content().sha256() == content().sha256()
