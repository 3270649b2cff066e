"""Each app's delegation and bundle follow its keys; nothing is signed that clients would refuse."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.ec_keys import ES256Key
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyUnavailableError
from signing.models import DocumentType, KeySetVersion, KeyUsage, SigningKey, TrustDocument
from signing.selectors import delegated_kids, trust_bodies, trust_standing
from signing.services import app_keys_ensure
from signing.services.key_rows import keys_lock
from signing.services.keys import keys_reconcile
from signing.services.reconcile import key_takeover
from signing.services.trust import (
    TRUST_REFRESH,
    chain_ensure,
    delegation_ensure,
    trust_ensure,
    trust_sign,
)
from signing.services.trust_documents import documents_void
from tests.simulator.trusting_client import Refused
from tests.support.at_once import at_once
from tests.support.trusting import chain_made, claims_of, compromise, decision, document, key_of, trusting

DELEGATION, TRUST = DocumentType.DELEGATION, DocumentType.TRUST
HOUR = timedelta(hours=1)


@pytest.fixture
def chained(clinic: str, now: datetime) -> str:
    chain_made(clinic, now)
    return clinic


def test_the_root_names_the_current_trust_key_before_its_standby(chained: str, now: datetime) -> None:
    claims = claims_of(chained, DELEGATION)
    ranked = [key_of(chained, KeyPurpose.TRUST, state) for state in (KeyState.ACTIVE, KeyState.PREPUBLISHED)]
    assert [jwk["kid"] for jwk in claims["keys"]] == [row.kid for row in ranked]
    assert delegated_kids(chained) == tuple(row.key_id for row in ranked)
    assert claims["root"] == key_of(chained, KeyPurpose.ROOT).kid
    assert (claims["iss"], claims["aud"]) == (settings.PUBLIC_URL, chained)
    assert claims["exp"] - claims["iat"] == 365 * 24 * 3600


def test_the_bundle_lists_the_keys_that_are_good_now_and_next(chained: str, now: datetime) -> None:
    claims = claims_of(chained, TRUST)
    states = {entry["state"]: entry for entry in claims["keys"]}
    active = key_of(chained, KeyPurpose.RELEASE_TOKEN)
    upcoming = key_of(chained, KeyPurpose.RELEASE_TOKEN, KeyState.PREPUBLISHED)
    assert states["current"]["jwk"] == active.public_jwk
    assert states["next"]["jwk"] == upcoming.public_jwk
    assert claims["refresh_seconds"] == settings.CLIENT_REFRESH_SECONDS
    assert claims["revoked"] == []
    assert active.activated_at is not None
    ends = active.activated_at + timedelta(days=settings.KEY_PERIOD_DAYS + settings.KEY_GRACE_DAYS)
    assert 0 <= states["current"]["not_after"] - ends.timestamp() < 1
    later = timedelta(days=settings.KEY_PERIOD_DAYS)
    assert 0 <= states["next"]["not_after"] - (ends + later).timestamp() < 1
    # It may have to sign at once.
    assert states["next"]["not_before"] <= now.timestamp()


def test_devices_believe_what_is_served(chained: str, now: datetime) -> None:
    client = trusting(chained, key_of(chained, KeyPurpose.ROOT), lambda: now)
    assert client.verify(decision(chained, now))["decision"] == "hold"


def test_nothing_is_signed_again_that_still_holds(chained: str, now: datetime) -> None:
    before = list(TrustDocument.objects.values_list("document_type", "version", "signed"))
    events = AuditEvent.objects.count()
    chain_ensure(app_id=chained, now=now + HOUR)
    assert list(TrustDocument.objects.values_list("document_type", "version", "signed")) == before
    assert AuditEvent.objects.count() == events


def test_a_bundle_is_signed_again_after_six_hours_and_a_delegation_after_eight_months(
    chained: str, now: datetime
) -> None:
    versions = {kind: document(chained, kind).version for kind in (DELEGATION, TRUST)}
    chain_ensure(app_id=chained, now=now + 6 * HOUR)
    assert document(chained, TRUST).version > versions[TRUST]
    chain_ensure(app_id=chained, now=now + timedelta(days=243))
    assert document(chained, DELEGATION).version == versions[DELEGATION]
    chain_ensure(app_id=chained, now=now + timedelta(days=244))
    assert document(chained, DELEGATION).version > versions[DELEGATION]


def test_a_version_is_never_below_the_clock_nor_below_the_last(chained: str, now: datetime) -> None:
    assert document(chained, TRUST).version == int(now.timestamp())
    first = trust_sign(app_id=chained, now=now)
    second = trust_sign(app_id=chained, now=now)
    assert second.version == first.version + 1
    # A console that was restored from before it signed these.
    TrustDocument.objects.filter(document_type=TRUST).update(version=5)
    assert trust_sign(app_id=chained, now=now + HOUR).version == int((now + HOUR).timestamp())


def test_each_signature_is_on_the_record_and_announced(chained: str, now: datetime) -> None:
    announced = KeySetVersion.objects.get().version
    signed = trust_sign(app_id=chained, now=now)
    event = AuditEvent.objects.order_by("-pk")[0]
    assert event.action == Action.TRUST_SIGNED
    assert event.detail["version"] == signed.version
    assert event.detail["signer_kid"] == key_of(chained, KeyPurpose.TRUST).kid
    assert KeySetVersion.objects.get().version == announced + 1
    assert AuditEvent.objects.filter(action=Action.DELEGATION_SIGNED).count() == 1


def test_a_revoked_token_key_is_named_and_no_longer_listed(chained: str, now: datetime) -> None:
    client = trusting(chained, key_of(chained, KeyPurpose.ROOT), lambda: now)
    stolen = decision(chained, now)
    client.verify(stolen)
    revoked = key_of(chained, KeyPurpose.RELEASE_TOKEN)
    compromise(revoked, now)
    chain_ensure(app_id=chained, now=now)
    claims = claims_of(chained, TRUST)
    assert claims["revoked"] == [revoked.kid]
    assert revoked.kid not in {entry["jwk"]["kid"] for entry in claims["keys"]}
    client.accept(trust_bodies()[chained].body)
    with pytest.raises(Refused, match="key_revoked"):
        client.verify(stolen)
    client.verify(decision(chained, now))


def test_a_stolen_trust_key_is_outranked_without_the_root(chained: str, now: datetime) -> None:
    client = trusting(chained, key_of(chained, KeyPurpose.ROOT), lambda: now)
    client.verify(decision(chained, now))
    stolen = key_of(chained, KeyPurpose.TRUST)
    delegation = document(chained, DELEGATION).version
    compromise(stolen, now)
    assert trust_bodies() == {}  # what the thief's key signed isn't served a moment longer
    trust_ensure(app_id=chained, now=now)
    assert document(chained, DELEGATION).version == delegation
    assert document(chained, TRUST).signer_kid == key_of(chained, KeyPurpose.TRUST).kid
    assert stolen.kid in claims_of(chained, TRUST)["revoked"]
    client.accept(trust_bodies()[chained].body)
    client.verify(decision(chained, now))


def test_after_a_trust_key_changed_the_root_names_the_new_pair(chained: str, now: datetime) -> None:
    client = trusting(chained, key_of(chained, KeyPurpose.ROOT), lambda: now)
    client.verify(decision(chained, now))
    compromise(key_of(chained, KeyPurpose.TRUST), now)
    chain_made(chained, now)
    ranked = [key_of(chained, KeyPurpose.TRUST, state) for state in (KeyState.ACTIVE, KeyState.PREPUBLISHED)]
    assert delegated_kids(chained) == tuple(row.key_id for row in ranked)
    client.accept(trust_bodies()[chained].body)
    client.verify(decision(chained, now))


def test_a_trust_key_that_no_delegation_names_signs_nothing(chained: str, now: datetime) -> None:
    stranger = ES256Key.generate().public_jwk()
    SigningKey.objects.filter(purpose=KeyPurpose.TRUST, state=KeyState.ACTIVE).update(
        kid=stranger["kid"], public_jwk=stranger
    )
    with pytest.raises(KeyUnavailableError, match="No delegation in force names"):
        trust_sign(app_id=chained, now=now)
    assert "trust_key_not_delegated" in trust_standing(chained, now).problems


@pytest.mark.parametrize("fault", ["missing", "void", "expired"])
def test_nothing_is_signed_or_served_without_a_delegation_in_force(
    chained: str, now: datetime, fault: str
) -> None:
    rows = TrustDocument.objects.filter(document_type=DELEGATION)
    if fault == "missing":
        rows.delete()
    elif fault == "void":
        documents_void(signer_kids=[key_of(chained, KeyPurpose.ROOT).key_id])
    else:
        now += timedelta(days=366)
    with pytest.raises(KeyUnavailableError):
        trust_sign(app_id=chained, now=now)
    standing = trust_standing(chained, now)
    assert f"delegation_{fault}" in standing.problems
    assert not standing.is_served
    chain_ensure(app_id=chained, now=now)
    assert trust_standing(chained, now).problems == ()


def test_a_key_whose_halves_do_not_match_signs_nothing_that_is_kept(chained: str, now: datetime) -> None:
    before = document(chained, TRUST).signed
    standby = key_of(chained, KeyPurpose.TRUST, KeyState.PREPUBLISHED)
    active = key_of(chained, KeyPurpose.TRUST)
    SigningKey.objects.filter(pk=active.pk).update(sealed_private=standby.sealed_private)
    with pytest.raises(KeyUnavailableError):
        trust_sign(app_id=chained, now=now)
    assert document(chained, TRUST).signed == before


def test_a_key_that_was_revoked_signs_nothing_whatever_its_state_says(chained: str, now: datetime) -> None:
    SigningKey.objects.filter(pk=key_of(chained, KeyPurpose.TRUST).pk).update(revoked_at=now)
    with pytest.raises(KeyUnavailableError, match="was revoked"):
        trust_sign(app_id=chained, now=now)


def test_what_clients_would_refuse_is_not_signed(
    chained: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CLIENT_REFRESH_SECONDS", 7 * 24 * 3600)
    with pytest.raises(KeyUnavailableError, match=r"can't sign a trust\+jws"):
        trust_sign(app_id=chained, now=now)


def test_a_previous_key_stays_until_its_last_token_is_over(chained: str, now: datetime) -> None:
    previous = key_of(chained, KeyPurpose.RELEASE_TOKEN)
    rows = keys_lock(KeyPurpose.RELEASE_TOKEN, chained)
    upcoming = next(row for row in rows if row.state == KeyState.PREPUBLISHED)
    key_takeover(upcoming, rows, actor=SYSTEM, now=now)
    KeyUsage.objects.create(key=previous, last_expires_at=now + 2 * HOUR)
    trust_ensure(app_id=chained, now=now)
    states = {entry["state"]: entry for entry in claims_of(chained, TRUST)["keys"]}
    assert states.keys() == {"current", "previous"}
    assert states["previous"]["jwk"]["kid"] == previous.kid
    assert states["previous"]["not_after"] > (now + 2 * HOUR).timestamp()


def test_a_bundle_by_a_key_that_is_not_named_is_not_served(chained: str, now: datetime) -> None:
    TrustDocument.objects.filter(document_type=TRUST).update(signer_kid="another")
    assert trust_bodies() == {}
    standing = trust_standing(chained, now)
    assert (standing.problems, standing.is_served) == (("trust_signer_not_delegated",), False)


def test_an_app_without_keys_has_no_chain(db: None, now: datetime) -> None:
    assert delegation_ensure(app_id="com.example.unknown", now=now) is None
    with pytest.raises(KeyUnavailableError):
        trust_ensure(app_id="com.example.unknown", now=now)
    standing = trust_standing("com.example.unknown", now)
    assert standing.problems == ("root_missing", "delegation_missing", "trust_missing")
    assert (standing.is_served, standing.is_ceremony_due) == (False, False)


def test_a_chain_that_stands_says_so(chained: str, now: datetime) -> None:
    standing = trust_standing(chained, now)
    assert standing.problems == ()
    assert (standing.is_served, standing.is_ceremony_due, standing.root_is_offline) == (True, False, False)
    assert standing.trust_signed_at == now
    assert standing.delegation_days_left in {364, 365}  # claims have whole seconds
    assert standing.root_kid == key_of(chained, KeyPurpose.ROOT).kid


def test_every_app_has_a_chain_of_its_own(chained: str, now: datetime) -> None:
    app_keys_ensure(app_id="com.example.bank", actor=SYSTEM, now=now)
    chain_made("com.example.bank", now)
    bodies = trust_bodies()
    assert bodies.keys() == {chained, "com.example.bank"}
    client = trusting(chained, key_of(chained, KeyPurpose.ROOT), lambda: now)
    with pytest.raises(Refused):
        client.accept(bodies["com.example.bank"].body)


def test_all_bodies_cost_one_query(
    chained: str, now: datetime, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        trust_bodies()


def test_who_is_revoked_last_is_named_where_not_all_can_be(
    chained: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signing.services.trust.MOST_REVOKED", 2)
    kids = []
    for minute in range(3):
        row = key_of(chained, KeyPurpose.RELEASE_TOKEN)
        kids.append(row.key_id)
        compromise(row, now + timedelta(minutes=minute))
        chain_made(chained, now + timedelta(minutes=minute))
    assert claims_of(chained, TRUST)["revoked"] == sorted(kids[1:])


def test_a_standby_that_was_stolen_needs_the_root(chained: str, now: datetime) -> None:
    compromise(key_of(chained, KeyPurpose.TRUST, KeyState.PREPUBLISHED), now)
    assert "standby_revoked" in trust_standing(chained, now).problems
    chain_made(chained, now)
    assert trust_standing(chained, now).problems == ()


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_signs() -> None:
    now = clock.now()
    app_keys_ensure(app_id="com.example.clinic", actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    at_once([lambda: chain_ensure(app_id="com.example.clinic", now=now)] * 8)
    later = now + TRUST_REFRESH
    at_once([lambda: trust_ensure(app_id="com.example.clinic", now=later)] * 8)
    signed = AuditEvent.objects.filter(action__in=[Action.DELEGATION_SIGNED, Action.TRUST_SIGNED])
    assert sorted(signed.values_list("action", flat=True)) == [
        Action.DELEGATION_SIGNED,
        Action.TRUST_SIGNED,
        Action.TRUST_SIGNED,
    ]
    assert trust_standing("com.example.clinic", now).problems == ()
