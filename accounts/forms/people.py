"""What is said of other people: who they are, and what they may do."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.domain.access import Place
from accounts.domain.engagements import LONGEST_ENGAGEMENT, REPORT_WORDS, Report
from accounts.domain.roles import GRANTABLE, INSIDER_ROLES, PERMISSION_WORDS, Permission, Role
from accounts.forms.fields import ASCII, ONE_LINE, email_field
from accounts.models import User
from accounts.selectors.places import places_known
from accounts.services.engagements import EngagementWish
from accounts.services.grants import LONGEST_REASON, GrantWish


class PlaceField(forms.ChoiceField):
    """An app or a channel of one, written `app/channel`; with `console`, the console as well."""

    def __init__(self, *, console: bool = False, **kwargs: Any) -> None:
        self._console = console
        super().__init__(choices=self._places, required=not console, **kwargs)

    def _places(self) -> list[tuple[str, Any]]:
        apps = [
            (
                app.name,
                [
                    (app.app_id, f"{app.name}, the whole app"),
                    *((f"{app.app_id}/{name}", f"{app.name}, channel {name}") for name in app.channels),
                ],
            )
            for app in places_known()
        ]
        return [("", "The console")] * self._console + apps

    def clean(self, value: Any) -> Place:
        """Take it apart."""
        app_id, _, channel = str(super().clean(value) or "").partition("/")
        return Place(app_id, channel)


class _DateField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            **kwargs,
        )


def _midnight(day: date) -> datetime:
    """Return the beginning of a day where the viewer is."""
    return timezone.make_aware(datetime.combine(day, time.min))


class GrantForm(forms.Form):
    """What somebody is to be given, on what, why, and until when."""

    place = PlaceField(label="On")
    permission = forms.TypedChoiceField(
        label="They may",
        coerce=Permission,
        choices=[(each.value, PERMISSION_WORDS[each]) for each in Permission if each in GRANTABLE],
    )
    reason = forms.CharField(label="Reason", max_length=LONGEST_REASON)
    last_day = _DateField(
        label="Last day", required=False, help_text="Through that day. Without one it lasts until it's ended."
    )

    def wish(self) -> GrantWish:
        """Return what was entered, as services take it."""
        last_day = self.cleaned_data["last_day"]
        return GrantWish(
            permission=self.cleaned_data["permission"],
            place=self.cleaned_data["place"],
            reason=self.cleaned_data["reason"],
            expires_at=_midnight(last_day + timedelta(days=1)) if last_day else None,
        )


class EngagementForm(forms.Form):
    """What an external auditor is to read, and when."""

    reports = forms.TypedMultipleChoiceField(
        label="They may read",
        coerce=Report,
        choices=[(each.value, REPORT_WORDS[each]) for each in Report],
        widget=forms.CheckboxSelectMultiple,
    )
    first_day = _DateField(label="First day")
    last_day = _DateField(label="Last day", help_text=f"At most {LONGEST_ENGAGEMENT.days} days in all.")

    def wish(self) -> EngagementWish:
        """Return what was entered, as services take it."""
        return EngagementWish(
            reports=frozenset(self.cleaned_data["reports"]),
            starts_at=_midnight(self.cleaned_data["first_day"]),
            ends_at=_midnight(self.cleaned_data["last_day"] + timedelta(days=1)),
        )


class AccessFilterForm(forms.Form):
    """Which part of the table of permissions is shown."""

    at = PlaceField(label="At", console=True)
    permission = forms.TypedChoiceField(
        label="Permission",
        required=False,
        coerce=Permission,
        empty_value=None,
        choices=[("", "All"), *((each.value, PERMISSION_WORDS[each]) for each in Permission)],
    )
    person = forms.ModelChoiceField(
        label="Person",
        required=False,
        queryset=User.objects.filter(is_active=True).order_by("name"),
        empty_label="Everybody",
    )


class PersonForm(forms.Form):
    """A new person."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = email_field("off", ASCII)

    def __init__(self, data: Mapping[str, Any] | None = None, *, two_appoint_custodians: bool) -> None:
        """Offer the roles; not what takes two people, since an invite is the word of one."""
        super().__init__(data)
        help_text = "None for somebody from outside: their engagement says what they read."
        offered = INSIDER_ROLES
        if two_appoint_custodians:
            offered = INSIDER_ROLES - {Role.KEY_CUSTODIAN}
            help_text += " Two people appoint a key custodian: once they have come in, give them that role."
        self.fields["roles"] = forms.TypedMultipleChoiceField(
            label="Roles",
            coerce=Role,
            choices=[(role.value, role.words.capitalize()) for role in Role if role in offered],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            help_text=help_text,
        )


class RecoveryReasonForm(forms.Form):
    """Why somebody has to be let in anew, and how the asker knows who they are."""

    reason = forms.CharField(
        label="Reason",
        min_length=10,
        max_length=500,
        help_text="What was lost, and how you know that it's really them who ask.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
