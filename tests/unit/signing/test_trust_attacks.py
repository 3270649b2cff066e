"""Attacks on the trust chain (TUF 1.0.34, section 1.5, as far as they apply), against the client's rules."""

import json
from typing import Any

import pytest

from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from tests.simulator.trusting_client import Refused, TrustingClient
from tests.support.forge import forge
from tests.support.tokens import DEVICE_ID, NOW
from tests.support.trust_chain import DAY, DELEGATION, ROTATION, TRUST, Chain, Wire, kid_of, published, signed


@pytest.fixture
def chain() -> Chain:
    return Chain()


@pytest.fixture
def wire(chain: Chain) -> Wire:
    return Wire(chain.body())


@pytest.fixture
def client(chain: Chain, wire: Wire) -> TrustingClient:
    """A device that has verified a decision already."""
    device = wire.client(chain.root)
    device.verify(chain.release_token())
    return device


def refusal(client: TrustingClient, body: bytes) -> str:
    """The code with which an answer is refused; what the client had before stays."""
    before = client.bundle, client.root_jwk
    with pytest.raises(Refused) as caught:
        client.accept(body)
    assert (client.bundle, client.root_jwk) == before
    return caught.value.code


def token_refusal(client: TrustingClient, token: str, **asked: Any) -> str:
    with pytest.raises(Refused) as caught:
        client.verify(token, **asked)
    return caught.value.code


def test_an_honest_chain_is_believed_and_kept(chain: Chain, client: TrustingClient) -> None:
    assert client.verify(chain.release_token())["sub"] == DEVICE_ID
    assert (client.fetches, client.last_failure) == (1, "")


def test_a_frozen_bundle_ends_after_a_day(chain: Chain, wire: Wire, client: TrustingClient) -> None:
    wire.now = NOW + DAY
    token = chain.release_token(iat=wire.now, nbf=wire.now, exp=wire.now + 900)
    assert token_refusal(client, token) == "no_trust"
    assert client.last_failure == "trust_expired"


def test_a_frozen_delegation_ends_after_its_year(chain: Chain, wire: Wire, client: TrustingClient) -> None:
    wire.now = NOW + 366 * DAY
    fresh = chain.trust(iat=wire.now, exp=wire.now + DAY, version=2000)
    assert refusal(client, chain.body(trust=fresh)) == "delegation_expired"


def test_an_older_bundle_is_refused(chain: Chain, client: TrustingClient) -> None:
    assert refusal(client, chain.body(trust=chain.trust(version=999))) == "trust_rollback"


def test_an_older_delegation_is_refused_even_with_a_newer_bundle(
    chain: Chain, client: TrustingClient
) -> None:
    mixed = chain.body(delegation=chain.delegation(version=99), trust=chain.trust(version=1001))
    assert refusal(client, mixed) == "delegation_rollback"


def test_a_newer_delegation_does_not_bring_an_older_bundle_back(chain: Chain, client: TrustingClient) -> None:
    mixed = chain.body(delegation=chain.delegation(version=101), trust=chain.trust(version=999))
    assert refusal(client, mixed) == "trust_rollback"


def test_a_bundle_by_a_key_that_is_not_delegated_is_refused(chain: Chain, client: TrustingClient) -> None:
    for signer in (ES256Key.generate(), chain.token, chain.root):
        assert refusal(client, chain.body(trust=chain.trust(signer=signer, version=2000))) == "trust"


def test_a_delegation_by_another_root_is_refused(chain: Chain, client: TrustingClient) -> None:
    evil = Chain()
    assert refusal(client, evil.body()) == "delegation"
    assert refusal(client, chain.body(delegation=chain.delegation(signer=chain.current))) == "delegation"
    named = forge(
        {"alg": "ES256", "kid": kid_of(chain.root), "typ": DELEGATION},
        evil.delegation_claims(),
        evil.root.sign,
    )
    assert refusal(client, chain.body(delegation=named)) == "delegation"


def test_a_delegation_names_the_root_that_signed_it(chain: Chain, client: TrustingClient) -> None:
    other = chain.delegation(root=kid_of(ES256Key.generate()), version=101)
    assert refusal(client, chain.body(delegation=other)) == "delegation"


@pytest.mark.parametrize("changed", [{"aud": "com.example.bank"}, {"iss": "https://evil.example"}])
def test_documents_of_another_app_or_console_are_refused(
    chain: Chain, client: TrustingClient, changed: dict[str, Any]
) -> None:
    assert refusal(client, chain.body(trust=chain.trust(version=2000, **changed))) == "trust"
    delegation = chain.delegation(version=101, **changed)
    assert refusal(client, chain.body(delegation=delegation)) == "delegation"


def test_nothing_lives_for_longer_than_it_may(chain: Chain, client: TrustingClient) -> None:
    endless = chain.delegation(version=101, exp=NOW + 366 * DAY + 1)
    assert refusal(client, chain.body(delegation=endless)) == "delegation"
    assert refusal(client, chain.body(trust=chain.trust(version=2000, exp=NOW + DAY + 1))) == "trust"
    early = chain.trust(version=2000, iat=NOW + 61, exp=NOW + DAY)
    assert refusal(client, chain.body(trust=early)) == "trust"


@pytest.mark.parametrize("version", [0, NOW + DAY + 1, 2**53 - 1])
def test_no_document_can_count_so_far_ahead_that_none_ever_follows(
    chain: Chain, client: TrustingClient, version: int
) -> None:
    assert refusal(client, chain.body(delegation=chain.delegation(version=version))) == "delegation"
    assert refusal(client, chain.body(trust=chain.trust(version=version))) == "trust"
    new = Chain()
    rotations = [chain.rotation(new.root, version=version)]
    assert refusal(client, new.body(rotations=rotations)) == "root_rotation"


def test_swapped_ranks_are_not_the_root_s_word(chain: Chain, client: TrustingClient) -> None:
    swapped = chain.delegation_claims(keys=[chain.standby.public_jwk(), chain.current.public_jwk()])
    by_thief = signed(chain.current, DELEGATION, swapped)
    assert refusal(client, chain.body(delegation=by_thief)) == "delegation"


def test_whoever_stole_the_current_key_can_not_outbid_the_standby(
    chain: Chain, client: TrustingClient
) -> None:
    thief = ES256Key.generate()
    highest = chain.trust(version=NOW + DAY, keys=[published(thief).entry()])
    client.accept(chain.body(trust=highest))  # until somebody notices, the thief is believed
    client.verify(chain.release_token(thief))
    revoked = [kid_of(chain.current)]
    client.accept(chain.body(trust=chain.trust(signer=chain.standby, version=5, revoked=revoked)))
    assert refusal(client, chain.body(trust=highest)) == "signer_revoked"
    assert token_refusal(client, chain.release_token(thief)) == "unknown_key"
    client.verify(chain.release_token())


def test_a_lower_rank_can_not_revoke_a_higher_one(chain: Chain, client: TrustingClient) -> None:
    theft = chain.trust(version=NOW + DAY, revoked=[kid_of(chain.standby)])
    client.accept(chain.body(trust=theft))
    client.accept(chain.body(trust=chain.trust(signer=chain.standby, version=5)))
    assert refusal(client, chain.body(trust=theft)) == "trust_rollback"


def test_only_the_root_undoes_what_a_stolen_standby_said(chain: Chain, client: TrustingClient) -> None:
    theft = chain.trust(signer=chain.standby, version=NOW + DAY, revoked=[kid_of(chain.current)])
    client.accept(chain.body(trust=theft))
    newer = chain.trust(version=2000)
    assert refusal(client, chain.body(trust=newer)) == "signer_revoked"
    keys = [chain.current.public_jwk(), ES256Key.generate().public_jwk()]
    client.accept(chain.body(delegation=chain.delegation(version=101, keys=keys), trust=newer))
    client.verify(chain.release_token())


def test_a_standby_that_becomes_the_current_one_goes_on_counting(
    chain: Chain, client: TrustingClient
) -> None:
    client.accept(chain.body(trust=chain.trust(signer=chain.standby, version=1500)))
    keys = [chain.standby.public_jwk(), ES256Key.generate().public_jwk()]
    renewed = chain.delegation(version=101, keys=keys)
    older = chain.trust(signer=chain.standby, version=1499)
    assert refusal(client, chain.body(delegation=renewed, trust=older)) == "trust_rollback"
    client.accept(chain.body(delegation=renewed, trust=chain.trust(signer=chain.standby, version=1501)))


def test_the_root_is_followed_through_rotations(chain: Chain, client: TrustingClient) -> None:
    second = Chain(root=ES256Key.generate(), token=chain.token)
    third = Chain(root=ES256Key.generate(), token=chain.token)
    steps = [chain.rotation(second.root), second.rotation(third.root)]
    delegation, trust = third.delegation(version=101), third.trust(version=2000)
    client.accept(third.body(delegation=delegation, trust=trust, rotations=steps))
    assert client.root_jwk == third.root.public_jwk()
    # Who came by earlier, or pins a later root, passes over the steps behind it.
    client.accept(third.body(delegation=delegation, trust=trust, rotations=steps))
    newest = Wire(b"").client(third.root)
    newest.accept(third.body(rotations=steps))
    assert refusal(client, chain.body(trust=chain.trust(version=9999))) == "delegation"


def test_a_chain_of_roots_with_a_gap_leads_nowhere(chain: Chain, client: TrustingClient) -> None:
    second, third = Chain(root=ES256Key.generate()), Chain(root=ES256Key.generate())
    gap = third.body(rotations=[second.rotation(third.root)])
    assert refusal(client, gap) == "delegation"


@pytest.mark.parametrize("missing", ["old", "new"])
def test_a_rotation_signed_by_one_root_only_is_refused(
    chain: Chain, client: TrustingClient, missing: str
) -> None:
    evil = Chain()
    both = chain.rotation(evil.root)
    alone = both | {missing: both["new" if missing == "old" else "old"]}
    code = refusal(client, evil.body(rotations=[alone]))
    assert code in {"root_rotation", "delegation"}


def test_two_roots_must_agree_on_the_same_bytes(chain: Chain, client: TrustingClient) -> None:
    new = Chain()
    other = signed(new.root, ROTATION, chain.rotation_claims(new.root, version=8))
    differing = chain.rotation(new.root) | {"new": other}
    assert refusal(client, new.body(rotations=[differing])) == "root_rotation"


def test_each_document_is_refused_in_another_s_place(chain: Chain, client: TrustingClient) -> None:
    for typ in (TRUST, ROTATION, "release+jwt", "JWT", ""):
        assert refusal(client, chain.body(delegation=chain.delegation(typ=typ, version=101))) == "delegation"
    for typ in (DELEGATION, ROTATION, "release+jwt", "JWT", ""):
        assert refusal(client, chain.body(trust=chain.trust(typ=typ, version=2000))) == "trust"
    new = Chain()
    claims = chain.rotation_claims(new.root)
    wrong = {"old": signed(chain.root, DELEGATION, claims), "new": signed(new.root, DELEGATION, claims)}
    assert refusal(client, new.body(rotations=[wrong])) == "root_rotation"
    assert refusal(client, chain.body(delegation=chain.trust(), trust=chain.delegation())) == "delegation"


@pytest.mark.parametrize("alg", ["HS256", "none", "ES384", "es256"])
def test_no_other_algorithm_is_believed(chain: Chain, client: TrustingClient, alg: str) -> None:
    secret = HS256Key.load(json.dumps(chain.root.public_jwk()).encode()[:64])
    header = {"alg": alg, "kid": kid_of(chain.root), "typ": DELEGATION}
    sign = secret.sign if alg == "HS256" else chain.root.sign
    confused = forge(header, chain.delegation_claims(version=101), sign)
    assert refusal(client, chain.body(delegation=confused)) == "delegation"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"jwk": ES256Key.generate().public_jwk()}, id="a key of its own"),
        pytest.param({"jku": "https://evil.example/keys"}, id="a place for keys"),
        pytest.param({"crit": ["exp"]}, id="an extension"),
    ],
)
def test_a_header_brings_nothing_along(chain: Chain, client: TrustingClient, header: dict[str, Any]) -> None:
    usual = {"alg": "ES256", "kid": kid_of(chain.root), "typ": DELEGATION}
    text = forge(usual | header, chain.delegation_claims(version=101), chain.root.sign)
    assert refusal(client, chain.body(delegation=text)) == "delegation"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>", id="a captive portal"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(b'{"delegation":null,"trust":null,"rotations":null}', id="nulls"),
        pytest.param(b'{"delegation":"a","delegation":"b","trust":"c","rotations":[]}', id="twice"),
    ],
)
def test_rubbish_changes_nothing(client: TrustingClient, body: bytes) -> None:
    refusal(client, body)


def test_a_revoked_token_key_is_refused_from_the_next_refresh_on(
    chain: Chain, wire: Wire, client: TrustingClient
) -> None:
    keys = [published(chain.upcoming).entry()]
    wire.now = NOW + 3600
    later: dict[str, Any] = {"iat": wire.now, "nbf": wire.now, "exp": wire.now + 900}
    wire.body = chain.body(trust=chain.trust(version=1001, keys=keys, revoked=[kid_of(chain.token)]))
    assert token_refusal(client, chain.release_token(**later)) == "key_revoked"
    client.verify(chain.release_token(chain.upcoming, **later))


def test_a_key_is_good_inside_its_window_only(chain: Chain, wire: Wire) -> None:
    windows: list[dict[str, Any]] = [{"not_before": NOW + 1}, {"not_after": NOW}]
    for window in windows:
        wire.body = chain.body(trust=chain.trust(keys=[published(chain.token, **window).entry()]))
        assert token_refusal(wire.client(chain.root), chain.release_token()) == "key_out_of_window"


def test_a_back_end_s_key_is_not_good_for_releases(chain: Chain, wire: Wire) -> None:
    wire.body = chain.body(trust=chain.trust(keys=[published(chain.token, purpose="backend_token").entry()]))
    assert token_refusal(wire.client(chain.root), chain.release_token()) == "unknown_key"


def test_an_unknown_kid_makes_it_ask_once_a_minute_at_most(
    chain: Chain, wire: Wire, client: TrustingClient
) -> None:
    stranger = chain.release_token(ES256Key.generate())
    for _ in range(5):
        assert token_refusal(client, stranger) == "unknown_key"
    assert client.fetches == 1
    wire.now = NOW + 60
    for _ in range(5):
        assert token_refusal(client, stranger) == "unknown_key"
    assert client.fetches == 2
    client.verify(chain.release_token())


def test_it_goes_on_with_what_it_has_while_nobody_answers(
    chain: Chain, wire: Wire, client: TrustingClient
) -> None:
    wire.body = b"502 Bad Gateway"
    wire.now = NOW + 7200
    client.verify(chain.release_token(iat=wire.now, nbf=wire.now, exp=wire.now + 900))
    assert client.last_failure == "malformed"


def test_a_decision_is_for_this_question_and_never_older(chain: Chain, client: TrustingClient) -> None:
    client.verify(chain.release_token(nonce="n" * 22, decision_seq=13), nonce="n" * 22)
    assert token_refusal(client, chain.release_token(nonce="m" * 22), nonce="n" * 22) == "nonce"
    assert token_refusal(client, chain.release_token(decision_seq=12)) == "decision_seq"
    assert token_refusal(client, chain.release_token(sub="another")) == "token_refused"
    over = chain.release_token(iat=NOW - 901, nbf=NOW - 901, exp=NOW - 1)
    assert token_refusal(client, over) == "token_expired"
