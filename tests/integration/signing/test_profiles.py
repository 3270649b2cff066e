"""Changing what an app's tokens may carry: recorded, announced, and nothing that couldn't be signed."""

import json
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps as installed
from django.urls import get_resolver

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel.errors import NotFoundError
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.profile import DeviceProfile
from signing.errors import ClaimNameError, ClaimValueError, ConsentRequiredError
from signing.models import ClaimDefinition, TokenProfile
from signing.selectors import device_profiles, key_set_version
from signing.services.profiles import claim_define, claim_remove, profile_change
from tests.integration.signing.conftest import CLINIC
from tests.support.shipping import recorded

TEXT, PUBLIC = ClaimType.TEXT, ClaimClass.PUBLIC


def define(now: datetime, name: str = "plan", **changed: Any) -> ClaimDefinition:
    arguments: dict[str, Any] = {
        "app_id": CLINIC,
        "name": name,
        "claim_class": PUBLIC,
        "claim_type": TEXT,
        "actor": SYSTEM,
        "now": now,
    }
    return claim_define(**(arguments | changed))


def test_a_change_is_recorded_with_what_was_before_and_every_process_is_told(
    clinic: str, now: datetime
) -> None:
    version = key_set_version()
    profile_change(app_id=clinic, algorithm=Algorithm.ES384, handles_phi=True, actor=SYSTEM, now=now)
    profile = TokenProfile.objects.get()
    assert (profile.algorithm, profile.handles_phi, profile.encrypts_personal) == ("ES384", True, False)
    (event,) = recorded(Action.PROFILE_CHANGED)
    assert event.detail == {
        "algorithm": {"from": "ES256", "to": "ES384"},
        "handles_phi": {"from": False, "to": True},
    }
    assert key_set_version() == version + 1


def test_what_is_so_already_is_no_change(clinic: str, now: datetime) -> None:
    version = key_set_version()
    profile_change(app_id=clinic, algorithm=Algorithm.ES256, handles_phi=False, actor=SYSTEM, now=now)
    assert not recorded(Action.PROFILE_CHANGED)
    assert key_set_version() == version


def test_no_device_is_ever_signed_for_with_a_secret(clinic: str, now: datetime) -> None:
    with pytest.raises(ClaimValueError, match="HS256"):
        profile_change(app_id=clinic, algorithm=Algorithm.HS256, actor=SYSTEM, now=now)
    assert profile_change(
        app_id=clinic, backend_algorithm=Algorithm.RS256, actor=SYSTEM, now=now
    ).backend_algorithm


def test_a_claim_is_defined_defined_anew_and_removed(clinic: str, now: datetime) -> None:
    version = key_set_version()
    define(now, claim_class=None)
    define(now, claim_class=ClaimClass.PHI, fixed_value="secret words")
    assert ClaimDefinition.objects.get().claim_class == "phi"
    claim_remove(app_id=clinic, name="plan", actor=SYSTEM, now=now)
    assert not ClaimDefinition.objects.exists()
    first, second = recorded(Action.CLAIM_DEFINED)
    assert first.detail == {"claim": "plan", "class": "", "type": "text", "is_fixed": False}
    assert second.detail == {"claim": "plan", "class": "phi", "type": "text", "is_fixed": True}
    assert [event.detail for event in recorded(Action.CLAIM_REMOVED)] == [{"claim": "plan"}]
    assert "secret words" not in json.dumps([str(event.detail) for event in AuditEvent.objects.all()])
    assert key_set_version() == version + 3


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name": "sub"}, ClaimNameError),
        ({"name": "Plan"}, ClaimNameError),
        ({"fixed_value": 3}, ClaimValueError),
        ({"fixed_value": "x" * 257}, ClaimValueError),
        ({"fixed_value": "a\0b"}, ClaimValueError),
        ({"claim_type": ClaimType.WHOLE, "fixed_value": True}, ClaimValueError),
        ({"claim_class": ClaimClass.PERSONAL, "fixed_value": "x"}, ConsentRequiredError),
        ({"app_id": "com.example.absent"}, NotFoundError),
    ],
)
def test_a_claim_that_no_token_could_carry_is_not_defined(
    clinic: str, now: datetime, changed: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        define(now, **changed)
    assert not ClaimDefinition.objects.exists()
    assert not recorded(Action.CLAIM_DEFINED)


def test_fixed_values_that_are_too_much_together_are_refused(clinic: str, now: datetime) -> None:
    """Each fits; but then no decision of the app could be signed."""
    for number in range(7):
        define(now, name=f"c{number}", fixed_value="x" * 256)
    with pytest.raises(ClaimValueError, match="at most"):
        define(now, name="c7", fixed_value="x" * 256)
    assert ClaimDefinition.objects.count() == 7


def test_a_profile_has_room_for_so_many_claims(clinic: str, now: datetime) -> None:
    for number in range(64):
        define(now, name=f"c{number}")
    define(now, name="c7", claim_class=None)
    with pytest.raises(ClaimValueError, match="64"):
        define(now, name="one_more")


def test_what_is_not_there_is_not_removed(clinic: str, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        claim_remove(app_id=clinic, name="plan", actor=SYSTEM, now=now)
    with pytest.raises(NotFoundError):
        profile_change(app_id="com.example.absent", handles_phi=True, actor=SYSTEM, now=now)


def test_what_devices_tokens_carry_is_read_for_all_apps_at_once(
    clinic: str, now: datetime, django_assert_num_queries: Any
) -> None:
    define(now, fixed_value="gold")
    TokenProfile.objects.create(app_id="com.example.bank")
    with django_assert_num_queries(2):
        assert device_profiles() == {
            clinic: DeviceProfile({"plan": "gold"}, is_encrypted=False),
            "com.example.bank": DeviceProfile({}, is_encrypted=False),
        }


def test_a_profile_that_contradicts_itself_takes_no_other_app_along(clinic: str, now: datetime) -> None:
    TokenProfile.objects.create(app_id="com.example.bank")
    profile = TokenProfile.objects.get(pk=clinic)
    for number in range(33):
        ClaimDefinition.objects.create(
            profile=profile, name=f"c{number}", claim_class="public", claim_type="text", fixed_value="x"
        )
    assert device_profiles().keys() == {"com.example.bank"}


def test_no_address_of_the_api_leads_to_a_profile() -> None:
    api = [str(one.pattern) for one in _all_patterns(get_resolver().url_patterns) if one.callback]
    assert any("recipients" in pattern for pattern in api)
    assert not [pattern for pattern in api if "profile" in pattern or "claim" in pattern]


def _all_patterns(patterns: Any) -> Any:
    for one in patterns:
        if hasattr(one, "url_patterns"):
            if str(one.pattern).startswith("api/"):
                yield from _all_patterns(one.url_patterns)
        else:
            yield one


def test_what_was_lowered_before_it_was_remembered_is_read_from_the_log(clinic: str, now: datetime) -> None:
    for handles_phi, at in ((True, now), (False, now + timedelta(days=1))):
        profile_change(app_id=clinic, handles_phi=handles_phi, actor=SYSTEM, now=at)
    TokenProfile.objects.update(phi_lowered_at=None)
    import_module("signing.migrations.0005_phi").lowered_read(installed, None)
    assert TokenProfile.objects.get().phi_lowered_at == now + timedelta(days=1)
