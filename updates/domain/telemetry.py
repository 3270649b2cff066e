"""What devices tell: one record per event and per sighting, read tolerantly and kept small.

Everything in a report is a claim by somebody who knows an app's id; reading it proves nothing. What can't be
stored (no device id, no action) is refused for that one event; what is odd (unknown fields, a string for a
flag, a wrong clock) is read as well as it can be. `custom_id` may name a person: no event's is taken over,
and a check's only where the app says so.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec

from updates.domain.names import DEVICE_ID
from updates.errors import EventRefusedError

MAX_EVENTS_PER_REQUEST: Final = 200
# Metadata beyond these is cut off, not refused: the event counts, its colour is optional.
MAX_DETAILS: Final = 30
MAX_DETAIL_KEY: Final = 64
MAX_DETAIL_VALUE: Final = 500
# All of one event's together: else a stranger's events weigh two hundred times what honest ones do.
MAX_DETAIL_BYTES: Final = 4_000
# A report this much older than its arrival waited in the device's queue; below, clocks merely differ.
LATE_AFTER_MS: Final = 120_000
# Beyond this a claimed time is a broken clock, and the time of arrival is used.
OLDEST_MS: Final = 30 * 24 * 3_600_000
# Reports without a time (the plugin's single objects) that repeat within this are retries of one.
UNTIMED_WINDOW_MS: Final = 60_000

_APP_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,154}")
_ACTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")

# Checked where the stream is read: what `datetime` can't hold must not stop the drain.
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_000)]


class DeviceReport(msgspec.Struct, frozen=True, array_like=True):
    """One reported event, as it waits in the stream; times are milliseconds since 1970-01-01 UTC.

    The fields' order is the stored format: a new field goes to the end and has a default.
    """

    app_id: str
    device_id: str
    action: str
    version: str
    old_version: str
    asked_channel: str
    platform: str
    native_version: str
    plugin_version: str
    os_version: str
    is_emulator: bool
    is_production: bool
    claimed_at_ms: int
    received_at_ms: Milliseconds
    detail: dict[str, str]
    phi_mark: str = ""


class Sighting(msgspec.Struct, frozen=True, array_like=True):
    """One update check, as it waits in the stream; the same rules as `DeviceReport`."""

    app_id: str
    device_id: str
    platform: str
    version: str
    native_version: str
    plugin_version: str
    os_version: str
    channel: str
    is_emulator: bool
    is_production: bool
    seen_at_ms: Milliseconds
    # Of these two, what the app keeps: the gateway drops the rest.
    custom_id: str = ""
    attributes: dict[str, str] = {}
    has_way_back: bool = True
    phi_mark: str = ""


def capgo_report_read(raw: object, *, received_at_ms: int) -> DeviceReport:
    """Read one event in the plugin's shape.

    Raises:
        EventRefusedError: It isn't an object, or lacks an app, a device or an action.
    """
    if not isinstance(raw, dict):
        raise EventRefusedError("An event is a JSON object.")
    subject, file = split_subject(stored_text(raw.get("version_name"), 320))
    detail = _detail(raw.get("metadata"))
    if file:
        detail["file"] = file
    return DeviceReport(
        app_id=_matching(_APP_ID, raw.get("app_id"), "app_id"),
        device_id=_matching(DEVICE_ID, _lowered(raw.get("device_id")), "device_id"),
        action=_matching(_ACTION, raw.get("action"), "action"),
        version=bundle_name(subject),
        old_version=bundle_name(stored_text(raw.get("old_version_name"), 64)),
        asked_channel=stored_text(raw.get("defaultChannel"), 64),
        platform=stored_text(_lowered(raw.get("platform")), 16),
        native_version=stored_text(raw.get("version_build"), 32),
        plugin_version=stored_text(raw.get("plugin_version"), 32),
        os_version=stored_text(raw.get("version_os"), 32),
        is_emulator=flag(raw.get("is_emulator"), default=False),
        is_production=flag(raw.get("is_prod"), default=True),
        claimed_at_ms=_milliseconds(raw.get("timestamp")),
        received_at_ms=received_at_ms,
        detail=detail,
    )


def own_report_read(envelope: Mapping[str, Any], raw: object, *, received_at_ms: int) -> DeviceReport:
    """Read one event of `POST /device/v1/events`, where `envelope` names app and device once for all.

    Raises:
        EventRefusedError: As `capgo_report_read`.
    """
    if not isinstance(raw, dict):
        raise EventRefusedError("An event is a JSON object.")
    return DeviceReport(
        app_id=_matching(_APP_ID, envelope.get("app_id"), "app_id"),
        device_id=_matching(DEVICE_ID, _lowered(envelope.get("device_id")), "device_id"),
        action=_matching(_ACTION, raw.get("action"), "action"),
        version=stored_text(raw.get("version"), 64),
        old_version=stored_text(raw.get("old_version"), 64),
        asked_channel=stored_text(envelope.get("channel"), 64),
        platform=stored_text(_lowered(envelope.get("platform")), 16),
        native_version=stored_text(envelope.get("native_version"), 32),
        plugin_version=stored_text(envelope.get("plugin_version"), 32),
        os_version=stored_text(envelope.get("os_version"), 32),
        is_emulator=flag(envelope.get("is_emulator"), default=False),
        is_production=flag(envelope.get("is_production"), default=True),
        claimed_at_ms=_milliseconds(raw.get("at")),
        received_at_ms=received_at_ms,
        detail=_detail(raw.get("detail")),
    )


def split_subject(version_name: str) -> tuple[str, str]:
    """Split the plugin's `version:file` of file-level failures; the file is empty for all others."""
    version, _, file = version_name.partition(":")
    return version[:64], file


def bundle_name(version_name: str) -> str:
    """Turn an older plugin's name of the built-in bundle into ours, which is empty."""
    return "" if version_name == "builtin" else version_name


def report_resolved(report: DeviceReport, versions: Collection[str]) -> DeviceReport:
    """Take the native version for the built-in bundle, as newer plugins mean it, if no bundle has that name.

    A bundle named exactly like the native version can't be told from the built-in one, by the plugin or by
    us; then the bundle is counted.

    Args:
        report: What was told.
        versions: The app's bundles.
    """
    native = report.native_version
    if native in versions or native not in {report.version, report.old_version}:
        return report
    return msgspec.structs.replace(
        report,
        version="" if report.version == native else report.version,
        old_version="" if report.old_version == native else report.old_version,
    )


def sighting_resolved(sighting: Sighting, versions: Collection[str]) -> Sighting:
    """Name the running bundle as `report_resolved` does, so that checks and events tell the same."""
    if sighting.version != sighting.native_version or sighting.version in versions:
        return sighting
    return msgspec.structs.replace(sighting, version="")


def dedupe_key(report: DeviceReport) -> str:
    """Name an event, so that one told twice (delivery is at least once) counts once; 64 hex digits.

    A report without a time is told apart by the minute of its arrival only.
    """
    when = (
        str(report.claimed_at_ms)
        if report.claimed_at_ms
        else f"arrived {report.received_at_ms // UNTIMED_WINDOW_MS}"
    )
    parts = (
        report.app_id,
        report.device_id,
        report.action,
        report.version,
        report.detail.get("file", ""),
        when,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def happened_at_ms(report: DeviceReport) -> int:
    """Judge when it happened: the device's word where that is plausible, else when it arrived."""
    age = report.received_at_ms - report.claimed_at_ms
    return report.claimed_at_ms if -LATE_AFTER_MS <= age <= OLDEST_MS else report.received_at_ms


def ordering_ms(report: DeviceReport) -> int:
    """Judge when it happened by our clock, to order it among sightings, which carry only our time.

    A difference of up to two minutes is put down to the device's clock, more to its queue.
    """
    claimed = happened_at_ms(report)
    return claimed if report.received_at_ms - claimed > LATE_AFTER_MS else report.received_at_ms


def at_utc(milliseconds: int) -> datetime:
    """Turn milliseconds since 1970 into an aware datetime."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def milliseconds_of(at: datetime) -> int:
    """Turn an aware datetime into milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def stored_text(value: object, limit: int) -> str:
    """Make of anything the text that a column of `limit` characters holds; numbers are spelt out.

    PostgreSQL refuses NUL in text, UTF-8 refuses lone surrogates.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    if "\0" in value or not value.isascii():
        value = value.replace("\0", "").encode("utf-8", "replace").decode()
    return value[:limit]


def _lowered(value: object) -> object:
    """Write text in lower case, before it is cut: "İ" in lower case is two characters."""
    return value.lower() if isinstance(value, str) else value


def _matching(pattern: re.Pattern[str], value: object, name: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise EventRefusedError(f"The event has no usable {name}.")
    return value


def flag(value: object, *, default: bool) -> bool:
    """Read a boolean, also spelt as text (queries and old plugins do)."""
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower(), default)


def _milliseconds(value: object) -> int:
    """Read a time; 0 means that none was given, which is also what an absurd one is worth."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:16])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if 0 < value < 1 << 53 else 0


def _detail(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    kept: dict[str, str] = {}
    room = MAX_DETAIL_BYTES
    for key, item in list(value.items())[:MAX_DETAILS]:
        name, text = stored_text(key, MAX_DETAIL_KEY), stored_text(item, MAX_DETAIL_VALUE)
        room -= len(name.encode()) + len(text.encode())
        if room < 0:
            break
        kept[name] = text
    return kept
