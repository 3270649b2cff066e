"""Devices' encryption keys in Redis, for the path that never asks the database.

The rows are the truth. What is missing here costs an update check, never a token in clear: a device that
isn't found is refused, and so is everybody while Redis is down.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import redis

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.encryption_keys import RecipientKey, recipient_key_import
from releaseconsole.kernel.jose.errors import KeyRefusedError, TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse
from signing.errors import RecipientStoreError, RecipientUnknownError

_AT_ONCE: Final = 1000
# A device checks every few minutes at most, but one that does gets the key from here: importing costs as
# much as encrypting does.
_REMEMBERED: Final = 4096


class DeviceKeys:
    """One hash per app (`rc:recipients:<app>`), from device id to JWK."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis: Final = client

    def get(self, app_id: str, device_id: str) -> RecipientKey:
        """Return a device's key.

        Raises:
            RecipientUnknownError: It has none here, or something that is none.
            RecipientStoreError: Redis doesn't answer.
        """
        try:
            jwk: Any = self._redis.hget(_name(app_id), device_id)
        except redis.RedisError as exc:
            raise RecipientStoreError from exc
        if jwk is None:
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
        fields: dict[str | bytes, bytes] = {device: canonical_json(jwk) for device, jwk in jwks.items()}
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

    def count(self, app_id: str) -> int:
        """Return how many devices have a key here.

        Raises:
            RecipientStoreError: Redis doesn't answer.
        """
        try:
            number: Any = self._redis.hlen(_name(app_id))
        except redis.RedisError as exc:
            raise RecipientStoreError from exc
        return int(number)

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


@lru_cache(_REMEMBERED)
def _import(jwk: bytes) -> RecipientKey:
    return recipient_key_import(object_parse(jwk, what="device key"))
