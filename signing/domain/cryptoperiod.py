"""When a key may do what (SP 800-57 part 1, section 5.3; docs/key-life.md draws the timeline).

Every number is a setting; here they are arguments. The names of the classic timeline: C, how long a cache may
keep the published set; R, how often the slowest client looks; S, how far clocks may be apart; L, how long a
signing process may not have heard of a change; T, how long a token lives.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class KeyRules:
    """The cryptoperiod of one purpose.

    Attributes:
        period: From activation to the next key's; None: only people rotate it.
        grace: How much longer it may sign if nothing rotates it; then it stops by itself.
        cache: C.
        client_refresh: R.
        skew: S.
        signer_cache: L.
        token_life: T, of what it signs.
        keeps_next: Whether the next key is always made and published ahead.
        verifies_for_ever: Whether what it signs has no end, so that nothing ever retires it.
    """

    period: timedelta | None
    grace: timedelta
    cache: timedelta
    client_refresh: timedelta
    skew: timedelta
    signer_cache: timedelta
    token_life: timedelta
    keeps_next: bool = True
    verifies_for_ever: bool = False

    @property
    def lead(self) -> timedelta:
        """How long a key is published before it signs: C + R + S, longer than any client's cache."""
        return self.cache + self.client_refresh + self.skew

    def may_sign_from(self, published_at: datetime) -> datetime:
        """When every client must have had the chance to see a key published then."""
        return published_at + self.lead

    def rotation_due_at(self, activated_at: datetime) -> datetime | None:
        """When the next key takes over; None: never by itself."""
        return None if self.period is None else activated_at + self.period

    def expires_at(self, activated_at: datetime) -> datetime | None:
        """When everything that it signed must be over; None: it has no end of its own."""
        return None if self.period is None else activated_at + self.period + self.grace

    def signs_until(self, activated_at: datetime) -> datetime | None:
        """When it must stop, so that it never signs what it can't outlive."""
        expires = self.expires_at(activated_at)
        return None if expires is None else expires - self.token_life

    def private_kept_until(self, deactivated_at: datetime) -> datetime:
        """When no process can be signing with it any more, so that its private half is destroyed."""
        return deactivated_at + self.signer_cache + self.skew

    def verifies_until(self, deactivated_at: datetime, last_expires_at: datetime | None) -> datetime | None:
        """When nothing that it signed can be alive, by what it really signed and by what it may have.

        A process that hears late of a rotation signs longer than it should: what was recorded counts too.
        None: what it signed never ends.
        """
        if self.verifies_for_ever:
            return None
        planned = deactivated_at + self.signer_cache + self.token_life
        return max(planned, last_expires_at or planned) + self.skew + self.cache
