"""Rows of “key inventory”: every key that there is or was, without anything sealed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.selectors.reports.times import time_cell
from signing.models import KeyUsage, SigningKey
from signing.services.rules import signs_until_epoch

_CHUNK: Final = 200
_ACTIVE: Final = "active"
# The latest of these is how a key ended.
_ENDS: Final = (
    ("destroyed_at", "destroyed"),
    ("revoked_at", "revoked"),
    ("retired_at", "retired"),
    ("deactivated_at", "only verifies"),
)


def key_rows(_now: datetime, _period: Period) -> Iterator[Row]:
    """Read the keys, by app, purpose and number.

    Yields:
        A row for each.
    """
    keys = SigningKey.objects.defer("sealed_private").select_related("usage")
    for key in keys.order_by("app_id", "purpose", "epoch").iterator(chunk_size=_CHUNK):
        yield Row(_cells(key), app=key.app_id)


def _cells(key: SigningKey) -> tuple[Cell, ...]:
    usage: KeyUsage | None = getattr(key, "usage", None)
    ended_at, ended_as = _end(key)
    return (
        str(key.pk),
        key.kid,
        key.app_id or "the console",
        key.purpose.replace("_", " "),
        key.epoch,
        key.algorithm,
        key.backend,
        key.get_state_display(),
        time_cell(key.created_at),
        time_cell(key.published_at),
        time_cell(key.activated_at),
        time_cell(_signs_until(key)),
        time_cell(ended_at),
        ended_as,
        time_cell(key.private_destroyed_at),
        usage.issued if usage else None,
        time_cell(usage.last_issued_at) if usage else None,
    )


def _end(key: SigningKey) -> tuple[datetime | None, str | None]:
    for name, words in _ENDS:
        if at := getattr(key, name):
            return at, words
    return None, None


def _signs_until(key: SigningKey) -> datetime | None:
    if key.state != _ACTIVE or key.activated_at is None:
        return None
    try:
        return datetime.fromtimestamp(signs_until_epoch(key), tz=UTC)
    except (OverflowError, ValueError):  # it has no end of its own
        return None
