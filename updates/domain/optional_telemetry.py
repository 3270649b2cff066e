"""What of a report nobody needs in order to update devices: its details. When they may be kept.

Which version runs, and which failed and by what action, is needed to update devices safely. Details (timings,
messages, what a crash caught) are not: they are optional, and a device or its owner may say no.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from updates.domain.telemetry import DeviceReport

# What a report says of consent, besides the version of the text that was agreed to. None begins with a dash.
WITHDRAWN: Final = "-"
SIGNALLED: Final = "-gpc"
_TEXT_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,15}")
# The file of the bundle that failed: nobody typed it, and it tells two failures apart.
_NEEDED: Final = "file"


class TelemetryPolicy(StrEnum):
    """When an app's optional telemetry is kept."""

    OFF = "off"
    CONSENT = "consent"
    ON = "on"


@dataclass(frozen=True, slots=True)
class TelemetryRule:
    """An app's policy.

    Attributes:
        policy: When details are kept.
        text_version: Of the text that people agree to; consent to another one is none.
    """

    policy: TelemetryPolicy = TelemetryPolicy.ON
    text_version: str = ""

    def held(self, report: DeviceReport, *, signals_gpc: bool) -> DeviceReport:
        """Hold a report to the policy, and note what it says of consent as far as that counts."""
        said = SIGNALLED if signals_gpc else report.consent
        if said not in {WITHDRAWN, SIGNALLED, self.text_version}:
            said = ""
        detail = report.detail if self._allows(said) else _needed(report.detail)
        if said == report.consent and detail is report.detail:
            return report
        return msgspec.structs.replace(report, consent=said, detail=detail)

    def _allows(self, said: str) -> bool:
        if self.policy is TelemetryPolicy.OFF or said in {WITHDRAWN, SIGNALLED}:
            return False
        return self.policy is TelemetryPolicy.ON or bool(said)


def text_version_read(value: str) -> str:
    """Read the version of a text; empty if it can't be one."""
    return value if _TEXT_VERSION.fullmatch(value) else ""


def consent_read(value: Any) -> str:
    """Read what a client says: the version of a text, or false or null for no (any more)."""
    if value is None or value is False or value == "":
        return WITHDRAWN
    return text_version_read(value) if isinstance(value, str) else ""


def _needed(detail: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in detail.items() if name == _NEEDED}
