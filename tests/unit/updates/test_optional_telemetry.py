"""Whose reports keep their details: by the app's policy, what the device said, and its signal."""

from typing import Any

import msgspec
import pytest

from updates.domain.optional_telemetry import TelemetryPolicy, TelemetryRule, consent_read
from updates.domain.telemetry import DeviceReport, own_report_read

TEXT = "2026-12"
ON, OFF = TelemetryRule(), TelemetryRule(TelemetryPolicy.OFF, TEXT)
CONSENT = TelemetryRule(TelemetryPolicy.CONSENT, TEXT)


def told(consent: str = "") -> DeviceReport:
    raw = {"action": "set_fail", "version": "1.2.0", "detail": {"message": "typed", "file": "a.js"}}
    report = own_report_read({"app_id": "com.example.clinic", "device_id": "d"}, raw, received_at_ms=1)
    return msgspec.structs.replace(report, consent=consent)


@pytest.mark.parametrize(
    ("rule", "says", "gpc", "kept", "noted"),
    [
        pytest.param(ON, "", False, True, "", id="on"),
        pytest.param(ON, "-", False, False, "-", id="on, but its owner objects"),
        pytest.param(ON, "", True, False, "-gpc", id="on, but it signals"),
        pytest.param(OFF, TEXT, False, False, TEXT, id="off, whatever it agreed to"),
        pytest.param(CONSENT, "", False, False, "", id="it said nothing"),
        pytest.param(CONSENT, TEXT, False, True, TEXT, id="it agreed"),
        pytest.param(CONSENT, "2026-11", False, False, "", id="it agreed to an older text"),
        pytest.param(CONSENT, TEXT, True, False, "-gpc", id="it agreed, but it signals"),
        pytest.param(CONSENT, "-", False, False, "-", id="it withdrew"),
    ],
)
def test_details_are_kept_only_as_policy_and_owner_allow(
    rule: TelemetryRule, says: str, *, gpc: bool, kept: bool, noted: str
) -> None:
    held = rule.held(told(says), signals_gpc=gpc)
    assert held.detail == ({"message": "typed", "file": "a.js"} if kept else {"file": "a.js"})
    assert held.consent == noted


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-12", "2026-12"),
        (None, "-"),
        (False, "-"),
        ("", "-"),
        ("-gpc", ""),
        (True, ""),
        (7, ""),
        ("v" * 17, ""),
    ],
)
def test_what_a_client_says_is_a_version_or_no(value: Any, read: str) -> None:
    assert consent_read(value) == read
