"""What deletes itself when its time is over: in words, by which setting, and what does it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# Each purge runs once a day or more often; after two days without a run something is wrong.
OVERDUE_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One kind of data.

    Attributes:
        purge: Name of what deletes it (`compliance.ledger.services.purges.Purged`).
        what: It, in words.
        kept: For how long, in words; `{}` is the setting's value.
        setting: That says so; empty: it's a rule of its own.
    """

    purge: str
    what: str
    kept: str
    setting: str = ""


LINES: Final[tuple[KeptLine, ...]] = (
    KeptLine("device events", "Events that devices reported", "{} days", "TELEMETRY_EVENT_DAYS"),
    KeptLine("devices", "Devices that aren't heard of any more", "{} days", "DEVICE_KEEP_DAYS"),
    KeptLine("ended consents", "Consents that ended", "{} days", "CONSENT_KEEP_DAYS"),
    KeptLine("overrides", "What devices are forced to", "until its end, 90 days at most"),
    KeptLine("testers", "Testers who want to be forgotten", "ten minutes after they ask"),
    KeptLine("bundles", "Files of bundles that nothing needs", "as each channel's retention says"),
    KeptLine("webhook messages", "Messages to webhooks", "30 days"),
    KeptLine("sessions", "Sessions left open", "{} minutes without activity", "SESSION_IDLE_MINUTES"),
    KeptLine("failed attempts", "Failed sign-ins, by HMAC of the address", "two days after the last"),
    KeptLine("audit content", "Facts of the audit log", "{} days; longer with PHI", "AUDIT_CONTENT_DAYS"),
    KeptLine("audit content", "Personal values of the audit log", "{} days", "AUDIT_DISCLOSURE_DAYS"),
    KeptLine("exports", "Files of exports", "{} days", "EXPORT_KEEP_DAYS"),
    KeptLine("notices to providers", "Whom notices to providers name", "until the answer, 90 days at most"),
    KeptLine("privacy requests", "Records of privacy requests", "24 months after the answer"),
)


def is_overdue(ran_at: datetime | None, *, begun_at: datetime | None, now: datetime) -> bool:
    """Whether a purge hasn't run for longer than it may.

    Args:
        ran_at: When it last ran; None: never.
        begun_at: When the console began; a purge that never ran has had time since then.
        now: When that is asked.
    """
    since = ran_at or begun_at
    return since is not None and now - since > OVERDUE_AFTER
