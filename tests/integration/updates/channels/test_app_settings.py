"""What may be set of an app, and what is forgotten with it."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.errors import LegalHoldError
from compliance.ledger.models import HoldScope
from compliance.ledger.services.holds import HoldTerms, hold_lift, hold_place
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, channel_made, recorded
from updates.domain.attributes import Attribute
from updates.domain.custom_ids import CustomIdPolicy
from updates.errors import ConflictError, InvalidValueError
from updates.models import App, Channel, Device
from updates.selectors.app_settings import app_settings
from updates.selectors.decision_table import decision_table_version
from updates.services import app_change

TIER = Attribute("tier", ("free", "paid"))


def changed(app: App, **settings: Any) -> App:
    return app_change(app=app, settings=replace(app_settings(app), **settings), actor=SYSTEM)


def phone(app: App, custom_id: str = "", **attributes: str) -> Device:
    now = clock.now()
    return Device.objects.create(
        app=app,
        device_id=f"{app.pk}-{custom_id}",
        first_seen_at=now,
        last_seen_at=now,
        custom_id=custom_id,
        attributes=attributes,
    )


def test_a_change_is_told_to_every_process_and_recorded(production: Channel) -> None:
    table = decision_table_version()
    app = changed(production.app, name=" Clinic 2 ", default_channel="production", attributes=(TIER,))
    assert (app.name, app.default_channel, app.attributes) == (
        "Clinic 2",
        production,
        [{"name": "tier", "values": ["free", "paid"]}],
    )
    assert decision_table_version() == table + 1
    (event,) = recorded(Action.APP_CHANGED)
    assert event.detail["before"] == {"name": "Clinic", "default_channel": "", "attributes": []}


def test_what_a_legal_hold_keeps_is_not_forgotten_by_a_setting(production: Channel) -> None:
    """One person with the right to settings could have emptied what two people are needed to release."""
    app = changed(production.app, attributes=(TIER,), custom_id_policy=CustomIdPolicy.ALLOWED)
    kept = phone(app, "pat", tier="paid")
    terms = HoldTerms(HoldScope.OBJECT, subject=("app", app.pk))
    hold = hold_place(terms=terms, reason="Case 12", actor=SYSTEM, now=clock.now())
    for fewer in ({"custom_id_policy": CustomIdPolicy.OFF}, {"attributes": ()}):
        with pytest.raises(LegalHoldError):
            changed(app, **fewer)
    kept.refresh_from_db()
    assert (kept.custom_id, kept.attributes) == ("pat", {"tier": "paid"})
    hold_lift(hold=hold, reason="It's over.", actor=SYSTEM, now=clock.now())
    changed(app, custom_id_policy=CustomIdPolicy.OFF)
    kept.refresh_from_db()
    assert kept.custom_id == ""


def test_what_is_so_already_changes_nothing(production: Channel) -> None:
    table = decision_table_version()
    changed(production.app)
    assert (decision_table_version(), recorded(Action.APP_CHANGED)) == (table, [])


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        pytest.param({"name": " "}, InvalidValueError, "a name", id="no name"),
        pytest.param({"platforms": ("windows",)}, InvalidValueError, "isn't a platform", id="platform"),
        pytest.param({"platforms": ("ios",)}, ConflictError, "serves android", id="in use"),
        pytest.param({"default_channel": "beta"}, InvalidValueError, "no channel beta", id="no channel"),
        pytest.param({"default_channel": "pr-7"}, InvalidValueError, "could be its default", id="preview"),
        pytest.param(
            {"attributes": (Attribute("email", ("a",)),)}, InvalidValueError, "named a person", id="personal"
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    production: Channel, settings: dict[str, Any], error: type[Exception], says: str
) -> None:
    preview = channel_made(production.app, "pr-7", public=False)
    preview.preview_of, preview.expires_at = "#7", clock.now()
    preview.save()
    channel_made(app_made("com.example.other"), "beta")
    before = app_settings(production.app)
    with pytest.raises(error, match=says):
        changed(production.app, **settings)
    assert app_settings(App.objects.get(pk=APP_ID)) == before


@pytest.mark.parametrize("policy", [CustomIdPolicy.OFF, CustomIdPolicy.HASHED])
def test_custom_ids_are_erased_once_they_are_not_kept_so(app: App, policy: CustomIdPolicy) -> None:
    other = changed(app_made("com.example.other"), custom_id_policy=CustomIdPolicy.ALLOWED)
    app = changed(app, custom_id_policy=CustomIdPolicy.ALLOWED)
    kept, erased = phone(other, "somebody"), phone(app, "somebody")
    changed(app, name="Still kept")
    erased.refresh_from_db()
    assert erased.custom_id == "somebody"
    changed(App.objects.get(pk=APP_ID), custom_id_policy=policy)
    for device in (kept, erased):
        device.refresh_from_db()
    assert (kept.custom_id, erased.custom_id) == ("somebody", "")


def test_each_time_in_which_ids_are_hashed_has_a_key_of_its_own(app: App) -> None:
    keys = []
    for policy in (CustomIdPolicy.HASHED, CustomIdPolicy.OFF, CustomIdPolicy.HASHED):
        app = changed(app, custom_id_policy=policy)
        keys.append(app.sealed_custom_id_key)
    assert keys[1] == ""
    assert len(set(keys)) == len(keys)
    assert [event.detail["after"] for event in recorded(Action.APP_CHANGED)] == [
        {"custom_id_policy": "hashed"},
        {"custom_id_policy": "off"},
        {"custom_id_policy": "hashed"},
    ]


@pytest.mark.parametrize(
    "wrong", [{"custom_id_policy": "hashed"}, {"sealed_custom_id_key": "k"}, {"custom_id_policy": "loud"}]
)
def test_the_database_holds_a_key_where_ids_are_hashed_and_nowhere_else(
    app: App, wrong: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        App.objects.filter(pk=app.pk).update(**wrong)


@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        pytest.param((TIER, Attribute("region", ("eu",))), {"tier": "paid"}, id="one more"),
        pytest.param((Attribute("tier", ("paid",)),), {}, id="a value less"),
        pytest.param((), {}, id="none"),
    ],
)
def test_attributes_are_forgotten_once_one_is_not_kept(
    app: App, attributes: tuple[Attribute, ...], kept: dict[str, str]
) -> None:
    allowing = changed(app, attributes=(TIER,))
    device = phone(allowing, tier="paid")
    changed(allowing, attributes=attributes)
    device.refresh_from_db()
    assert device.attributes == kept


# --- its page -----------------------------------------------------------------------------------------
def test_the_page_shows_what_is_set_and_saves_what_is_typed(production: Channel, rita: User) -> None:
    changed(production.app, attributes=(TIER,))
    browser, where = signed_in(rita), reverse("updates:app-settings", args=[APP_ID])
    assert "tier: free, paid" in browser.get(where).content.decode()
    form = {
        "name": "Clinic",
        "platforms": ["android", "ios"],
        "default_channel": "production",
        "attributes": "region: eu ,us\n\ntier: paid",
        "custom_id_policy": "allowed",
        "telemetry_policy": "consent",
        "telemetry_text_version": "2026-12",
    }
    assert "settings are saved" in browser.post(where, form, follow=True).content.decode()
    settings = app_settings(App.objects.get())
    assert settings.attributes == (Attribute("region", ("eu", "us")), Attribute("tier", ("paid",)))
    assert (settings.default_channel, settings.custom_id_policy) == ("production", CustomIdPolicy.ALLOWED)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param({"attributes": "tier free"}, "give a colon and its values", id="no colon"),
        pytest.param({"attributes": "user_id: a"}, "named a person", id="personal"),
        pytest.param({"platforms": ["ios"]}, "Change the channel first", id="in use"),
        pytest.param({"default_channel": "beta"}, "valid choice", id="no channel"),
        pytest.param({"telemetry_policy": "consent"}, "version of the text", id="consent to no text"),
        pytest.param({"telemetry_text_version": "-1"}, "letters, digits", id="a version that can't be"),
    ],
)
def test_the_page_says_what_it_refuses(
    production: Channel, rita: User, typed: dict[str, Any], says: str
) -> None:
    form = {
        "name": "Clinic",
        "platforms": ["android", "ios"],
        "default_channel": "",
        "attributes": "",
        "custom_id_policy": "off",
        "telemetry_policy": "on",
    }
    where = reverse("updates:app-settings", args=[APP_ID])
    assert says in signed_in(rita).post(where, form | typed).content.decode()
