"""Registering the public keys to which an app's delicate tokens are encrypted (docs/token-profiles.md)."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from compliance.ledger.domain.events import Action, Actor, ActorKind
from compliance.ledger.services import audit_record
from releaseconsole.kernel.errors import NotFoundError
from releaseconsole.kernel.jose.encryption_keys import RecipientKey, recipient_key_import
from releaseconsole.redis_link import redis_client
from signing.backends.device_keys import DeviceKeys
from signing.backends.registrations import RegistrationCounter
from signing.errors import (
    ClaimValueError,
    RecipientConflictError,
    RecipientStoreError,
    RegistrationClosedError,
)
from signing.models import RecipientKey as RecipientRow
from signing.models import TokenProfile
from signing.selectors import profile_get

# How addresses name the app's own back end, which has no device id.
BACK_END: Final = "back-end"
_DEVICE_ID: Final = re.compile(r"[0-9a-z][0-9a-z._:-]{0,63}")
_AT_ONCE: Final = 1000

_log = logging.getLogger(__name__)


def recipient_register(
    *, app_id: str, device_id: str, jwk: Mapping[str, object], actor: Actor, now: datetime
) -> RecipientRow:
    """Register a key, in place of the one that was registered before; the same key again changes nothing.

    Args:
        app_id: The app.
        device_id: The device; empty for the app's back end.
        jwk: The public key, untrusted.
        actor: Whoever the app trusts to say whose key it is: its back end, by API token.
        now: When.

    Raises:
        NotFoundError: There's no such app.
        ClaimValueError: No device can have this id.
        KeyRefusedError: Not a public key to encrypt to, or a weak one.
    """
    if device_id:
        _device_id_check(device_id)
    key = recipient_key_import(jwk)
    with transaction.atomic():
        profile = _profile_lock(profile_get(app_id=app_id))
        return _register(profile, device_id, key, jwk, actor=actor, now=now, may_replace=True)


def device_recipient_register(
    *, app_id: str, device_id: str, jwk: Mapping[str, object], now: datetime
) -> RecipientRow:
    """Register a key that a device says is its own: trust on first use.

    Nobody proves that it's the device who asks. Whoever comes first with its id gets what is meant for it,
    and keeps it until the app's back end says otherwise: so a profile has to allow this.

    Raises:
        RegistrationClosedError: There's no such app, or its profile doesn't allow it.
        RecipientConflictError: Another key is registered.
        ClaimValueError: No device can have this id.
        KeyRefusedError: Not a public key to encrypt to, or a weak one.
    """
    profile = TokenProfile.objects.filter(pk=app_id, devices_may_register=True).first()
    if profile is None:
        raise RegistrationClosedError
    _device_id_check(device_id)
    key = recipient_key_import(jwk)
    # The log names actors by id, and a device's id is personal data: the event has its kid.
    device = Actor(ActorKind.ANONYMOUS)
    with transaction.atomic():
        profile = _profile_lock(profile)
        return _register(profile, device_id, key, jwk, actor=device, now=now, may_replace=False)


def registration_wait(address: str) -> int:
    """Return for how many seconds a device at this address has to wait; 0: go ahead.

    Raises:
        RecipientStoreError: Nobody can tell how many there were, so nobody registers.
    """
    number, seconds_left = RegistrationCounter(redis_client()).count(address)
    return seconds_left if number > settings.DEVICE_KEYS_PER_MINUTE else 0


def recipient_remove(*, app_id: str, device_id: str, actor: Actor, now: datetime) -> None:
    """Take a key out of use: its owner gets no encrypted token until another one is registered.

    Raises:
        NotFoundError: None is registered.
    """
    with transaction.atomic():
        profile = _profile_lock(profile_get(app_id=app_id))
        row = _current(profile, device_id)
        if row is None:
            raise NotFoundError("No key is registered for this reader.")
        _end(row, now)
        _audit(Action.RECIPIENT_REMOVED, row, actor=actor, now=now)
        _follow_after_commit(profile, device_id)


def recipients_cache_fill() -> None:
    """Bring the keys of all devices in Redis into line with the database, where their number differs.

    For the periodic reconciliation: a Redis that was emptied, or down when a key was registered, is right
    again within its period.
    """
    for app_id in TokenProfile.objects.values_list("app_id", flat=True):
        try:
            _cache_fill(app_id)
        except RecipientStoreError as exc:
            _log.warning("Devices' encryption keys can't be written to Redis: %s", exc.__cause__)
            return


def _cache_fill(app_id: str) -> None:
    cache = DeviceKeys(redis_client())
    rows = RecipientRow.objects.filter(profile=app_id, removed_at=None).exclude(device_id="")
    if cache.count(app_id) == rows.count():
        return
    # In this order: what is registered meanwhile is in the rows, and isn't taken for stale.
    kept = cache.device_ids(app_id)
    known = set(rows.values_list("device_id", flat=True))
    missing = sorted(known - kept)
    for start in range(0, len(missing), _AT_ONCE):
        some = rows.filter(device_id__in=missing[start : start + _AT_ONCE])
        cache.put(app_id, dict(some.values_list("device_id", "jwk")))
    cache.remove(app_id, kept - known)


def _profile_lock(profile: TokenProfile) -> TokenProfile:
    return TokenProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)


def _register(
    profile: TokenProfile,
    device_id: str,
    key: RecipientKey,
    jwk: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
    may_replace: bool,
) -> RecipientRow:
    _follow_after_commit(profile, device_id)
    current = _current(profile, device_id)
    if current is not None and current.kid == key.kid:
        return current
    if current is not None:
        if not may_replace:
            raise RecipientConflictError
        _end(current, now)
    row = RecipientRow.objects.create(
        profile=profile,
        device_id=device_id,
        kid=key.kid,
        algorithm=key.algorithm.value,
        jwk=dict(jwk),
        registered_at=now,
        registered_by=f"{actor.kind.value} {actor.id}".strip() if may_replace else "device",
    )
    _audit(Action.RECIPIENT_REGISTERED, row, actor=actor, now=now)
    return row


def _current(profile: TokenProfile, device_id: str) -> RecipientRow | None:
    return RecipientRow.objects.filter(profile=profile, device_id=device_id, removed_at=None).first()


def _end(row: RecipientRow, now: datetime) -> None:
    row.removed_at = now
    row.save(update_fields=["removed_at"])


def _audit(action: Action, row: RecipientRow, *, actor: Actor, now: datetime) -> None:
    audit_record(
        action=action,
        actor=actor,
        now=now,
        app_id=row.profile_id,
        subject=("recipient_key", str(row.pk)),
        detail={"kid": row.kid, "reader": "device" if row.device_id else "back end"},
    )


def _follow_after_commit(profile: TokenProfile, device_id: str) -> None:
    if device_id:
        transaction.on_commit(lambda: _cache_follow(profile, device_id))


def _cache_follow(profile: TokenProfile, device_id: str) -> None:
    # What is true now, not what this transaction wrote: two at once may come here in either order.
    row = _current(profile, device_id)
    cache = DeviceKeys(redis_client())
    try:
        if row is None:
            cache.remove(profile.app_id, [device_id])
        else:
            cache.put(profile.app_id, {device_id: row.jwk})
    except RecipientStoreError as exc:  # `recipients_cache_fill`, or registering again, makes up for it
        _log.warning("A device's encryption key couldn't be written to Redis: %s", exc.__cause__)


def _device_id_check(device_id: str) -> None:
    if not _DEVICE_ID.fullmatch(device_id) or device_id == BACK_END:
        raise ClaimValueError(
            "A device id is 1 to 64 lower-case letters, digits, dots, underscores, colons and dashes, and "
            "begins with a letter or digit."
        )
