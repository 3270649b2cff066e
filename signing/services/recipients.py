"""Registering the public keys to which an app's delicate tokens are encrypted (docs/token-profiles.md)."""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

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
from signing.services.profile_rows import profile_lock

# How addresses name the app's own back end, which has no device id.
BACK_END: Final = "back-end"
# Who registered a key that nobody but the device itself speaks for.
BY_DEVICE: Final = "device"
_DEVICE_ID: Final = re.compile(r"[0-9a-z][0-9a-z._:-]{0,63}")
_AT_ONCE: Final = 1000
# Each further one means that somebody replaced a key in the milliseconds since the one before.
_ATTEMPTS: Final = 8

_log = logging.getLogger(__name__)


def recipient_register(
    *, app_id: str, device_id: str, jwk: Mapping[str, object], actor: Actor, now: datetime
) -> RecipientRow:
    """Register a key; the same key again changes nothing.

    A device's key takes the place of the one before. The back end's own doesn't: with it come the secrets of
    back-end tokens, and whoever stole an API token mustn't have them sent to a key of their own. A custodian
    removes it first (`signing.services.operations`).

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
        RecipientConflictError: The back end has another key.
    """
    if device_id:
        _device_id_check(device_id)
    key = recipient_key_import(jwk)
    with transaction.atomic():
        profile = profile_lock(app_id=app_id)
        return _register(profile, device_id, key, jwk, actor=actor, now=now, may_replace=bool(device_id))


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
    if not TokenProfile.objects.filter(pk=app_id, devices_may_register=True).exists():
        raise RegistrationClosedError
    _device_id_check(device_id)
    key = recipient_key_import(jwk)
    # The log names actors by id, and a device's id is personal data: the event has its kid.
    device = Actor(ActorKind.ANONYMOUS)
    with transaction.atomic():
        profile = profile_lock(app_id=app_id)
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
        profile = profile_lock(app_id=app_id)
        row = _current(profile, device_id)
        if row is None:
            raise NotFoundError("No key is registered for this reader.")
        _end(row, now)
        _audit(Action.RECIPIENT_REMOVED, row, actor=actor, now=now)
        _follow_after_commit(profile, device_id)


def recipients_cache_fill() -> None:
    """Bring the keys of all devices in Redis into line with the database.

    For the periodic reconciliation: a Redis that was emptied, down when a key was registered or replaced, or
    written to by somebody else, is right again within its period. What is there is compared by value: one
    key in the place of another is the case that matters most, and their number doesn't show it.
    """
    for app_id in TokenProfile.objects.values_list("app_id", flat=True):
        try:
            _cache_fill(app_id)
        except RecipientStoreError as exc:
            _log.warning("Devices' encryption keys can't be written to Redis: %s", exc.__cause__)
            return


def _cache_fill(app_id: str) -> None:
    cache = DeviceKeys(redis_client())
    # Read first: what is registered meanwhile is in the rows, and isn't taken for stale.
    stale = cache.device_ids(app_id)
    last = ""
    while jwks := dict(_rows(app_id).filter(device_id__gt=last).order_by("device_id")[:_AT_ONCE]):
        _cache_settle(cache, app_id, cache.differing(app_id, jwks))
        stale -= jwks.keys()
        last = list(jwks)[-1]  # as the database sorts, whatever its collation
    remaining = sorted(stale)
    for start in range(0, len(remaining), _AT_ONCE):
        _cache_settle(cache, app_id, remaining[start : start + _AT_ONCE])


def _cache_settle(cache: DeviceKeys, app_id: str, device_ids: Sequence[str]) -> None:
    """Write what is registered for these devices, until it's what is registered still.

    Whoever registers a key comes here after its commit, and the reconciliation at any moment: of two at once
    the one that read first may write last, and would leave a key that was replaced. But it reads again after
    it has written, so it finds the other's row, or else the other's writing is yet to come.

    Raises:
        RecipientStoreError: Redis doesn't answer.
    """
    if not device_ids:
        return
    jwks = _registered(app_id, device_ids)
    for _ in range(_ATTEMPTS):
        cache.put(app_id, jwks)
        cache.remove(app_id, [device_id for device_id in device_ids if device_id not in jwks])
        written, jwks = jwks, _registered(app_id, device_ids)
        if jwks == written:
            return
    _log.warning("Devices of %s replace their encryption keys faster than Redis can follow.", app_id)


def _registered(app_id: str, device_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    return dict(_rows(app_id).filter(device_id__in=device_ids))


def _rows(app_id: str) -> QuerySet[RecipientRow, tuple[str, dict[str, Any]]]:
    rows = RecipientRow.objects.filter(profile=app_id, removed_at=None).exclude(device_id="")
    return rows.values_list("device_id", "jwk")


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
        registered_by=f"{actor.kind.value} {actor.id}".strip() if may_replace else BY_DEVICE,
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


def recipients_follow(app_id: str, device_id: str) -> None:
    """Bring a device's key in Redis into line with the rows, once they're committed."""
    if device_id:
        transaction.on_commit(lambda: _cache_follow(app_id, device_id))


def _follow_after_commit(profile: TokenProfile, device_id: str) -> None:
    recipients_follow(profile.app_id, device_id)


def _cache_follow(app_id: str, device_id: str) -> None:
    try:
        _cache_settle(DeviceKeys(redis_client()), app_id, [device_id])
    except RecipientStoreError as exc:  # `recipients_cache_fill`, or registering again, makes up for it
        _log.warning("A device's encryption key couldn't be written to Redis: %s", exc.__cause__)


def _device_id_check(device_id: str) -> None:
    if not _DEVICE_ID.fullmatch(device_id) or device_id == BACK_END:
        raise ClaimValueError(
            "A device id is 1 to 64 lower-case letters, digits, dots, underscores, colons and dashes, and "
            "begins with a letter or digit."
        )
