"""The life of one key as pages and consequences look at it: its state, and every date that it passed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from signing.domain.cryptoperiod import KeyRules
from signing.domain.lifecycle import KeyPurpose, KeyState


@dataclass(frozen=True, slots=True)
class KeyLife:
    """One key; nothing in it is secret.

    Attributes:
        is_local: Its private half rests in this console's database, so that backups hold it too.
        issued: How many tokens it signed, as far as they have been counted.
        last_expires_at: Latest `exp` that it is known to have signed.
    """

    key_id: UUID
    kid: str
    purpose: KeyPurpose
    app_id: str
    algorithm: str
    state: KeyState
    is_local: bool = True
    published_at: datetime | None = None
    activated_at: datetime | None = None
    deactivated_at: datetime | None = None
    retired_at: datetime | None = None
    suspended_at: datetime | None = None
    revoked_at: datetime | None = None
    destroyed_at: datetime | None = None
    rotation_requested_at: datetime | None = None
    issued: int = 0
    last_expires_at: datetime | None = None

    @property
    def signed_until(self) -> datetime | None:
        """When it stopped signing; None: it signs, or never did."""
        if self.activated_at is None:
            return None
        ends = (self.deactivated_at, self.suspended_at, self.revoked_at, self.destroyed_at)
        return min((end for end in ends if end is not None), default=None)


def takeover_at(
    active: KeyLife | None, upcoming: KeyLife | None, *, rules: KeyRules, wanted: str, now: datetime
) -> datetime | None:
    """Say when the next key will sign, as things are; None: no key is known to follow.

    Args:
        active: The key that signs.
        upcoming: The key in waiting.
        rules: Their cryptoperiod.
        wanted: The algorithm that the app wants.
        now: The time to judge by.
    """
    if upcoming is None or upcoming.published_at is None:
        return None
    if active is None or active.activated_at is None:
        return now
    known = rules.may_sign_from(upcoming.published_at)
    if active.rotation_requested_at is not None or active.algorithm != wanted:
        return max(known, now)
    due = rules.rotation_due_at(active.activated_at)
    return None if due is None else max(known, due, now)
