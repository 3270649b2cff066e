"""What is due for the keys of one purpose and app: a pure function of the keys, the rules and the time.

`next_step` is asked again after each step was taken, until it says that nothing is due. It looks at levels,
not at edges: what was missed (a worker that was down, a step that failed half-way) is due until it's done.

The rules, in this order:

1. Where nothing signs, the next key does at once: the first key of all, or after an emergency. These are the
   two exceptions to rule 2.
2. The next key takes over when the period is over, when somebody asked for it, or when it has the algorithm
   that the app wants and the active one hasn't; but never before it was published for longer than any client
   caches, and never before clients can trust it.
3. A key in waiting that has another algorithm than the app wants is withdrawn: nothing was signed with it.
4. A next key is made as soon as there's none.
5. Private material goes as soon as nobody can be signing with it, a secret (HS256) as soon as nothing alive
   was signed with it; at once if it's compromised.
6. A key that nothing alive was signed with is retired; one whose signatures have no end never is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from releaseconsole.kernel.jose.algorithms import ASYMMETRIC_ALGORITHMS, Algorithm
from signing.domain.cryptoperiod import KeyRules
from signing.domain.lifecycle import KeyState


class StepKind(StrEnum):
    """What is to be done."""

    CREATE = "create"
    ACTIVATE = "activate"
    WITHDRAW = "withdraw"
    DESTROY_MATERIAL = "destroy_material"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is due; `key_id` names the key it is done to, None for one that is to be made."""

    kind: StepKind
    key_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class KeyView:
    """What a plan looks at.

    Attributes:
        has_private: Private material still exists somewhere.
        last_expires_at: Latest `exp` that it is known to have signed.
        is_trusted: Clients have a way to trust it; for trust keys: a delegation names it.
    """

    key_id: UUID
    epoch: int
    state: KeyState
    algorithm: Algorithm
    published_at: datetime | None = None
    activated_at: datetime | None = None
    deactivated_at: datetime | None = None
    rotation_requested_at: datetime | None = None
    has_private: bool = True
    last_expires_at: datetime | None = None
    is_trusted: bool = True


def next_step(
    keys: Sequence[KeyView], *, rules: KeyRules, algorithm: Algorithm, now: datetime
) -> Step | None:
    """Say what is due first; None: nothing.

    Args:
        keys: All keys of this purpose and app that aren't destroyed, in any order.
        rules: The purpose's cryptoperiod.
        algorithm: The one that the app wants.
        now: The time to judge by.
    """
    return (
        _takeover(keys, rules, algorithm, now)
        or _withdrawal(keys, algorithm)
        or _creation(keys, rules)
        or _ending(keys, rules, now)
    )


def _one(keys: Iterable[KeyView], state: KeyState) -> KeyView | None:
    return next((key for key in keys if key.state is state), None)


def _takeover(keys: Sequence[KeyView], rules: KeyRules, algorithm: Algorithm, now: datetime) -> Step | None:
    active, upcoming = _one(keys, KeyState.ACTIVE), _one(keys, KeyState.PREPUBLISHED)
    if upcoming is None or upcoming.published_at is None:
        return None
    if active is None:
        return Step(StepKind.ACTIVATE, upcoming.key_id)
    if upcoming.algorithm is not algorithm or not upcoming.is_trusted:
        return None
    if not _is_wanted(active, algorithm, rules, now) or now < rules.may_sign_from(upcoming.published_at):
        return None
    return Step(StepKind.ACTIVATE, upcoming.key_id)


def _is_wanted(active: KeyView, algorithm: Algorithm, rules: KeyRules, now: datetime) -> bool:
    due = rules.rotation_due_at(active.activated_at) if active.activated_at else None
    is_over = due is not None and now >= due
    return is_over or active.rotation_requested_at is not None or active.algorithm is not algorithm


def _withdrawal(keys: Sequence[KeyView], algorithm: Algorithm) -> Step | None:
    if _one(keys, KeyState.ACTIVE) is None:
        return None  # rather one with the old algorithm than none
    for state in (KeyState.GENERATING, KeyState.PREPUBLISHED):
        waiting = _one(keys, state)
        if waiting is not None and waiting.algorithm is not algorithm:
            return Step(StepKind.WITHDRAW, waiting.key_id)
    return None


def _creation(keys: Sequence[KeyView], rules: KeyRules) -> Step | None:
    if _one(keys, KeyState.GENERATING) or _one(keys, KeyState.PREPUBLISHED):
        return None
    if _one(keys, KeyState.ACTIVE) is None or rules.keeps_next:
        return Step(StepKind.CREATE)
    return None


def _ending(keys: Sequence[KeyView], rules: KeyRules, now: datetime) -> Step | None:
    for key in keys:
        if key.has_private and _material_is_over(key, rules, now):
            return Step(StepKind.DESTROY_MATERIAL, key.key_id)
        if key.state is KeyState.VERIFY_ONLY and not key.has_private and _is_over(key, rules, now):
            return Step(StepKind.RETIRE, key.key_id)
    return None


def _material_is_over(key: KeyView, rules: KeyRules, now: datetime) -> bool:
    if key.state is KeyState.COMPROMISED:
        return True
    if key.state is not KeyState.VERIFY_ONLY or key.deactivated_at is None:
        return False
    if key.algorithm not in ASYMMETRIC_ALGORITHMS:  # the secret is what verifies, too
        return _is_over(key, rules, now)
    return now >= rules.private_kept_until(key.deactivated_at)


def _is_over(key: KeyView, rules: KeyRules, now: datetime) -> bool:
    if key.deactivated_at is None:
        return False
    ends = rules.verifies_until(key.deactivated_at, key.last_expires_at)
    return ends is not None and now >= ends
