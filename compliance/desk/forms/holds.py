"""What compliance officers type about legal holds."""

from typing import Any, Final

from django import forms

from accounts.models import User
from compliance.ledger.models import HoldScope
from compliance.ledger.services.holds import LONGEST_REASON, HoldTerms
from updates.selectors.apps import app_places

# What events are about, as the log spells it.
_THINGS: Final = (
    "api_token",
    "app",
    "approval",
    "audit",
    "bundle",
    "channel",
    "checkpoint",
    "device_override",
    "drill",
    "incident",
    "native_build",
    "privacy_request",
    "publisher",
    "recertification",
    "recipient_key",
    "release",
    "review",
    "signing_key",
    "tester_group",
    "tester_invite",
    "token_profile",
    "trust_document",
    "webhook",
)
_TESTER: Final = "tester"
_SCOPES: Final = (
    (HoldScope.APP.value, "All about one app"),
    (HoldScope.PERSON.value, "One person of the console"),
    (_TESTER, "One beta tester"),
    (HoldScope.OBJECT.value, "One thing"),
    (HoldScope.EVERYTHING.value, "Everything"),
)


def _apps() -> list[tuple[str, str]]:
    return [("", "None"), *((place.app_id, f"{place.name} ({place.app_id})") for place in app_places())]


def _people() -> list[tuple[str, str]]:
    people = User.objects.order_by("name", "pk").values_list("pk", "name", "email")
    return [("", "Nobody"), *((str(pk), f"{name} ({email})") for pk, name, email in people)]


class HoldForm(forms.Form):
    """What a hold is to cover, and why."""

    scope = forms.ChoiceField(label="It covers", choices=_SCOPES)
    app_id = forms.ChoiceField(
        label="An app: which", choices=_apps, required=False, help_text="Of a thing too, where it's an app's."
    )
    person = forms.ChoiceField(
        label="A person: who",
        choices=_people,
        required=False,
        help_text="What they did, and what was done to them.",
    )
    thing = forms.ChoiceField(
        label="A thing: of which kind",
        choices=[("", "None"), *((each, each.replace("_", " ")) for each in _THINGS)],
        required=False,
    )
    number = forms.CharField(
        label="A tester or thing: number or name",
        max_length=200,
        required=False,
        help_text="As the entries about it in the audit log spell it.",
    )
    reason = forms.CharField(
        label="Why?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The case, and who asked. Whoever reads the audit log can read it.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen kind of hold needs; what it doesn't need is left out."""
        typed: dict[str, Any] = super().clean() or {}
        needed = {
            HoldScope.APP.value: ("app_id",),
            HoldScope.PERSON.value: ("person",),
            _TESTER: ("number",),
            HoldScope.OBJECT.value: ("thing", "number"),
        }
        for name in needed.get(typed.get("scope", ""), ()):
            if not typed.get(name) and name not in self.errors:
                self.add_error(name, "This hold needs it.")
        return typed

    def terms(self) -> HoldTerms:
        """What was chosen."""
        typed: dict[str, Any] = self.cleaned_data
        number = typed["number"].strip()
        match typed["scope"]:
            case HoldScope.APP.value:
                return HoldTerms(HoldScope.APP, app_id=typed["app_id"])
            case HoldScope.PERSON.value:
                return HoldTerms(HoldScope.PERSON, subject=("person", typed["person"]))
            case "tester":
                return HoldTerms(HoldScope.PERSON, subject=(_TESTER, number))
            case HoldScope.OBJECT.value:
                return HoldTerms(HoldScope.OBJECT, app_id=typed["app_id"], subject=(typed["thing"], number))
            case _:
                return HoldTerms(HoldScope.EVERYTHING)
