"""Devices' encryption keys in Redis, for the path that never asks the database.

The rows are the truth. What is missing here costs an update check, never a token in clear: a device that
isn't found is refused, and so is everybody while Redis is down.

Beside each key stands a MAC over app, device and key: whoever can write to Redis, and to nothing else, can't
have health data encrypted to a key of their own. They can put back a key that the device once had; the
reconciliation, which compares with the rows, takes that away again.
"""

import hmac
import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import redis
from django.utils.crypto import salted_hmac

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.encryption_keys import RecipientKey, recipient_key_import
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse
from signing.errors import RecipientStoreError, RecipientUnknownError

_AT_ONCE: Final = 1000
_MAC_LENGTH: Final = 64
# A device checks every few minutes at most, but one that does gets the key from here: importing costs as
# much as encrypting does.
_REMEMBERED: Final = 4096

_log = logging.getLogger(__name__)


class DeviceKeys:
    """One hash per app (`rc:recipients:<app>`), from device id to a MAC in hex, then the JWK."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Final = client

    def get(self, app_id: str, device_id: str) -> RecipientKey:
        """Return a device's key.

        Raises:
            RecipientUnknownError: It has none here, or something that this console hasn't written.
            RecipientStoreError: Redis doesn't answer.
        """
        try:
            value: Any = self._redis.hget(_name(app_id), device_id)
        except redis.RedisError as exc:
            raise RecipientStoreError from exc
        if value is None:
            raise RecipientUnknownError
        mac, jwk = value[:_MAC_LENGTH], value[_MAC_LENGTH:]
        if not hmac.compare_digest(mac, _mac(app_id, device_id, jwk)):
            # A device's id is personal data and stays out of the log.
            _log.warning("A device's encryption key of %s in Redis isn't one that was written here.", app_id)
            raise RecipientUnknownError
        try:
            return _import(jwk)
        except (KeyRefusedError, TokenRefusedError) as exc:
            raise RecipientUnknownError from exc

    def put(self, app_id: str, jwks: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep keys, by device id; what was kept for these devices before is replaced.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        fields: dict[str | bytes, bytes] = {
            device: _value(app_id, device, jwk) for device, jwk in jwks.items()
        }
        try:
            if fields:
                self._redis.hset(_name(app_id), mapping=fields)  # type: ignore[arg-type]  # dict is invariant
        except redis.RedisError as exc:
            raise RecipientStoreError from exc

    def remove(self, app_id: str, device_ids: Iterable[str]) -> None:
        """Forget devices' keys.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        ids = list(device_ids)
        try:
            for start in range(0, len(ids), _AT_ONCE):
                self._redis.hdel(_name(app_id), *ids[start : start + _AT_ONCE])
        except redis.RedisError as exc:
            raise RecipientStoreError from exc

    def differing(self, app_id: str, jwks: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Return the devices of which something else is kept than these keys, or nothing.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        devices = list(jwks)
        try:
            kept: Any = self._redis.hmget(_name(app_id), devices) if devices else []
        except redis.RedisError as exc:
            raise RecipientStoreError from exc
        pairs = zip(devices, kept, strict=True)
        return [device for device, value in pairs if value != _value(app_id, device, jwks[device])]

    def device_ids(self, app_id: str) -> set[str]:
        """Return the devices that have a key here.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        try:
            fields: Any = self._redis.hkeys(_name(app_id))
        except redis.RedisError as exc:
            raise RecipientStoreError from exc
        return {field.decode() for field in fields}


def _name(app_id: str) -> str:
    return f"rc:recipients:{app_id}"


def _value(app_id: str, device_id: str, jwk: Mapping[str, Any]) -> bytes:
    encoded = canonical_json(jwk)
    return _mac(app_id, device_id, encoded) + encoded


def _mac(app_id: str, device_id: str, jwk: bytes) -> bytes:
    # Of SECRET_KEY and not of the KEK: that one may be in an HSM, which nobody asks per update check. When
    # SECRET_KEY is replaced, the next reconciliation writes all of them anew.
    salt = f"signing.device_keys\0{app_id}\0{device_id}\0"
    return salted_hmac(salt, jwk, algorithm="sha256").hexdigest().encode()


@lru_cache(_REMEMBERED)
def _import(jwk: bytes) -> RecipientKey:
    return recipient_key_import(object_parse(jwk, what="device key"))
