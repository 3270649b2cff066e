"""What webhooks tell of: which actions of the audit log, under which names, and the message about one.

The names are part of the contract with receivers (docs/webhooks.md): they stay when an action is renamed.

A message leaves the console, so it says less than the log: who acted only as a kind, and of the details only
members that are named here, if they are numbers, yes or no, or single words of a kind that no name, address
or sentence of a person fits into. Device ids, reasons and notes are never among them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from compliance.ledger.domain.events import Action, Outcome
from releaseconsole.kernel.encoding import canonical_json

TEST_EVENT: Final = "webhook.test"

EVENTS: Final[Mapping[Action, str]] = {
    Action.RELEASE_DRAFTED: "release.drafted",
    Action.RELEASE_CHANGED: "release.changed",
    Action.RELEASE_SUBMITTED: "release.submitted",
    Action.RELEASE_SIGNED_OFF: "release.signed_off",
    Action.RELEASE_REJECTED: "release.rejected",
    Action.SIGN_OFFS_VOIDED: "release.sign_offs_voided",
    Action.RELEASE_SCHEDULED: "release.scheduled",
    Action.RELEASE_DISCARDED: "release.discarded",
    Action.RELEASE_PUBLISHED: "release.published",
    Action.RELEASE_PUBLISH_FAILED: "release.publish_failed",
    Action.RELEASE_PAUSED: "release.paused",
    Action.RELEASE_RESUMED: "release.resumed",
    Action.RELEASE_HALTED: "release.halted",
    Action.BUNDLE_WITHDRAWN: "release.withdrawn",
    Action.RELEASE_ROLLOUT_CHANGED: "rollout.changed",
    Action.RELEASE_STEP_TAKEN: "rollout.step_taken",
    Action.RELEASE_ROLLED_BACK: "rollback.done",
    Action.APP_SHUT_OFF: "shutoff.app_begun",
    Action.APP_SHUTOFF_LIFTED: "shutoff.app_lifted",
    Action.CHANNEL_SHUT_OFF: "shutoff.channel_begun",
    Action.CHANNEL_SHUTOFF_LIFTED: "shutoff.channel_lifted",
    Action.GUARD_TRIPPED: "guard.tripped",
    Action.KEY_CREATED: "key.created",
    Action.KEY_IMPORTED: "key.imported",
    Action.KEY_PUBLISHED: "key.published",
    Action.KEY_ACTIVATED: "key.activated",
    Action.KEY_ROTATION_REQUESTED: "key.rotation_requested",
    Action.KEY_DEACTIVATED: "key.deactivated",
    Action.KEY_RETIRED: "key.retired",
    Action.KEY_SUSPENDED: "key.suspended",
    Action.KEY_RESUMED: "key.resumed",
    Action.KEY_REVOKED: "key.revoked",
    Action.KEY_DESTROYED: "key.destroyed",
    Action.KEY_FAILED: "key.failed",
    Action.ROOT_REGISTERED: "key.root_registered",
    Action.ROOT_ROTATED: "key.root_rotated",
    Action.APPROVAL_REQUESTED: "request.approval_asked",
    Action.APPROVAL_GIVEN: "request.approved",
    Action.APPROVAL_REJECTED: "request.rejected",
    Action.APPROVAL_WITHDRAWN: "request.withdrawn",
    Action.APPROVAL_EXPIRED: "request.expired",
    Action.APPROVAL_FAILED: "request.failed",
    Action.TESTER_DELETION_REQUESTED: "request.deletion_asked",
    Action.TESTER_ERASED: "request.deletion_done",
}
# Their names say that something went wrong. Of all others only what was done is told: a release whose
# publication was refused isn't `release.published`.
_TELLS_OF_FAILURES: Final = frozenset({
    Action.RELEASE_PUBLISH_FAILED,
    Action.KEY_FAILED,
    Action.APPROVAL_FAILED,
})

# What an object is called in a message, by its type in the log. Others (people, testers) aren't told.
_SUBJECTS: Final = {
    "release": "release_seq",
    "channel": "channel",
    "bundle": "version",
    "signing_key": "key_id",
    "approval": "request_id",
}
# Of the log's details, these; the kind of value decides as well.
_DETAILS: Final = frozenset({
    "after",
    "algorithm",
    "before",
    "bundle_sha256",
    "channel",
    "code",
    "decision_seq",
    "devices",
    "epoch",
    "failed",
    "guard_action",
    "kid",
    "limit_bps",
    "mandatory",
    "native_max",
    "native_min",
    "now_live",
    "operation",
    "passed_over",
    "promoted_from",
    "purpose",
    "release_seq",
    "revision",
    "reported",
    "role",
    "rolled_back",
    "rollout_bps",
    "scheduled_at",
    "serves_builtin",
    "state",
    "step",
    "supersedes",
    "targeted",
    "version",
})
# A version, a channel, a fingerprint, a time: no blank and no `@`, so neither a sentence nor an address.
_WORD: Final = re.compile(r"[A-Za-z0-9._:+-]{0,155}")


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An audit event, as far as messages are concerned."""

    sequence: int
    at: datetime
    action: str
    outcome: str
    actor_kind: str
    app_id: str
    subject: tuple[str, str]
    detail: Mapping[str, Any]


def event_name(action: str, outcome: str) -> str | None:
    """Return under which name webhooks tell of it; None: they don't."""
    try:
        known = Action(action)
    except ValueError:  # of a later version, after a step back
        return None
    told = {Outcome.DONE, Outcome.FAILED} if known in _TELLS_OF_FAILURES else {Outcome.DONE}
    return EVENTS.get(known) if outcome in told else None


def message_body(event: LoggedEvent, name: str) -> str:
    """Write the message about an event, in the form that Standard Webhooks recommends."""
    data: dict[str, Any] = {
        "app_id": event.app_id,
        "sequence": event.sequence,
        "actor": event.actor_kind,
        **_subject(*event.subject),
        **_told(event.detail, _DETAILS),
    }
    return _message(name, event.at, data)


def test_body(*, app_id: str, now: datetime) -> str:
    """Write a message that tells of nothing."""
    return _message(TEST_EVENT, now, {"app_id": app_id})


def _message(name: str, at: datetime, data: Mapping[str, Any]) -> str:
    timestamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return canonical_json({"type": name, "timestamp": timestamp, "data": data}).decode()


def _subject(kind: str, id_: str) -> dict[str, Any]:
    name = _SUBJECTS.get(kind)
    if name is None or not _WORD.fullmatch(id_):
        return {}
    return {name: int(id_) if name == "release_seq" and id_.isdecimal() else id_}


def _told(detail: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name in names and _is_plain(value)}


def _is_plain(value: Any) -> bool:
    """Whether it's of a kind that can't hold what people write, or lists of such."""
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return value.keys() <= {"release_seq", "version"} and all(map(_is_plain, value.values()))
    return (
        value is None or isinstance(value, int) or (isinstance(value, str) and bool(_WORD.fullmatch(value)))
    )
