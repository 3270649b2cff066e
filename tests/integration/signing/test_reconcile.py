"""The life of an app's keys as the reconciler leads it, told by the times at which it looks."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.conf import LazySettings
from pytest_django import DjangoAssertNumQueries

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing import backends
from signing.backends import CreatedKey, StoredKey
from signing.backends.local import LocalKeyBackend
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyUnavailableError
from signing.models import KeyUsage, SigningKey, TokenProfile, TrustDocument
from signing.selectors.trust import delegated_kids, trust_standing
from signing.services import app_keys_ensure, release_claims, release_signer
from signing.services.keys import app_reconcile, keys_reconcile
from signing.services.profiles import profile_change
from signing.services.release_tokens import release_token_verify
from signing.services.trust import chain_ensure
from signing.services.trust_documents import documents_void
from tests.integration.signing.conftest import CLINIC
from tests.support.dying import Crash, dying_at
from tests.support.tokens import DEVICE_ID

# Spelled out, so that a wrong rule doesn't judge itself.
PERIOD = timedelta(days=30)
TRUST_PERIOD = timedelta(days=300)
LEAD = timedelta(seconds=300 + 3600 + 60)
SIGNERS_HEAR = timedelta(seconds=5 + 60)
TOKENS_ARE_OVER = timedelta(seconds=5 + 900 + 60 + 300)
MOMENT = timedelta(seconds=1)

DEVICES_ALGORITHMS = [
    Algorithm.ES256,
    Algorithm.ES384,
    Algorithm.RS256,
    Algorithm.PS256,
    Algorithm.ED25519,
]


def states(purpose: KeyPurpose = KeyPurpose.RELEASE_TOKEN, app_id: str = CLINIC) -> dict[int, str]:
    rows = SigningKey.objects.filter(purpose=purpose, app_id=app_id)
    return dict(rows.order_by("epoch").values_list("epoch", "state"))


def key(epoch: int, purpose: KeyPurpose = KeyPurpose.RELEASE_TOKEN) -> SigningKey:
    return SigningKey.objects.get(purpose=purpose, app_id=CLINIC, epoch=epoch)


def told(row: SigningKey) -> list[tuple[str, datetime]]:
    """What the audit log says of a key, in order."""
    events = AuditEvent.objects.filter(object_type="signing_key", object_id=str(row.pk)).order_by("number")
    return list(events.values_list("action", "at"))


def everything() -> tuple[list[Any], list[Any], int]:
    keys, documents = SigningKey.objects.order_by("pk"), TrustDocument.objects.order_by("pk")
    return list(keys.values()), list(documents.values()), AuditEvent.objects.count()


def reconciled(now: datetime) -> dict[str, str]:
    return keys_reconcile(now=now).failures


def token_of(app_id: str, now: datetime) -> str:
    claims = release_claims(
        app_id=app_id,
        device_id=DEVICE_ID,
        decision="hold",
        decision_seq=0,
        channel="",
        now_epoch=int(now.timestamp()),
    )
    return release_signer(app_id).sign(claims)


def is_good(token: str, now: datetime) -> bool:
    return bool(release_token_verify(token, app_id=CLINIC, device_id=DEVICE_ID, nonce=None, now=now))


@pytest.fixture
def made(clinic: str, now: datetime) -> datetime:
    """When the app had all its first keys."""
    assert reconciled(now) == {}
    return now


# --- the life of a key --------------------------------------------------------------------------------


def test_an_app_starts_with_a_key_that_signs_and_the_next_one_out(made: datetime) -> None:
    assert states() == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
    assert states(KeyPurpose.TRUST) == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
    assert states(KeyPurpose.ROOT) == {1: KeyState.ACTIVE}
    assert states(KeyPurpose.DOWNLOAD_TOKEN, "") == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}


def test_a_key_signs_for_thirty_days_and_not_a_second_longer(made: datetime) -> None:
    reconciled(made + PERIOD - MOMENT)
    assert states() == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
    reconciled(made + PERIOD)
    assert states() == {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}
    assert key(3).published_at == key(2).activated_at == key(1).deactivated_at == made + PERIOD


def test_an_old_key_loses_its_private_half_then_verifies_no_more(made: datetime) -> None:
    rotated = made + PERIOD
    reconciled(rotated)
    reconciled(rotated + SIGNERS_HEAR - MOMENT)
    assert key(1).sealed_private
    reconciled(rotated + SIGNERS_HEAR)
    assert (key(1).sealed_private, key(1).private_destroyed_at) == ("", rotated + SIGNERS_HEAR)
    reconciled(rotated + TOKENS_ARE_OVER - MOMENT)
    assert key(1).state == KeyState.VERIFY_ONLY
    reconciled(rotated + TOKENS_ARE_OVER)
    assert (key(1).state, key(1).retired_at) == (KeyState.RETIRED, rotated + TOKENS_ARE_OVER)
    assert key(1).public_jwk, "a key that is retired stays for the record"


def test_each_step_of_a_life_is_on_the_audit_log_with_its_time(made: datetime) -> None:
    times = [made, made + PERIOD, made + PERIOD + SIGNERS_HEAR, made + PERIOD + TOKENS_ARE_OVER]
    for time in times[1:]:
        reconciled(time)
    assert told(key(1)) == [
        (Action.KEY_CREATED, times[0]),
        (Action.KEY_PUBLISHED, times[0]),
        (Action.KEY_ACTIVATED, times[0]),
        (Action.KEY_DEACTIVATED, times[1]),
        (Action.KEY_MATERIAL_DESTROYED, times[2]),
        (Action.KEY_RETIRED, times[3]),
    ]


def test_what_a_key_was_late_to_sign_keeps_it_verifying(made: datetime) -> None:
    """A process that heard late of the rotation went on with the old key for ten minutes."""
    late = made + PERIOD + timedelta(minutes=10)
    KeyUsage.objects.create(key=key(1), last_expires_at=late + timedelta(seconds=900))
    for time in (made + PERIOD, made + PERIOD + SIGNERS_HEAR, made + PERIOD + TOKENS_ARE_OVER):
        reconciled(time)
    assert key(1).state == KeyState.VERIFY_ONLY
    reconciled(late + timedelta(seconds=900 + 60 + 300))
    assert key(1).state == KeyState.RETIRED


def test_a_worker_that_was_away_for_months_catches_up(made: datetime) -> None:
    back = made + timedelta(days=200)
    reconciled(back)
    assert states() == {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}
    assert key(2).activated_at == key(3).published_at == back
    reconciled(back + PERIOD)
    assert states()[1] == KeyState.RETIRED


def test_a_key_that_was_asked_to_rotate_waits_until_clients_can_have_the_next(made: datetime) -> None:
    asked = made + timedelta(minutes=1)
    SigningKey.objects.filter(pk=key(1).pk).update(rotation_requested_at=asked)
    reconciled(made + LEAD - MOMENT)
    assert states()[1] == KeyState.ACTIVE
    reconciled(made + LEAD)
    assert states() == {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}


def test_a_run_with_nothing_to_do_changes_nothing(made: datetime) -> None:
    for time in (made, made + timedelta(hours=5), made + timedelta(hours=5)):
        before = everything()
        assert reconciled(time) == {}
        assert everything() == before


def test_nothing_due_takes_no_lock_and_writes_nothing(
    made: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(30) as queries:
        reconciled(made)
    for query in queries.captured_queries:
        assert query["sql"].startswith("SELECT"), query["sql"]
        assert "advisory" not in query["sql"]


def test_the_console_s_key_rotates_as_soon_as_its_own_processes_can_know_the_next(made: datetime) -> None:
    reconciled(made + PERIOD)
    console = states(KeyPurpose.DOWNLOAD_TOKEN, "")
    assert console == {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}


# --- another algorithm --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", DEVICES_ALGORITHMS)
def test_an_algorithm_changes_with_overlap(wanted: Algorithm, now: datetime) -> None:
    first = Algorithm.ES384 if wanted is Algorithm.ES256 else Algorithm.ES256
    TokenProfile.objects.create(app_id=CLINIC, algorithm=first, created_at=now)
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    reconciled(now)
    asked = now + timedelta(days=3)
    profile_change(app_id=CLINIC, algorithm=wanted, actor=SYSTEM, now=asked)
    reconciled(asked)
    assert states() == {1: KeyState.ACTIVE, 2: KeyState.DESTROYED, 3: KeyState.PREPUBLISHED}
    assert (key(2).sealed_private, key(3).algorithm) == ("", wanted)
    reconciled(asked + LEAD - MOMENT)
    assert release_signer(CLINIC).algorithm is first
    old = token_of(CLINIC, asked + LEAD - MOMENT)
    reconciled(asked + LEAD)
    new = token_of(CLINIC, asked + LEAD)
    assert release_signer(CLINIC).algorithm is wanted
    assert states()[1] == KeyState.VERIFY_ONLY
    assert is_good(old, asked + LEAD)
    assert is_good(new, asked + LEAD)
    assert key(4).algorithm == wanted, "the one after it has it too"


def test_who_changes_their_mind_gets_the_old_algorithm_without_a_gap(made: datetime) -> None:
    for number, algorithm in enumerate((Algorithm.RS256, Algorithm.ES256), start=1):
        profile_change(app_id=CLINIC, algorithm=algorithm, actor=SYSTEM, now=made + timedelta(minutes=number))
        reconciled(made + timedelta(minutes=number))
    assert states() == {
        1: KeyState.ACTIVE,
        2: KeyState.DESTROYED,
        3: KeyState.DESTROYED,
        4: KeyState.PREPUBLISHED,
    }
    assert [action for action, _ in told(key(3))] == [
        Action.KEY_CREATED,
        Action.KEY_PUBLISHED,
        Action.KEY_DESTROYED,
    ]


# --- purposes of their own ----------------------------------------------------------------------------


def test_keys_for_a_back_end_are_made_when_the_profile_asks_and_go_on_when_it_stops(made: datetime) -> None:
    assert states(KeyPurpose.BACKEND_TOKEN) == {}
    profile_change(app_id=CLINIC, issues_backend_tokens=True, actor=SYSTEM, now=made)
    reconciled(made)
    assert states(KeyPurpose.BACKEND_TOKEN) == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
    assert {key(epoch, KeyPurpose.BACKEND_TOKEN).algorithm for epoch in (1, 2)} == {Algorithm.HS256}
    profile_change(app_id=CLINIC, issues_backend_tokens=False, actor=SYSTEM, now=made)
    reconciled(made + PERIOD)
    assert states(KeyPurpose.BACKEND_TOKEN)[1] == KeyState.VERIFY_ONLY


def test_a_secret_stays_as_long_as_it_has_to_verify_and_goes_then(made: datetime) -> None:
    profile_change(app_id=CLINIC, issues_backend_tokens=True, actor=SYSTEM, now=made)
    reconciled(made)
    rotated = made + PERIOD
    for time in (rotated, rotated + SIGNERS_HEAR, rotated + TOKENS_ARE_OVER - MOMENT):
        reconciled(time)
        assert key(1, KeyPurpose.BACKEND_TOKEN).sealed_private
    reconciled(rotated + TOKENS_ARE_OVER)
    spent = key(1, KeyPurpose.BACKEND_TOKEN)
    assert (spent.state, spent.sealed_private) == (KeyState.RETIRED, "")


def test_a_trust_key_takes_over_only_once_a_delegation_names_it(made: datetime) -> None:
    root = key(1, KeyPurpose.ROOT)
    assert delegated_kids(CLINIC) == tuple(key(epoch, KeyPurpose.TRUST).key_id for epoch in (1, 2))
    # Half a year in, the delegation is taken back, and the root doesn't sign another.
    documents_void(signer_kids=[root.key_id])
    sealed, root.sealed_private = root.sealed_private, "v1.gone.gone"
    root.save()
    assert set(reconciled(made + TRUST_PERIOD)) == {f"trust chain {CLINIC}"}
    assert states(KeyPurpose.TRUST) == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
    assert "delegation_void" in trust_standing(CLINIC, made + TRUST_PERIOD).problems
    SigningKey.objects.filter(pk=root.pk).update(sealed_private=sealed)
    chain_ensure(app_id=CLINIC, now=made + TRUST_PERIOD)
    assert reconciled(made + TRUST_PERIOD) == {}
    assert states(KeyPurpose.TRUST) == {
        1: KeyState.VERIFY_ONLY,
        2: KeyState.ACTIVE,
        3: KeyState.PREPUBLISHED,
    }
    assert delegated_kids(CLINIC) == tuple(key(epoch, KeyPurpose.TRUST).key_id for epoch in (2, 3))


def test_a_root_is_never_rotated_by_time(made: datetime) -> None:
    for years in range(1, 5):
        reconciled(made + timedelta(days=365 * years))
    assert states(KeyPurpose.ROOT) == {1: KeyState.ACTIVE}


# --- a backend that fails -----------------------------------------------------------------------------


class Remote(LocalKeyBackend):
    """Stands for a place outside the database: it keeps what it made by token, and can be away."""

    name: ClassVar[str] = "pkcs11"
    trouble: ClassVar[str] = ""
    made: ClassVar[dict[str, CreatedKey]] = {}
    destroyed: ClassVar[set[str]] = set()

    def create(self, owner: KeyOwner, *, token: str) -> CreatedKey:
        self._reach()
        if token not in self.made:
            self.made[token] = super().create(owner, token=token)
        return self.made[token]

    def destroy(self, stored: StoredKey) -> None:
        self._reach()
        self.destroyed.add(stored.token)

    def _reach(self) -> None:
        if self.trouble:
            raise KeyUnavailableError(self.trouble)


@pytest.fixture
def remote(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> type[Remote]:
    """Keys of tokens live elsewhere."""
    settings.KEY_BACKEND_TOKENS = Remote.name
    monkeypatch.setitem(backends._BACKENDS, Remote.name, Remote)
    for name, empty in (("trouble", ""), ("made", {}), ("destroyed", set())):
        monkeypatch.setattr(Remote, name, empty)
    return Remote


@pytest.mark.django_db
def test_a_backend_that_is_away_is_noted_once_and_keeps_nobody_else_back(
    remote: type[Remote], now: datetime
) -> None:
    TokenProfile.objects.create(app_id=CLINIC, created_at=now)
    TokenProfile.objects.create(app_id="com.example.bank", created_at=now)
    remote.trouble = "No HSM answers."
    for _ in range(3):
        failures = reconciled(now)
        for app_id in (CLINIC, "com.example.bank"):
            assert failures.pop(f"release_token {app_id}") == "No HSM answers."
            assert "keys: 0 items" in failures.pop(f"trust chain {app_id}"), "nothing to say to clients yet"
        assert failures == {}
    assert states() == {1: KeyState.GENERATING}
    assert key(1).failure == "No HSM answers."
    assert [action for action, _ in told(key(1))] == [Action.KEY_FAILED]
    assert states(KeyPurpose.TRUST) == states(KeyPurpose.DOWNLOAD_TOKEN, "") == FIRST
    remote.trouble = ""
    assert reconciled(now) == {}
    assert trust_standing(CLINIC, now).is_served
    assert states() == {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
    assert key(1).failure == ""


@pytest.mark.django_db
def test_another_failure_is_another_event(remote: type[Remote], now: datetime) -> None:
    TokenProfile.objects.create(app_id=CLINIC, created_at=now)
    for remote.trouble in ("No HSM answers.", "No HSM answers.", "The HSM is full.", "No HSM answers."):
        reconciled(now)
    events = AuditEvent.objects.filter(action=Action.KEY_FAILED, object_id=str(key(1).pk))
    failures = [event.detail["failure"] for event in events.order_by("number")]
    assert failures == ["No HSM answers.", "The HSM is full.", "No HSM answers."]


@pytest.mark.django_db
def test_a_key_is_made_once_though_its_maker_died_before_writing_it_down(
    remote: type[Remote], now: datetime
) -> None:
    profile = TokenProfile.objects.create(app_id=CLINIC, created_at=now)
    for call in range(6):
        with dying_at(call), pytest.raises(Crash):
            app_reconcile(profile, actor=SYSTEM, now=now)
    assert reconciled(now) == {}
    rows = SigningKey.objects.filter(purpose=KeyPurpose.RELEASE_TOKEN)
    assert {str(row.pk): row.kid for row in rows} == {token: made.kid for token, made in remote.made.items()}


@pytest.mark.django_db
def test_material_that_cannot_be_destroyed_now_is_destroyed_later(
    remote: type[Remote], now: datetime
) -> None:
    TokenProfile.objects.create(app_id=CLINIC, created_at=now)
    reconciled(now)
    reconciled(now + PERIOD)
    remote.trouble = "No HSM answers."
    assert set(reconciled(now + PERIOD + TOKENS_ARE_OVER)) == {f"release_token {CLINIC}"}
    assert key(1).private_destroyed_at is None
    assert key(1).state == KeyState.VERIFY_ONLY, "a key is spent only once nothing private is left"
    remote.trouble = ""
    later = now + PERIOD + 2 * TOKENS_ARE_OVER
    assert reconciled(later) == {}
    assert (key(1).state, key(1).private_destroyed_at) == (KeyState.RETIRED, later)
    assert str(key(1).pk) in remote.destroyed


@pytest.mark.django_db
def test_the_active_key_goes_on_while_the_next_one_cannot_be_made(
    remote: type[Remote], now: datetime
) -> None:
    TokenProfile.objects.create(app_id=CLINIC, created_at=now)
    reconciled(now)
    remote.trouble = "No HSM answers."
    assert reconciled(now + PERIOD)
    assert states() == {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.GENERATING}
    remote.trouble = ""
    reconciled(now + PERIOD + timedelta(days=1))
    assert key(3).published_at == now + PERIOD + timedelta(days=1), "it's out from when it was made"


# --- a worker that dies -------------------------------------------------------------------------------

# What the log says last of a key's state is what its row says.
STATE_OF = {
    Action.KEY_PUBLISHED: KeyState.PREPUBLISHED,
    Action.KEY_ACTIVATED: KeyState.ACTIVE,
    Action.KEY_DEACTIVATED: KeyState.VERIFY_ONLY,
    Action.KEY_RETIRED: KeyState.RETIRED,
    Action.KEY_DESTROYED: KeyState.DESTROYED,
}


def nothing_is_half_done() -> None:
    for row in SigningKey.objects.all():
        entered = [STATE_OF[Action(action)] for action, _ in told(row) if action in STATE_OF]
        assert row.state == (entered[-1] if entered else KeyState.GENERATING)
        has_lost_it = Action.KEY_MATERIAL_DESTROYED in {action for action, _ in told(row)}
        assert has_lost_it == (row.private_destroyed_at is not None and row.state != KeyState.DESTROYED)
        assert bool(row.sealed_private) == (row.kid is not None and row.private_destroyed_at is None)
    for document in TrustDocument.objects.all():
        assert SigningKey.objects.filter(kid=document.signer_kid).exists()
        signed = AuditEvent.objects.filter(object_type="trust_document", object_id=str(document.pk))
        assert document.version in [event.detail["version"] for event in signed]


def standing() -> tuple[dict[int, str], ...]:
    purposes = (KeyPurpose.RELEASE_TOKEN, KeyPurpose.TRUST, KeyPurpose.ROOT)
    return (*(states(purpose) for purpose in purposes), states(KeyPurpose.DOWNLOAD_TOKEN, ""))


FIRST = {1: KeyState.ACTIVE, 2: KeyState.PREPUBLISHED}
ROTATED = {1: KeyState.VERIFY_ONLY, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}
OVER = {1: KeyState.RETIRED, 2: KeyState.ACTIVE, 3: KeyState.PREPUBLISHED}


def _first(now: datetime) -> datetime:
    return now


def _rotation(now: datetime) -> datetime:
    reconciled(now)
    return now + PERIOD


def _ending(now: datetime) -> datetime:
    reconciled(now)
    reconciled(now + PERIOD)
    return now + PERIOD + TOKENS_ARE_OVER


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("until", "expected"),
    [
        pytest.param(_first, FIRST, id="first keys"),
        pytest.param(_rotation, ROTATED, id="rotation"),
        pytest.param(_ending, OVER, id="end"),
    ],
)
def test_whatever_write_a_worker_dies_at_the_next_one_completes_it(
    until: Callable[[datetime], datetime], expected: dict[int, str], now: datetime
) -> None:
    """Each worker dies one write later than the one before, until one gets through."""
    TokenProfile.objects.create(app_id=CLINIC, created_at=now)
    due = until(now)
    for call in itertools.count():
        try:
            with dying_at(call):
                reconciled(due)
        except Crash:
            nothing_is_half_done()
        else:
            break
    assert call > 4, "the work has many writes to die at"
    nothing_is_half_done()
    assert standing() == (expected, FIRST, {1: KeyState.ACTIVE}, expected)
    assert trust_standing(CLINIC, due).problems == ()
