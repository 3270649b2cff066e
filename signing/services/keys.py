"""Which keys there have to be: for the console, and for every app by its token profile."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Actor
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends.local import LocalKeyBackend
from signing.domain.key_owner import DEFAULT_ALGORITHM, KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey, TokenProfile
from signing.services.backend_choice import backend_for
from signing.services.reconcile import owner_reconcile
from signing.services.trust import chain_ensure

_log = logging.getLogger(__name__)

_DOWNLOADS, _CHECKPOINTS = (
    KeyOwner(purpose, "", DEFAULT_ALGORITHM[purpose])
    for purpose in (KeyPurpose.DOWNLOAD_TOKEN, KeyPurpose.CHECKPOINT)
)


@dataclass(slots=True)
class Reconciliation:
    """What one run came to: turns that changed something, and what couldn't be done, by owner."""

    turns: int = 0
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Reconciliation") -> None:
        """Count another run's results in."""
        self.turns += other.turns
        self.failures |= other.failures


def app_keys_ensure(*, app_id: str, actor: Actor, now: datetime) -> None:
    """Give an app its token profile and its first keys, unless it has had them.

    The key that signs its decisions is made in the caller's transaction where keys are local, so that an app
    is never without one; all else follows on commit, and by the reconciler where that fails.
    """
    profile, _ = TokenProfile.objects.get_or_create(app_id=app_id, defaults={"created_at": now})
    if backend_for(KeyPurpose.RELEASE_TOKEN) == LocalKeyBackend.name:
        owner_reconcile(_owner(KeyPurpose.RELEASE_TOKEN, profile), actor=actor, now=now)
    transaction.on_commit(lambda: _app_reconcile_on_commit(app_id, actor, now), robust=True)


def console_keys_ensure(*, now: datetime) -> None:
    """Give the console its own keys.

    One that is made in an HSM or KMS which doesn't answer is made by the reconciler later: the console starts
    all the same.

    Raises:
        KeyUnavailableError: There is no KEK to seal the local ones under, so nothing here would work.
    """
    _owners_reconcile([_CHECKPOINTS], SYSTEM, now)
    owner_reconcile(_DOWNLOADS, now=now)


def keys_reconcile(*, now: datetime) -> Reconciliation:
    """Do all that is due for all keys; what fails for one owner leaves the others alone."""
    result = console_reconcile(actor=SYSTEM, now=now)
    for profile in TokenProfile.objects.order_by("app_id"):
        result.add(app_reconcile(profile, actor=SYSTEM, now=now))
    return result


def console_reconcile(*, actor: Actor, now: datetime) -> Reconciliation:
    """Do all that is due for the console's own keys."""
    # Checkpoints first: with the others' activation the log is signed.
    return _owners_reconcile([_CHECKPOINTS, _DOWNLOADS], actor, now)


def app_reconcile(profile: TokenProfile, *, actor: Actor, now: datetime) -> Reconciliation:
    """Do all that is due for the keys of one app, then for the documents that rest on them."""
    result = _owners_reconcile(_owners(profile), actor, now)
    with _failures_noted(f"trust chain {profile.app_id}", result):
        chain_ensure(app_id=profile.app_id, now=now, actor=actor)
    return result


def _owners_reconcile(owners: Iterable[KeyOwner], actor: Actor, now: datetime) -> Reconciliation:
    result = Reconciliation()
    for owner in owners:
        with _failures_noted(f"{owner.purpose.value} {owner.app_id or 'console'}", result):
            result.turns += owner_reconcile(owner, actor=actor, now=now)
    return result


@contextmanager
def _failures_noted(name: str, result: Reconciliation) -> Iterator[None]:
    """Let what can't be done now be done the next time, and the rest be done now.

    Yields:
        Nothing.
    """
    try:
        yield
    except ConsoleError as exc:
        result.failures[name] = exc.message
        _log.error("Keys, %s: %s", name, exc.message)


def _owners(profile: TokenProfile) -> list[KeyOwner]:
    """Say whose keys an app has; the chain of trust first, since the rest is published through it."""
    purposes = [KeyPurpose.ROOT, KeyPurpose.TRUST, KeyPurpose.RELEASE_TOKEN]
    if profile.root_is_offline and not _has_keys(KeyPurpose.ROOT, profile.app_id, state=KeyState.ACTIVE):
        purposes.remove(KeyPurpose.ROOT)  # none is made here; but what is left of an online one has to go
    if profile.issues_backend_tokens or _has_keys(KeyPurpose.BACKEND_TOKEN, profile.app_id):
        purposes.append(KeyPurpose.BACKEND_TOKEN)
    return [_owner(purpose, profile) for purpose in purposes]


def _owner(purpose: KeyPurpose, profile: TokenProfile) -> KeyOwner:
    chosen = {
        KeyPurpose.RELEASE_TOKEN: profile.algorithm,
        KeyPurpose.BACKEND_TOKEN: profile.backend_algorithm,
    }
    return KeyOwner(purpose, profile.app_id, Algorithm(chosen.get(purpose, DEFAULT_ALGORITHM[purpose])))


def _has_keys(purpose: KeyPurpose, app_id: str, **narrowed: KeyState) -> bool:
    return SigningKey.objects.filter(purpose=purpose, app_id=app_id, **narrowed).exists()


def _app_reconcile_on_commit(app_id: str, actor: Actor, now: datetime) -> None:
    profile = TokenProfile.objects.filter(app_id=app_id).first()
    if profile is not None:
        app_reconcile(profile, actor=actor, now=now)
