"""Counting failed attempts in the database: it survives restarts, and every process counts in the same place.

An attempt is counted as failed before it's looked at, and taken off when it was right: of a hundred at once
no more are looked at than of a hundred one after the other.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn

from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from accounts.domain.throttling import LIMITS, MOST_IN_A_ROW, Scope, Source
from accounts.errors import ThrottledError
from accounts.models import FailedAttempts, TOTPAuthenticator, User
from releaseconsole.kernel import clock

_KEPT: Final = timedelta(days=2)  # longer than anything is remembered of who doesn't exist
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """One place in which a failure counts."""

    scope: Scope
    key: str
    person: User | None = None


def password_places(*, email: str, person: User | None, source: Source) -> list[Place]:
    """Name the places in which an attempt at a password counts.

    Args:
        email: As typed; counts as an account whether it is one or not.
        person: Whose address it is.
        source: Whence.
    """
    # Nobody has an address beyond ASCII: all of those are one account, that of nobody.
    account = email.strip().lower() if email.isascii() else ""
    browser = source.browsers.get(str(person.pk), "") if person else ""
    who = _place(Scope.KNOWN_BROWSER if browser else Scope.STRANGERS, account, browser, person=person)
    here = _place(Scope.ACCOUNT_AT_ADDRESS, account, source.network, person=person)
    # Whoever guesses from the same office mustn't keep colleagues out of browsers that they have been in.
    return [here, who] if browser else [_place(Scope.ADDRESS, source.network), here, who]


def letter_places(*, source: Source) -> list[Place]:
    """Name the place in which the wish for a letter counts."""
    return [_place(Scope.LETTERS, source.network)]


def failure_has_room(*, source: Source) -> bool:
    """Count a failure that cost nobody a wait; say whether the audit log still has room for those from there.

    Whoever comes with a passkey, or from the identity provider, isn't held up by what strangers at their
    address do. But the audit log forgets nothing, so no address writes on it as fast as it likes.
    """
    try:
        attempt_begin([_place(Scope.ADDRESS, source.network)])
    except ThrottledError:
        return False
    return True


def attempt_begin(places: Sequence[Place]) -> None:
    """Let an attempt through, counted as a failure until `attempt_succeeded`.

    Raises:
        ThrottledError: It has to wait, or nothing is tried here any more.
    """
    now = clock.now()
    with transaction.atomic(durable=True):
        rows = _locked(places, now)
        for place in places:
            row = rows[place.key]
            row.failures = LIMITS[place.scope].standing(failures=row.failures, last_at=row.last_at, now=now)
            opens_at = LIMITS[place.scope].opens_at(failures=row.failures, last_at=row.last_at)
            if opens_at is None or now < opens_at:
                _throttled(place.scope, opens_at, now)
        for row in rows.values():
            row.failures, row.last_at = row.failures + 1, now
            row.save(update_fields=["failures", "last_at"])


def attempt_succeeded(places: Sequence[Place]) -> None:
    """Take the attempt off; what failed before at this account from this address is forgiven."""
    keys = {scope: [place.key for place in places if place.scope is scope] for scope in Scope}
    with transaction.atomic():
        FailedAttempts.objects.filter(key__in=keys[Scope.ACCOUNT_AT_ADDRESS]).delete()
        others = [place.key for place in places if place.scope is not Scope.ACCOUNT_AT_ADDRESS]
        FailedAttempts.objects.filter(key__in=others, failures__gt=0).update(failures=F("failures") - 1)


def attempts_forgive(person: User) -> None:
    """Begin to count anew for somebody who has passed both factors, or has a new password."""
    FailedAttempts.objects.filter(person=person).delete()


def codes_forgive(person: User) -> None:
    """Begin to count wrong codes anew for who has just proved a second factor; a mailbox alone never does."""
    TOTPAuthenticator.objects.filter(user=person).update(
        throttling_failure_count=0, throttling_failure_timestamp=None
    )


def attempts_forget() -> int:
    """Drop what is remembered of addresses, and of accounts that don't exist.

    Not of one that guessing has ended: that lasts for those that exist, and the two must look alike.
    """
    old = FailedAttempts.objects.filter(person=None, last_at__lt=clock.now() - _KEPT)
    ended = Q(scope=Scope.STRANGERS.value, failures__gte=MOST_IN_A_ROW)
    return old.exclude(ended).delete()[0]


def _place(scope: Scope, *parts: str, person: User | None = None) -> Place:
    key = salted_hmac(f"accounts.throttle.{scope.value}", "\n".join(parts), algorithm="sha256").hexdigest()
    return Place(scope=scope, key=key, person=person)


def _locked(places: Sequence[Place], now: datetime) -> dict[str, FailedAttempts]:
    """Lock the rows in one order, so that two attempts at once don't wait for each other for ever."""
    FailedAttempts.objects.bulk_create(
        [
            FailedAttempts(key=place.key, scope=place.scope.value, person=place.person, last_at=now)
            for place in sorted(places, key=lambda place: place.key)
        ],
        ignore_conflicts=True,
    )
    keys = [place.key for place in places]
    return {
        row.key: row
        for row in FailedAttempts.objects.select_for_update().filter(key__in=keys).order_by("key")
    }


def _throttled(scope: Scope, opens_at: datetime | None, now: datetime) -> NoReturn:
    _log.warning("An attempt was throttled: %s.", scope.value)
    if opens_at is None:
        raise ThrottledError(
            "Too many attempts at this account failed in a row. Sign in from a browser that was used before, "
            "or set a new password by mail."
        )
    seconds = max(1, round((opens_at - now).total_seconds()))
    wait = f"{seconds} seconds" if seconds < 100 else f"{seconds // 60 + 1} minutes"  # noqa: PLR2004 (words)
    raise ThrottledError(f"Too many attempts failed. Wait {wait} before the next one.")
