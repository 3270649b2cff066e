"""Roots: offline ones with their ceremonies, run with the operator's own script, and rotation of any."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.ed25519_keys import Ed25519Key
from signing.domain.ceremony import CeremonyKind, request_write
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import (
    CeremonyOutdatedError,
    CeremonyRefusedError,
    KeyRefusedError,
    KeyStateError,
    KeyUnavailableError,
)
from signing.models import DocumentType, SigningKey, TokenProfile, TrustDocument
from signing.selectors import trust_bodies, trust_standing
from signing.services.ceremony import (
    delegation_export,
    delegation_import,
    root_rotation_export,
    root_rotation_import,
)
from signing.services.keys import keys_reconcile
from signing.services.root import offline_root_register, root_rotate
from signing.services.trust import chain_ensure, delegation_ensure, trust_ensure
from tests.simulator.trusting_client import Refused
from tests.support.root_machine import RootMachine
from tests.support.trust_chain import DAY, signed
from tests.support.trusting import chain_made, claims_of, compromise, decision, document, key_of, trusting

DELEGATION = DocumentType.DELEGATION


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> RootMachine:
    return RootMachine(tmp_path_factory.mktemp("offline"))


@pytest.fixture(scope="module")
def first(machine: RootMachine) -> dict[str, Any]:
    return machine.new_root("first")


@pytest.fixture(scope="module")
def second(machine: RootMachine) -> dict[str, Any]:
    return machine.new_root("second")


@pytest.fixture
def offline(clinic: str, first: dict[str, Any], now: datetime) -> str:
    """An app whose root was offline from the beginning, before its first ceremony."""
    offline_root_register(app_id=clinic, jwk=first, actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    return clinic


@pytest.fixture
def held(offline: str, machine: RootMachine, now: datetime) -> str:
    """The same after its ceremony."""
    ceremony(offline, machine, "first", now)
    trust_ensure(app_id=offline, now=now)
    return offline


def ceremony(app_id: str, machine: RootMachine, root: str, now: datetime) -> TrustDocument:
    request = delegation_export(app_id=app_id, actor=SYSTEM, now=now)
    signed = machine.sign(request, root=root, app_id=app_id)
    return delegation_import(app_id=app_id, data=signed, actor=SYSTEM, now=now)


def test_an_offline_root_leaves_its_public_half_only(offline: str, first: dict[str, Any]) -> None:
    row = key_of(offline, KeyPurpose.ROOT)
    assert (row.backend, row.kid, row.public_jwk, row.sealed_private) == ("offline", first["kid"], first, "")
    assert TokenProfile.objects.get(app_id=offline).root_is_offline
    assert AuditEvent.objects.filter(action=Action.ROOT_REGISTERED).count() == 1


def test_before_the_ceremony_nothing_is_signed_and_the_page_says_so(offline: str, now: datetime) -> None:
    assert delegation_ensure(app_id=offline, now=now) is None
    with pytest.raises(KeyUnavailableError):
        trust_ensure(app_id=offline, now=now)
    standing = trust_standing(offline, now)
    assert (standing.is_ceremony_due, standing.root_is_offline, standing.is_served) == (True, True, False)


def test_after_the_ceremony_devices_believe_the_chain(held: str, now: datetime) -> None:
    assert trust_standing(held, now).problems == ()
    assert not trust_standing(held, now).is_ceremony_due
    client = trusting(held, key_of(held, KeyPurpose.ROOT), lambda: now)
    client.verify(decision(held, now))
    actions = [Action.DELEGATION_EXPORTED, Action.DELEGATION_IMPORTED]
    assert AuditEvent.objects.filter(action__in=actions).count() == 2


def test_the_next_ceremony_is_due_in_time(held: str, now: datetime) -> None:
    assert not trust_standing(held, now + timedelta(days=243)).is_ceremony_due
    assert trust_standing(held, now + timedelta(days=244)).is_ceremony_due


def test_an_emergency_needs_no_ceremony(held: str, now: datetime) -> None:
    client = trusting(held, key_of(held, KeyPurpose.ROOT), lambda: now)
    client.verify(decision(held, now))
    compromise(key_of(held, KeyPurpose.TRUST), now)
    compromise(key_of(held, KeyPurpose.RELEASE_TOKEN), now)
    chain_made(held, now)
    client.accept(trust_bodies()[held].body)
    client.verify(decision(held, now))
    standing = trust_standing(held, now)
    assert (standing.is_served, standing.is_ceremony_due) == (True, True)
    assert standing.problems == ("standby_missing",)


def test_a_file_that_was_overtaken_is_not_taken(offline: str, machine: RootMachine, now: datetime) -> None:
    request = delegation_export(app_id=offline, actor=SYSTEM, now=now)
    signed = machine.sign(request, root="first")
    delegation_import(app_id=offline, data=signed, actor=SYSTEM, now=now)
    with pytest.raises(CeremonyOutdatedError, match="version"):
        delegation_import(app_id=offline, data=signed, actor=SYSTEM, now=now)


def test_a_file_for_keys_that_changed_meanwhile_is_not_taken(
    offline: str, machine: RootMachine, now: datetime
) -> None:
    signed = machine.sign(delegation_export(app_id=offline, actor=SYSTEM, now=now), root="first")
    compromise(key_of(offline, KeyPurpose.TRUST), now)
    keys_reconcile(now=now)
    with pytest.raises(CeremonyOutdatedError, match="keys"):
        delegation_import(app_id=offline, data=signed, actor=SYSTEM, now=now)
    assert not TrustDocument.objects.exists()


def test_a_file_that_lay_about_is_not_taken(offline: str, machine: RootMachine, now: datetime) -> None:
    signed = machine.sign(delegation_export(app_id=offline, actor=SYSTEM, now=now), root="first")
    with pytest.raises(CeremonyOutdatedError, match="iat"):
        delegation_import(app_id=offline, data=signed, actor=SYSTEM, now=now + timedelta(days=31))


def test_a_root_signs_for_as_long_as_it_was_asked_to(
    offline: str, machine: RootMachine, now: datetime
) -> None:
    claims = json.loads(delegation_export(app_id=offline, actor=SYSTEM, now=now))["claims"]
    longer = request_write(CeremonyKind.DELEGATION, claims | {"exp": claims["exp"] + 60})
    with pytest.raises(CeremonyOutdatedError, match="exp"):
        delegation_import(app_id=offline, data=machine.sign(longer, root="first"), actor=SYSTEM, now=now)


@pytest.mark.parametrize("ahead", [1, DAY, -1])
def test_a_version_that_the_console_would_not_have_asked_for_is_not_taken(
    offline: str, machine: RootMachine, now: datetime, ahead: int
) -> None:
    claims = json.loads(delegation_export(app_id=offline, actor=SYSTEM, now=now))["claims"]
    changed = request_write(CeremonyKind.DELEGATION, claims | {"version": claims["version"] + ahead})
    with pytest.raises(CeremonyOutdatedError, match="version"):
        delegation_import(app_id=offline, data=machine.sign(changed, root="first"), actor=SYSTEM, now=now)
    assert not TrustDocument.objects.exists()


def test_a_rotation_s_version_is_the_console_s_too(
    held: str, machine: RootMachine, second: dict[str, Any], now: datetime
) -> None:
    offline_root_register(app_id=held, jwk=second, actor=SYSTEM, now=now)
    claims = json.loads(root_rotation_export(app_id=held, actor=SYSTEM, now=now))["claims"]
    changed = request_write(CeremonyKind.ROOT_ROTATION, claims | {"version": claims["version"] + DAY})
    both = machine.sign(machine.sign(changed, root="second"), root="first")
    with pytest.raises(CeremonyOutdatedError, match="version"):
        root_rotation_import(app_id=held, data=both, actor=SYSTEM, now=now)


def test_even_a_root_s_signature_does_not_fast_forward_the_chain(
    clinic: str, now: datetime, careless_root: ES256Key
) -> None:
    claims = json.loads(delegation_export(app_id=clinic, actor=SYSTEM, now=now))["claims"]
    bent = claims | {"version": 2**53 - 1}
    answer = json.loads(request_write(CeremonyKind.DELEGATION, bent))
    answer["signed"] = [signed(careless_root, "delegation+jws", bent)]
    with pytest.raises(CeremonyRefusedError):
        delegation_import(app_id=clinic, data=json.dumps(answer).encode(), actor=SYSTEM, now=now)


@pytest.fixture
def careless_root(clinic: str, now: datetime) -> ES256Key:
    """A root whose machine signs whatever it is given."""
    key = ES256Key.generate()
    offline_root_register(app_id=clinic, jwk=key.public_jwk(), actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    return key


def test_only_the_registered_root_s_signature_counts(
    offline: str, machine: RootMachine, second: dict[str, Any], now: datetime
) -> None:
    request = json.loads(delegation_export(app_id=offline, actor=SYSTEM, now=now))
    claims = request["claims"] | {"root": second["kid"]}
    foreign = machine.sign(request_write(CeremonyKind.DELEGATION, claims), root="second")
    with pytest.raises(CeremonyRefusedError, match="missing or wrong"):
        delegation_import(app_id=offline, data=foreign, actor=SYSTEM, now=now)


def test_an_unsigned_or_bent_file_is_not_taken(offline: str, machine: RootMachine, now: datetime) -> None:
    request = delegation_export(app_id=offline, actor=SYSTEM, now=now)
    with pytest.raises(CeremonyRefusedError, match="Nobody has signed"):
        delegation_import(app_id=offline, data=request, actor=SYSTEM, now=now)
    signed = json.loads(machine.sign(request, root="first"))
    head, payload, signature = signed["signed"][0].split(".")
    signed["signed"] = [f"{head}.{payload}.{signature[:-4]}AAAA"]
    with pytest.raises(CeremonyRefusedError, match="missing or wrong"):
        delegation_import(app_id=offline, data=json.dumps(signed).encode(), actor=SYSTEM, now=now)


def test_an_online_root_holds_no_ceremony(clinic: str, now: datetime) -> None:
    chain_made(clinic, now)
    with pytest.raises(KeyStateError, match="isn't offline"):
        delegation_export(app_id=clinic, actor=SYSTEM, now=now)
    with pytest.raises(KeyStateError, match="No root is waiting"):
        root_rotation_export(app_id=clinic, actor=SYSTEM, now=now)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"d": "c2VjcmV0"}, id="a private half"),
        pytest.param({"kid": "another"}, id="another name"),
        pytest.param({"alg": "ES384"}, id="another algorithm"),
    ],
)
def test_a_root_that_is_no_public_es256_key_is_refused(
    clinic: str, now: datetime, first: dict[str, Any], spoil: dict[str, str]
) -> None:
    with pytest.raises(KeyRefusedError):
        offline_root_register(app_id=clinic, jwk=first | spoil, actor=SYSTEM, now=now)
    assert not SigningKey.objects.filter(purpose=KeyPurpose.ROOT).exists()


def test_a_root_of_another_algorithm_is_refused(clinic: str, now: datetime) -> None:
    jwk = Ed25519Key.generate().public_jwk()
    with pytest.raises(KeyRefusedError, match="for ES256"):
        offline_root_register(app_id=clinic, jwk=jwk, actor=SYSTEM, now=now)


def test_there_is_nothing_to_sign_before_there_are_trust_keys(
    clinic: str, first: dict[str, Any], now: datetime
) -> None:
    offline_root_register(app_id=clinic, jwk=first, actor=SYSTEM, now=now)
    with pytest.raises(KeyStateError, match="no trust key"):
        delegation_export(app_id=clinic, actor=SYSTEM, now=now)


def test_a_rotation_goes_on_with_the_root_that_was_made_before_a_failure(
    clinic: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain_made(clinic, now)

    def fails(*_: Any, **__: Any) -> str:
        raise KeyUnavailableError("The backend is down.")

    with monkeypatch.context() as broken:
        broken.setattr("signing.services.root.document_issue", fails)
        with pytest.raises(KeyUnavailableError):
            root_rotate(app_id=clinic, actor=SYSTEM, now=now)
    made = key_of(clinic, KeyPurpose.ROOT, KeyState.PREPUBLISHED)
    assert not trust_standing(clinic, now).is_ceremony_due
    root_rotate(app_id=clinic, actor=SYSTEM, now=now)
    assert key_of(clinic, KeyPurpose.ROOT).pk == made.pk


def test_a_root_is_registered_once(offline: str, first: dict[str, Any], now: datetime) -> None:
    with pytest.raises(KeyRefusedError, match="has had this key"):
        offline_root_register(app_id="com.example.bank", jwk=first, actor=SYSTEM, now=now)


def test_a_mistaken_root_in_waiting_gives_way_to_the_next(
    held: str, second: dict[str, Any], now: datetime
) -> None:
    mistaken = ES256Key.generate().public_jwk()
    offline_root_register(app_id=held, jwk=mistaken, actor=SYSTEM, now=now)
    offline_root_register(app_id=held, jwk=second, actor=SYSTEM, now=now)
    assert SigningKey.objects.get(kid=mistaken["kid"]).state == KeyState.DESTROYED
    assert trust_standing(held, now).pending_root_kid == second["kid"]


def test_a_root_moves_offline_with_devices_following(
    clinic: str, machine: RootMachine, first: dict[str, Any], now: datetime
) -> None:
    chain_made(clinic, now)
    old = key_of(clinic, KeyPurpose.ROOT)
    client = trusting(clinic, old, lambda: now)
    client.verify(decision(clinic, now))
    offline_root_register(app_id=clinic, jwk=first, actor=SYSTEM, now=now)
    assert trust_standing(clinic, now).is_ceremony_due
    assert key_of(clinic, KeyPurpose.ROOT).pk == old.pk  # nothing changes before both have signed

    request = root_rotation_export(app_id=clinic, actor=SYSTEM, now=now)
    root_rotation_import(app_id=clinic, data=machine.sign(request, root="first"), actor=SYSTEM, now=now)
    assert key_of(clinic, KeyPurpose.ROOT).kid == first["kid"]
    old.refresh_from_db()
    assert (old.state, old.sealed_private) == (KeyState.VERIFY_ONLY, "")
    # Until the new root has delegated, devices stay with the old one.
    assert json.loads(trust_bodies()[clinic].body)["rotations"] == []
    client.accept(trust_bodies()[clinic].body)

    ceremony(clinic, machine, "first", now)
    chain_ensure(app_id=clinic, now=now)
    assert len(json.loads(trust_bodies()[clinic].body)["rotations"]) == 1
    client.accept(trust_bodies()[clinic].body)
    assert client.root_jwk == first
    client.verify(decision(clinic, now))
    assert not trust_standing(clinic, now).is_ceremony_due


def test_an_offline_root_is_followed_by_another(
    held: str, machine: RootMachine, second: dict[str, Any], now: datetime
) -> None:
    client = trusting(held, key_of(held, KeyPurpose.ROOT), lambda: now)
    client.verify(decision(held, now))
    offline_root_register(app_id=held, jwk=second, actor=SYSTEM, now=now)
    request = root_rotation_export(app_id=held, actor=SYSTEM, now=now)
    by_new = machine.sign(request, root="second")
    with pytest.raises(CeremonyRefusedError, match="missing or wrong"):
        root_rotation_import(app_id=held, data=by_new, actor=SYSTEM, now=now)
    both = machine.sign(by_new, root="first")
    root_rotation_import(app_id=held, data=both, actor=SYSTEM, now=now)
    ceremony(held, machine, "second", now)
    client.accept(trust_bodies()[held].body)
    assert client.root_jwk == second


def test_a_lost_root_gives_way_to_the_one_that_new_binaries_pin(
    held: str, machine: RootMachine, second: dict[str, Any], now: datetime
) -> None:
    lost = key_of(held, KeyPurpose.ROOT)
    old_binary = trusting(held, lost, lambda: now)
    old_binary.verify(decision(held, now))
    offline_root_register(app_id=held, jwk=second, actor=SYSTEM, now=now)
    compromise(lost, now)
    assert trust_bodies() == {}
    ceremony(held, machine, "second", now)
    trust_ensure(app_id=held, now=now)
    body = trust_bodies()[held].body
    new_binary = trusting(held, key_of(held, KeyPurpose.ROOT), lambda: now)
    new_binary.accept(body)
    with pytest.raises(Refused, match="delegation"):
        old_binary.accept(body)


def test_an_online_root_rotates_in_one_go(clinic: str, now: datetime) -> None:
    chain_made(clinic, now)
    roots = [key_of(clinic, KeyPurpose.ROOT)]
    early = trusting(clinic, roots[0], lambda: now)
    early.verify(decision(clinic, now))
    for _ in range(2):
        root_rotate(app_id=clinic, actor=SYSTEM, now=now)
        roots.append(key_of(clinic, KeyPurpose.ROOT))
    assert len({row.kid for row in roots}) == 3
    assert claims_of(clinic, DELEGATION)["root"] == roots[-1].kid
    for client in (early, *(trusting(clinic, root, lambda: now) for root in roots)):
        client.accept(trust_bodies()[clinic].body)
        client.verify(decision(clinic, now))
        assert client.root_jwk == roots[-1].public_jwk
    assert AuditEvent.objects.filter(action=Action.ROOT_ROTATED).count() == 2
    assert not SigningKey.objects.filter(pk=roots[0].pk).exclude(sealed_private="").exists()


def test_a_rotation_outlives_the_revocation_of_the_root_it_leads_away_from(
    clinic: str, now: datetime
) -> None:
    chain_made(clinic, now)
    old = key_of(clinic, KeyPurpose.ROOT)
    client = trusting(clinic, old, lambda: now)
    root_rotate(app_id=clinic, actor=SYSTEM, now=now)
    compromise(SigningKey.objects.get(pk=old.pk), now)
    assert not TrustDocument.objects.filter(is_void=True).exists()
    client.accept(trust_bodies()[clinic].body)
    client.verify(decision(clinic, now))


def test_an_offline_root_is_not_rotated_without_a_ceremony(held: str, now: datetime) -> None:
    with pytest.raises(KeyStateError):
        root_rotate(app_id=held, actor=SYSTEM, now=now)
    assert SigningKey.objects.filter(purpose=KeyPurpose.ROOT).count() == 1


def test_a_rotation_that_lay_about_is_not_taken(
    held: str, machine: RootMachine, second: dict[str, Any], now: datetime
) -> None:
    offline_root_register(app_id=held, jwk=second, actor=SYSTEM, now=now)
    request = root_rotation_export(app_id=held, actor=SYSTEM, now=now)
    both = machine.sign(machine.sign(request, root="second"), root="first")
    with pytest.raises(CeremonyOutdatedError, match="iat"):
        root_rotation_import(app_id=held, data=both, actor=SYSTEM, now=now + timedelta(days=31))


def test_a_rotation_is_signed_for_the_roots_of_now(
    held: str, machine: RootMachine, second: dict[str, Any], now: datetime
) -> None:
    offline_root_register(app_id=held, jwk=second, actor=SYSTEM, now=now)
    request = root_rotation_export(app_id=held, actor=SYSTEM, now=now)
    both = machine.sign(machine.sign(request, root="second"), root="first")
    third = machine.new_root("third")
    offline_root_register(app_id=held, jwk=third, actor=SYSTEM, now=now)
    with pytest.raises(CeremonyRefusedError):
        root_rotation_import(app_id=held, data=both, actor=SYSTEM, now=now)
    assert document(held, DELEGATION).signer_kid == key_of(held, KeyPurpose.ROOT).kid
    Path(machine.folder / "third.key.json").unlink()
    Path(machine.folder / "third.jwk.json").unlink()
