import html
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from accounts.models import StepUp, User
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import ClaimDefinition, SigningKey, TokenProfile
from tests.integration.signing.conftest import CLINIC
from tests.support.people import code_of, signed_in

PAGE = f"/console/keys/{CLINIC}/profile/"
DEFINE = f"{PAGE}claim/"
AS_IT_IS = {"algorithm": "ES256", "backend_algorithm": "HS256"}
CLAIM = {"name": "ward", "claim_class": "internal", "claim_type": "text"}


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def change(**settings: str) -> str:
    return f"{PAGE}change/?{urlencode({**AS_IT_IS, **settings})}"


def look(client: Client, path: str, fields: Mapping[str, str] | None = None) -> Any:
    """Open a confirming page; what has `fields` is posted, and nothing of them stands in its address."""
    return client.post(path, fields) if fields else client.get(path)


def confirm(client: Client, path: str, code: str, fields: Mapping[str, str] | None = None) -> Any:
    """As a browser does: what the page hides in its form goes along with the code."""
    page = look(client, path, fields).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.partition("<main")[2])
    kept = {name: html.unescape(value) for name, value in hidden}
    return client.post(path, {**kept, "code": code}, follow=True)


@pytest.fixture
def custodian(kai: User) -> Client:
    return signed_in(kai)


def test_the_page_offers_what_a_device_can_verify_and_says_why_not_hs256(
    clinic: str, custodian: Client
) -> None:
    page = said(custodian.get(PAGE))
    radios = re.findall(r'type="radio" name="algorithm" value="([^"]+)"', page)
    assert radios == ["ES256", "Ed25519", "ES384", "RS256", "PS256"]
    assert "Why no HS256 for devices?" in page
    assert "could forge one for every other device" in page


def test_an_auditor_reads_it_and_is_offered_no_form(clinic: str, audra: User) -> None:
    page = said(signed_in(audra).get(PAGE)).partition("<main")[2]
    assert "Back-end tokens" in page
    assert "<form" not in page


def test_another_algorithm_comes_with_the_next_key(clinic: str, custodian: Client, kai: User) -> None:
    path = change(algorithm="ES384")
    page = said(custodian.get(path))
    assert "Release tokens are signed with ES384 instead of ES256." in page
    assert "doesn't know ES384 refuse every answer" in page
    answer = confirm(custodian, path, code_of(kai))
    assert "The token profile is changed." in said(answer)
    assert TokenProfile.objects.get().algorithm == "ES384"
    keys = SigningKey.objects.filter(app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN)
    assert keys.get(state=KeyState.ACTIVE).algorithm == "ES256"
    assert keys.get(state=KeyState.PREPUBLISHED).algorithm == "ES384"
    event = AuditEvent.objects.get(action=Action.PROFILE_CHANGED.value)
    assert (event.actor_id, StepUp.objects.get().operation) == (str(kai.pk), "signing:profile:change")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"issues_backend_tokens": "on"}, "Tokens for the app's own back end can be issued"),
        ({"backend_algorithm": "ES256"}, "Back-end tokens are signed with ES256 instead of HS256."),
        ({"encrypts_personal": "on"}, "Tokens with personal claims are encrypted"),
        ({"devices_may_register": "on"}, "Devices may register a key"),
    ],
)
def test_every_setting_is_explained_and_taken(
    settings: dict[str, str], words: str, clinic: str, custodian: Client, kai: User
) -> None:
    assert words in said(custodian.get(change(**settings)))
    confirm(custodian, change(**settings), code_of(kai))
    (name,) = settings
    assert getattr(TokenProfile.objects.get(), name) in {True, "ES256"}


def test_switching_off_is_explained_too(clinic: str, custodian: Client) -> None:
    TokenProfile.objects.update(
        issues_backend_tokens=True, handles_phi=True, encrypts_personal=True, devices_may_register=True
    )
    page = said(custodian.get(change()))
    for words in (
        "No more tokens are issued",
        "in the clear again",
        "in the clear, with consent",
        "can't register encryption keys any more",
    ):
        assert words in page


def test_no_change_is_no_operation(clinic: str, custodian: Client) -> None:
    assert "Nothing would change." in said(custodian.get(change(), follow=True))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"{PAGE}change/", id="no settings"),
        pytest.param(change(algorithm="HS256"), id="HS256 for devices"),
        pytest.param(change(algorithm="none"), id="none"),
        pytest.param(change(backend_algorithm="none"), id="none for the back end"),
    ],
)
def test_settings_that_cannot_be_are_told_on_the_profile_s_page(
    path: str, clinic: str, custodian: Client
) -> None:
    answer = custodian.get(path, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "rc-alert-bad" in said(answer)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"name": ""}, id="no claim"),
        pytest.param({"name": "Ward"}, id="no name for a claim"),
        pytest.param({"name": "exp"}, id="a reserved name"),
        pytest.param({"claim_class": "secret"}, id="unknown class"),
        pytest.param({"claim_type": "whole", "fixed_value": "many"}, id="no number"),
        pytest.param({"claim_type": "flag", "fixed_value": "maybe"}, id="no flag"),
        pytest.param({"claim_class": "personal", "fixed_value": "Kai"}, id="personal for everybody"),
    ],
)
def test_a_claim_that_cannot_be_is_told_on_the_profile_s_page(
    fields: dict[str, str], clinic: str, custodian: Client
) -> None:
    answer = custodian.post(DEFINE, {**CLAIM, **fields}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "rc-alert-bad" in said(answer)


def test_no_value_of_a_claim_stands_in_an_address(clinic: str, custodian: Client, kai: User) -> None:
    """Addresses are kept in histories and access logs; what people type mustn't be."""
    form = re.findall(rf'<form [^>]*action="{DEFINE}"[^>]*>', said(custodian.get(PAGE)))
    assert [re.findall(r'method="(\w+)"', tag) for tag in form] == [["post"]]
    # An address that somebody made up, or kept from before, is followed no further.
    answer = custodian.get(f"{DEFINE}?{urlencode({**CLAIM, 'fixed_value': 'Ada'})}", follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "rc-alert" not in said(answer)
    answer = confirm(custodian, DEFINE, code_of(kai), {**CLAIM, "fixed_value": "Ada & Kai "})
    assert answer.redirect_chain == [(PAGE, 302)]
    assert ClaimDefinition.objects.get().fixed_value == "Ada & Kai "


def test_what_is_typed_as_a_value_stays_out_of_error_reports(clinic: str, custodian: Client) -> None:
    request = custodian.post(DEFINE, {**CLAIM, "fixed_value": "Ada"}).wsgi_request
    assert set(getattr(request, "sensitive_post_parameters", ())) == {"fixed_value", "code"}


def test_the_code_confirms_the_claim_that_was_shown_only(clinic: str, custodian: Client, kai: User) -> None:
    page = said(look(custodian, DEFINE, CLAIM))
    assert "rc-error" not in page  # nobody has been asked for a code before
    looked_at = re.findall(r'name="digest" value="(\w+)"', page)[0]
    answer = custodian.post(
        DEFINE, {**CLAIM, "fixed_value": "north", "digest": looked_at, "code": code_of(kai)}
    )
    assert "What you confirmed isn't what would be done now" in said(answer)
    assert not ClaimDefinition.objects.exists()


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({}, None),
        ({"fixed_value": "north"}, "north"),
        ({"claim_type": "whole", "fixed_value": "7"}, 7),
        ({"claim_type": "flag", "fixed_value": "true"}, True),
        ({"claim_class": ""}, None),
        ({"claim_class": "phi"}, None),
        ({"claim_class": "personal"}, None),
    ],
)
def test_a_claim_is_defined_and_shown(
    fields: dict[str, str], value: object, clinic: str, custodian: Client, kai: User
) -> None:
    answer = confirm(custodian, DEFINE, code_of(kai), {**CLAIM, **fields})
    assert "The token profile is changed." in said(answer)
    found = ClaimDefinition.objects.get()
    assert (found.name, found.fixed_value) == ("ward", value)
    assert found.claim_class == {**CLAIM, **fields}["claim_class"]
    assert "Remove ward" in said(answer)
    assert "ward" in said(custodian.get(f"/console/keys/{CLINIC}/"))


def test_a_claim_is_removed(clinic: str, custodian: Client, kai: User, now: datetime) -> None:
    confirm(custodian, DEFINE, code_of(kai), CLAIM)
    path = f"{PAGE}claim/ward/remove/"
    assert "Tokens can't carry ward any more" in said(custodian.get(path))
    with time_machine.travel(now + timedelta(seconds=90)):
        confirm(custodian, path, code_of(kai))
    assert not ClaimDefinition.objects.exists()
    assert custodian.get(path).status_code == 404


def test_redefining_says_that_it_replaces(clinic: str, custodian: Client, kai: User) -> None:
    confirm(custodian, DEFINE, code_of(kai), CLAIM)
    page = said(look(custodian, DEFINE, {**CLAIM, "claim_class": "phi"}))
    assert "It replaces the definition of ward" in page


def test_a_code_confirms_what_was_shown_only(clinic: str, custodian: Client, kai: User) -> None:
    path = change(encrypts_personal="on")
    looked_at = re.findall(r'name="digest" value="(\w+)"', said(custodian.get(path)))[0]
    answer = custodian.post(change(algorithm="ES384"), {"digest": looked_at, "code": code_of(kai)})
    assert "What you confirmed isn't what would be done now" in said(answer)
    assert TokenProfile.objects.get().algorithm == "ES256"


def test_what_somebody_else_changed_meanwhile_is_looked_at_again(
    clinic: str, custodian: Client, kai: User
) -> None:
    path = change(algorithm="ES384")
    looked_at = re.findall(r'name="digest" value="(\w+)"', said(custodian.get(path)))[0]
    TokenProfile.objects.update(encrypts_personal=True)
    answer = custodian.post(path, {"digest": looked_at, "code": code_of(kai)})
    assert "What you confirmed isn't what would be done now" in said(answer)
    assert TokenProfile.objects.get().algorithm == "ES256"


def test_a_wrong_code_changes_nothing(clinic: str, custodian: Client) -> None:
    assert "The code didn't match." in said(confirm(custodian, change(algorithm="ES384"), "000000"))
    assert TokenProfile.objects.get().algorithm == "ES256"


def test_the_console_has_no_profile(console: None, custodian: Client) -> None:
    assert custodian.get("/console/keys/console/profile/").status_code == 404
