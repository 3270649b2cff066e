"""The PHI enforcement matrix, row by row: each rule is broken once, refused on the server, and counted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import redis
from pytest_django import Settings

from accounts.errors import ApprovalRequiredError, ReasonMissingError
from accounts.models import User
from accounts.services.approvals import approval_give, approval_give_operation, approval_request
from compliance.desk.domain.event_facts import FACTS
from compliance.desk.domain.phi.inventory import INVENTORY, field_faults
from compliance.desk.domain.phi.matrix import MATRIX
from compliance.desk.selectors.phi.refusals import refusals_count, refusals_latest
from compliance.ledger.domain.commitments import COMMITTED
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.phi_rules import PHIRule
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.sealing import SealingError
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.errors import PHIConditionsError
from signing.models import TokenProfile
from signing.services.keys import keys_reconcile
from signing.services.operations import profile_change_confirmed, profile_change_operation
from signing.services.profiles import claim_define, profile_change
from tests.integration.updates.gateway.conftest import APP_ID
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID, ask
from tests.support.approving import proof
from tests.support.back_end import BackEnd
from tests.support.confirming import confirmed
from tests.support.people import person
from tests.support.phi import phi_allow
from updates.errors import InvalidValueError
from updates.gateway import sightings
from updates.models import App, Channel, Device, DeviceEvent
from updates.selectors.app_settings import app_settings
from updates.services.app_settings import app_change
from updates.services.telemetry import telemetry_drain

VALUE = "Nora's diagnosis"


@dataclass
class Clinic:
    """An app with PHI, its devices, its back end and a custodian."""

    devices: httpx.Client
    back_end: BackEnd
    kai: User
    settings: Settings
    refresh: Callable[[], None]

    def define(self, **changed: Any) -> None:
        fields: dict[str, Any] = {
            "name": "diagnosis",
            "claim_class": ClaimClass.PHI,
            "claim_type": ClaimType.TEXT,
        }
        claim_define(app_id=APP_ID, **(fields | changed), actor=SYSTEM, now=clock.now())
        self.refresh()

    def drained(self) -> None:
        sightings._buffer.flush()
        telemetry_drain(at_most=timedelta(minutes=1), pause=lambda _: None)


@pytest.fixture
def clinic(
    redis_client: redis.Redis,
    devices: httpx.Client,
    production: Channel,
    refresh: Callable[[], None],
    kai: User,
    settings: Settings,
) -> Clinic:
    phi_allow(settings, APP_ID)
    now = clock.now()
    App.objects.update(keeps_custom_id=True)
    Device.objects.create(
        app_id=APP_ID, device_id="before", custom_id="Nora", first_seen_at=now, last_seen_at=now
    )
    profile_change(app_id=APP_ID, issues_backend_tokens=True, handles_phi=True, actor=SYSTEM, now=now)
    keys_reconcile(now=now)
    refresh()
    devices.headers["X-Forwarded-Proto"] = "https"
    return Clinic(devices, BackEnd(APP_ID, kai), kai, settings, refresh)


def issuing(clinic: Clinic) -> int:
    clinic.define()
    refused = clinic.back_end.issue({"diagnosis": VALUE})
    assert (refused.status_code, refused.json()["code"]) == (422, "phi_needs_encryption")
    clinic.define(fixed_value=VALUE)
    device = ask(clinic.devices)
    assert (device.status_code, device.json()["code"]) == (403, "recipient_unknown")
    return 2


def receiving(clinic: Clinic) -> int:
    refused = clinic.back_end.verify(clinic.back_end.issue().json()["token"])
    assert (refused.status_code, refused.json()["code"]) == (400, "phi_token_in_clear")
    return 1


def flagging(clinic: Clinic) -> int:
    TokenProfile.objects.update(handles_phi=False)
    for missing in (
        {"PUBLIC_IS_HTTPS": False},
        {"TRUSTED_PROXIES": 0},
        {"KEK": "", "VAR_DIR": clinic.settings.KEK_FILE.resolve().parent},
        {"no reader": True},
    ):
        before = {name: getattr(clinic.settings, name, None) for name in missing}
        for name, value in missing.items():
            setattr(clinic.settings, name, value)
        TokenProfile.objects.update(devices_may_register="no reader" not in missing)
        with pytest.raises(PHIConditionsError):
            profile_change_operation(app_id=APP_ID, changes={"handles_phi": True})
        for name, value in before.items():
            setattr(clinic.settings, name, value)
    TokenProfile.objects.update(devices_may_register=True)
    profile_change_operation(app_id=APP_ID, changes={"handles_phi": True})
    return 0


def sending_in_clear(clinic: Clinic) -> int:
    event = {"app_id": APP_ID, "device_id": DEVICE_ID, "events": [{"action": "set", "version": ""}]}
    del clinic.devices.headers["X-Forwarded-Proto"]
    told = [ask(clinic.devices), clinic.devices.post("/device/v1/events", json=event)]
    clinic.devices.headers["X-Forwarded-Proto"] = "https, http"
    told.append(ask(clinic.devices))
    clinic.settings.TRUSTED_PROXIES = 0
    clinic.devices.headers["X-Forwarded-Proto"] = "https"
    told.append(ask(clinic.devices))
    clinic.settings.TRUSTED_PROXIES = 1
    assert [(each.status_code, each.json()["code"]) for each in told] == [(421, "tls_required")] * 4
    return 4


def storing(clinic: Clinic) -> int:
    faults = dict(field_faults([], FACTS.values(), COMMITTED))
    assert faults.keys() == {"storage"}
    kek = sealing.kek_current()
    sealed = kek.seal(VALUE.encode(), context="table:1:field")
    assert sealed.split(".")[1] == kek.kek_id
    with pytest.raises(SealingError):
        kek.unseal(sealed, context="table:2:field")
    return 0


def logging(clinic: Clinic) -> int:
    columns = [field.key for field in INVENTORY]
    assert not list(field_faults(columns, FACTS.values(), COMMITTED))
    for field in INVENTORY:
        assert ("log", field.key) in [
            (rule, words.split()[0]) for rule, words in field_faults(columns, [[field.fact]], [])
        ]
    return 0


def naming_a_device(clinic: Clinic) -> int:
    assert ask(clinic.devices, custom_id=VALUE).status_code == 200
    told = ask_as_plugin(clinic.devices)
    assert told.status_code == 200
    clinic.drained()
    assert set(Device.objects.values_list("custom_id", flat=True)) == {""}
    app = App.objects.get(pk=APP_ID)
    keeping = app_settings(app)
    with pytest.raises(InvalidValueError):
        app_change(
            app=app,
            settings=type(keeping)(keeping.name, keeping.platforms, "", True, ()),
            actor=SYSTEM,
        )
    return 2


def ask_as_plugin(devices: httpx.Client) -> httpx.Response:
    info = {
        "app_id": APP_ID,
        "device_id": DEVICE_ID,
        "platform": "ios",
        "version_build": "1.2.0",
        "custom_id": VALUE,
    }
    return devices.post("/device/capgo/updates", json=info)


def reporting_a_crash(clinic: Clinic) -> int:
    crash = {"action": "app_crash", "version": "", "detail": {"message": VALUE}}
    body = {"app_id": APP_ID, "device_id": DEVICE_ID, "events": [crash]}
    assert clinic.devices.post("/device/v1/events", json=body).status_code == 200
    clinic.drained()
    assert DeviceEvent.objects.get().detail == {}
    return 1


def lowering(clinic: Clinic) -> int:
    changes: dict[str, str | bool] = {"handles_phi": False}
    operation = profile_change_operation(app_id=APP_ID, changes=changes)
    with pytest.raises(ApprovalRequiredError):
        profile_change_confirmed(app_id=APP_ID, changes=changes, authority=confirmed(clinic.kai, operation))
    with pytest.raises(ReasonMissingError):
        approval_request(operation=operation, reason=" ", step_up=confirmed(clinic.kai, operation))
    asked = approval_request(
        operation=operation, reason="It was a mistake.", step_up=confirmed(clinic.kai, operation)
    )
    assert TokenProfile.objects.get(pk=APP_ID).handles_phi
    officer = person("orla")
    approval_give(request_id=asked.pk, step_up=proof(officer, approval_give_operation(asked)))
    profile = TokenProfile.objects.get(pk=APP_ID)
    assert (profile.handles_phi, profile.phi_lowered_at is not None) == (False, True)
    event = AuditEvent.objects.get(action=Action.PHI_LOWERED.value)
    assert event.detail == {"rule": "phi.flag.lowered", "what": "app"}
    return 1


BROKEN: dict[PHIRule, Callable[[Clinic], int]] = {
    PHIRule.PLAINTEXT: issuing,
    PHIRule.JWS: receiving,
    PHIRule.CONDITIONS: flagging,
    PHIRule.TRANSPORT: sending_in_clear,
    PHIRule.STORAGE: storing,
    PHIRule.LOGGED: logging,
    PHIRule.CUSTOM_ID: naming_a_device,
    PHIRule.DETAIL: reporting_a_crash,
    PHIRule.LOWERED: lowering,
}


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.rule.value)
def test_every_row_of_the_phi_matrix_is_enforced_and_counted(row: Any, clinic: Clinic) -> None:
    since = clock.now() - timedelta(hours=2)
    times = BROKEN[row.rule](clinic)
    clinic.drained()
    assert refusals_count(since=since, app_id=APP_ID)[row.rule.value] == times
    assert bool(times) is row.is_counted
    listed = [each for each in refusals_latest(since=since) if each.rule == row.rule.value]
    assert sum(each.count for each in listed) == (0 if row.rule is PHIRule.LOWERED else times)
    everything = str([event.detail for event in AuditEvent.objects.all()])
    assert VALUE not in everything


def test_no_rule_is_missing_from_the_matrix() -> None:
    assert [row.rule for row in MATRIX] == list(BROKEN) == list(PHIRule)
