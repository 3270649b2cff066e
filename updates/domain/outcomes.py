"""What reported actions mean for an update, and what became of one version on one device.

One device and one version have one outcome, however many events told it: `installed` or `failed` with the
reason. The rules, in order of time:

1. `set` and `app_launch_ready` say that the version runs: installed.
2. `update_fail` and `set_fail` say that it was taken back: failed, also after it was installed.
3. Any other failure (download, checksum, unpacking) is the outcome only until the version runs: a plugin that
   fetches a version again, or reports a failed check under the running version, hasn't lost the version.
4. After a failure of rule 2 no other failure is the outcome until the version runs: that the version was
   taken back is why it isn't offered again, and that must not be forgotten over a failed download.
5. An event older than the one that decided changes nothing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What became of a version on a device."""

    INSTALLED = "installed"
    FAILED = "failed"


SUCCESSES: Final = frozenset({"set", "app_launch_ready"})
# After these the device runs something else, and isn't offered the version again until somebody allows it.
# Any other failure may be the network's: then the next check tries again.
TAKEN_BACK: Final = frozenset({"update_fail", "set_fail"})
FAILURES: Final = TAKEN_BACK | frozenset({
    "download_fail",
    "finish_download_fail",
    "low_mem_fail",
    "insufficient_disk_space",
    "checksum_fail",
    "checksum_required",
    "session_key_required",
    "decrypt_fail",
    "download_manifest_file_fail",
    "download_manifest_checksum_fail",
    "download_manifest_brotli_fail",
    "manifest_path_fail",
    "unzip_fail",
    "directory_path_fail",
    "canonical_path_fail",
    "windows_path_fail",
    "token_refused",  # our own client: the signed decision didn't verify
})
# The plugin sends these after the failure that caused them; the cause is the better reason.
GENERIC_FAILURES: Final = frozenset({"download_fail", "finish_download_fail"})
# A generic failure this soon after a named one belongs to it.
_SAME_ATTEMPT_MS: Final = 60_000
# Before these, `download_fail` was also sent when there was simply no update.
_HONEST_DOWNLOAD_FAIL: Final = {6: (6, 14, 25), 7: (7, 17, 0)}
_VERSION: Final = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")


@dataclass(frozen=True, slots=True)
class VersionOutcome:
    """What became of a version on a device, and when (milliseconds) the deciding event happened."""

    outcome: Outcome
    reason: str
    at_ms: int


def outcome_of(action: str, plugin_version: str) -> Outcome | None:
    """Class an action; None says nothing about success or failure of an update."""
    if action in SUCCESSES:
        return Outcome.INSTALLED
    if action == "download_fail" and not _download_fail_is_honest(plugin_version):
        return None
    return Outcome.FAILED if action in FAILURES else None


def outcome_after(
    current: VersionOutcome | None, *, action: str, outcome: Outcome, at_ms: int
) -> VersionOutcome:
    """Apply one event to what is known, by the rules above; returns `current` itself if nothing changes."""
    told = VersionOutcome(outcome, "" if outcome is Outcome.INSTALLED else action, at_ms)
    if current is None:
        return told
    if at_ms < current.at_ms:
        return current
    decided = current.outcome is Outcome.INSTALLED or current.reason in TAKEN_BACK
    if decided and outcome is Outcome.FAILED and action not in TAKEN_BACK:
        return current
    if _is_echo(current, action, at_ms):
        return current
    return told


def _is_echo(current: VersionOutcome, action: str, at_ms: int) -> bool:
    """Tell whether a generic failure only repeats the named one before it."""
    return (
        action in GENERIC_FAILURES
        and current.outcome is Outcome.FAILED
        and current.reason not in GENERIC_FAILURES
        and at_ms - current.at_ms <= _SAME_ATTEMPT_MS
    )


def _download_fail_is_honest(plugin_version: str) -> bool:
    """Tell whether this plugin reports `download_fail` only for failures; an unknown version is believed."""
    match = _VERSION.match(plugin_version)
    if match is None:
        return True
    numbers = tuple(int(number) for number in match.groups())
    return numbers[0] > max(_HONEST_DOWNLOAD_FAIL) or numbers >= _HONEST_DOWNLOAD_FAIL.get(
        numbers[0], min(_HONEST_DOWNLOAD_FAIL.values())
    )
