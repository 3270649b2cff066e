"""Keys under time, caches, crashes and several workers: what must always hold, tried in thousands of orders.

The reconciler and the emergency services are the real ones, on the real database. Around them stand a CDN
that caches the published set for as long as it may, clients that look as rarely as they may, and signing
processes that hear of changes as late as they may. `ROTATION_EXAMPLES=300` tries it for longer.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import PUBLISHED_STATES, VERIFYING_STATES, KeyPurpose, KeyState
from signing.models import KeyUsage, SigningKey
from signing.services import reconcile
from signing.services.key_rows import keys_lock
from signing.services.operations import lifecycle
from signing.services.operations.confirmed import Confirmed
from signing.services.rules import key_rules
from tests.integration.signing.conftest import CLINIC
from tests.support.dying import Crash, dying_at
from tests.support.people import person

RULES = key_rules(KeyPurpose.RELEASE_TOKEN)
# Spelled out, so that a wrong rule doesn't judge itself: C + R + S.
LEAD = timedelta(seconds=300 + 3600 + 60)
TOKEN_LIFE = timedelta(seconds=django_settings.TOKEN_LIFETIME)


@dataclass
class Client:
    kids: frozenset[str] = frozenset()
    looked_at: datetime | None = None


@dataclass
class Signer:
    kid: str | None = None
    heard_at: datetime | None = None


@dataclass
class Token:
    kid: str
    issued_at: datetime
    expires_at: datetime


@dataclass
class World:
    """Everything outside the database."""

    now: datetime
    cdn: frozenset[str] = frozenset()
    cdn_at: datetime | None = None
    clients: list[Client] = field(default_factory=lambda: [Client(), Client()])
    signers: list[Signer] = field(default_factory=lambda: [Signer(), Signer()])
    tokens: list[Token] = field(default_factory=list)
    # Keys that signed as the first, or after an emergency: the stated exceptions.
    excepted: set[str] = field(default_factory=set)
    active_before: frozenset[str] = frozenset()


def keys(*states: KeyState) -> list[SigningKey]:
    rows = SigningKey.objects.filter(app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN)
    return list(rows.filter(state__in=states) if states else rows)


def kids(*states: KeyState) -> frozenset[str]:
    return frozenset(key.key_id for key in keys(*states))


class Rotation(RuleBasedStateMachine):
    user: User
    start: datetime

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.savepoint()
        self.world = World(self.start)
        self.algorithm = Algorithm.ES256
        self.errands: list[Any] = []
        self._reconcile()
        self._time_passes(timedelta(0))

    def teardown(self) -> None:
        transaction.savepoint_rollback(self._savepoint)

    @property
    def owner(self) -> KeyOwner:
        return KeyOwner(KeyPurpose.RELEASE_TOKEN, CLINIC, self.algorithm)

    # --- what happens -----------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 4, 15, 59, 67, 24 * 60, 5 * 24 * 60, 29 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self._time_passes(timedelta(minutes=minutes))

    @rule()
    def a_worker_reconciles(self) -> None:
        self._reconcile()

    @rule(call=st.integers(0, 6))
    def a_worker_dies(self, call: int) -> None:
        with dying_at(call):
            try:
                self._reconcile()
            except Crash:
                return

    @rule()
    def a_worker_plans_and_pauses(self) -> None:
        """It has done its turn and holds an errand while others go on."""
        errand = reconcile._turn(self.owner, SYSTEM, self.world.now)
        if errand is not None:
            self.errands.append((errand, self.owner))
        self._note_exceptions()

    @precondition(lambda self: self.errands)
    @rule()
    def the_paused_worker_goes_on(self) -> None:
        errand, owner = self.errands.pop()
        reconcile._errand_run(errand, owner, SYSTEM, self.world.now)
        self._note_exceptions()

    @rule(process=st.integers(0, 1), is_counted=st.booleans())
    def a_process_signs(self, *, process: int, is_counted: bool) -> None:
        world, signer = self.world, self.world.signers[process]
        is_late = signer.heard_at is None or world.now - signer.heard_at >= RULES.signer_cache
        if process == 0 or is_late:
            signer.kid = next(iter(kids(KeyState.ACTIVE)), None)
            signer.heard_at = world.now
        if signer.kid is None:
            return
        key = SigningKey.objects.get(kid=signer.kid)
        assert key.activated_at is not None
        signs_until = RULES.signs_until(key.activated_at)
        assert signs_until is not None
        if world.now > signs_until:
            return  # it stops by itself
        token = Token(signer.kid, world.now, world.now + TOKEN_LIFE)
        world.tokens.append(token)
        if is_counted:
            KeyUsage.objects.update_or_create(key=key, defaults={"last_expires_at": token.expires_at})
        self._new_token_is_known_to_clients(token)

    @rule(state=st.sampled_from([KeyState.SUSPENDED, KeyState.COMPROMISED]), pick=st.integers(0, 3))
    def somebody_pulls_a_key(self, state: KeyState, pick: int) -> None:
        candidates = keys(KeyState.ACTIVE, KeyState.VERIFY_ONLY)
        if not candidates:
            return
        with transaction.atomic():
            rows = keys_lock(KeyPurpose.RELEASE_TOKEN, CLINIC)
            key = next(row for row in rows if row.pk == candidates[pick % len(candidates)].pk)
            action = Action.KEY_SUSPENDED if state is KeyState.SUSPENDED else Action.KEY_REVOKED
            lifecycle._leave(Confirmed(key, rows, self.user), state, action, self.world.now)
        for signer in self.world.signers:  # an emergency waits for every process, a few seconds
            signer.heard_at = None
        self._note_exceptions(emergency=True)

    @rule(algorithm=st.sampled_from([Algorithm.ES256, Algorithm.ES384]))
    def the_app_wants_another_algorithm(self, algorithm: Algorithm) -> None:
        self.algorithm = algorithm

    @rule()
    def somebody_asks_for_a_rotation(self) -> None:
        SigningKey.objects.filter(pk__in=[key.pk for key in keys(KeyState.ACTIVE)]).update(
            rotation_requested_at=self.world.now
        )
        self._reconcile()

    # --- what must hold ---------------------------------------------------------------------------------

    @invariant()
    def the_promises_hold(self) -> None:
        rows = keys()  # read once: five checks of the same moment
        by_state = {state: {row.key_id for row in rows if row.state == state} for state in KeyState}
        self._never_are_two_keys_active_or_waiting(rows)
        self._every_living_token_verifies_with_the_published_set(by_state)
        self._nothing_private_is_left_where_nothing_signs(rows)
        self._a_key_signs_only_after_it_was_out_for_long_enough(rows)

    def _never_are_two_keys_active_or_waiting(self, rows: list[SigningKey]) -> None:
        for state in (KeyState.ACTIVE, KeyState.PREPUBLISHED, KeyState.GENERATING):
            assert sum(row.state == state for row in rows) <= 1

    def _every_living_token_verifies_with_the_published_set(self, kids: dict[KeyState, set[str]]) -> None:
        pulled = kids[KeyState.SUSPENDED] | kids[KeyState.COMPROMISED]
        published = set().union(*(kids[state] for state in PUBLISHED_STATES))
        verifying = set().union(*(kids[state] for state in VERIFYING_STATES))
        assert not pulled & published
        for token in self.world.tokens:
            if token.expires_at > self.world.now and token.kid not in pulled:
                assert token.kid in published & verifying

    def _nothing_private_is_left_where_nothing_signs(self, rows: list[SigningKey]) -> None:
        for key in rows:
            if key.state in {KeyState.RETIRED, KeyState.DESTROYED}:
                assert key.sealed_private == ""

    def _a_key_signs_only_after_it_was_out_for_long_enough(self, rows: list[SigningKey]) -> None:
        for key in rows:
            if key.activated_at and key.published_at and key.key_id not in self.world.excepted:
                assert key.activated_at >= key.published_at + LEAD

    # --- the machinery ----------------------------------------------------------------------------------

    def _reconcile(self) -> None:
        try:
            reconcile.owner_reconcile(self.owner, now=self.world.now)
        finally:
            self._note_exceptions()

    def _note_exceptions(self, *, emergency: bool = False) -> None:
        """Whoever signs although no active key was there before is the first, or follows an emergency."""
        active = kids(KeyState.ACTIVE)
        if emergency or not self.world.active_before:
            self.world.excepted |= active
        self.world.active_before = active

    def _new_token_is_known_to_clients(self, token: Token) -> None:
        if token.kid not in self.world.excepted:
            for client in self.world.clients:
                assert token.kid in client.kids, "a client was given a token whose key it can't have"

    def _time_passes(self, passing: timedelta) -> None:
        """Step by step at the end, so that caches and clients do what they must, and no sooner."""
        world, until = self.world, self.world.now + passing
        self._caches_expire()
        world.now = max(world.now, until - 2 * LEAD)
        while world.now < until:
            self._caches_expire()
            world.now = min(until, world.now + timedelta(minutes=2))
        self._caches_expire()

    def _caches_expire(self) -> None:
        world = self.world
        if world.cdn_at is None or world.now - world.cdn_at >= timedelta(seconds=300 - 120):
            world.cdn, world.cdn_at = kids(*PUBLISHED_STATES), world.now
        for client in world.clients:
            if client.looked_at is None or world.now - client.looked_at >= timedelta(seconds=3600):
                client.kids, client.looked_at = world.cdn, world.now


@pytest.mark.django_db
def test_keys_under_time_caches_crashes_and_workers(now: datetime) -> None:
    Rotation.user = person("kai")
    Rotation.start = now.replace(microsecond=0)
    run_state_machine_as_test(
        Rotation,
        settings=settings(
            max_examples=int(os.environ.get("ROTATION_EXAMPLES", "25")),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
