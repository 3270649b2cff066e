"""Shapes of what people type to get in; rules are checked by the services."""

import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.validators import RegexValidator
from django.utils import timezone

from accounts.domain.access import Place
from accounts.domain.engagements import LONGEST_ENGAGEMENT, REPORT_WORDS, Report
from accounts.domain.operations import Operation
from accounts.domain.passwords import LONGEST
from accounts.domain.presets import Preset
from accounts.domain.recovery_codes import LONGEST_TYPED
from accounts.domain.roles import GRANTABLE, INSIDER_ROLES, PERMISSION_WORDS, Permission, Role
from accounts.domain.totp import DIGITS
from accounts.models import User
from accounts.selectors.places import places_known
from accounts.services.engagements import EngagementWish
from accounts.services.grants import LONGEST_REASON, GrantWish
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse

_LONGEST_ASSERTION: Final = 16 * 1024
# Names stand in subjects of letters, in lists and in logs.
ONE_LINE: Final = RegexValidator(
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z", "Leave out line ends and other control characters."
)

_ASCII: Final = RegexValidator(r"^[\x00-\x7f]*\Z", "An address here has plain English letters only (ASCII).")


class CodeField(forms.CharField):
    """A one-time code; spaces, as authenticator apps show them, don't matter."""

    def __init__(self, *, autofocus: bool = False, **kwargs: Any) -> None:
        attrs: dict[str, str | bool] = {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "spellcheck": "false",
        }
        if autofocus:
            attrs["autofocus"] = True
        super().__init__(
            label="One-time code",
            max_length=16,
            widget=forms.TextInput(attrs=attrs),
            validators=[RegexValidator(rf"^[0-9]{{{DIGITS}}}\Z", f"A code has {DIGITS} digits.")],
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """Drop the spaces."""
        return "".join(str(super().to_python(value)).split())


def _password_field(autocomplete: str, help_text: str = "", label: str = "Password") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
    )


def _email_field(autocomplete: str, *rules: RegexValidator, **attrs: str | bool) -> forms.EmailField:
    attrs |= {"autocomplete": autocomplete, "spellcheck": "false"}
    return forms.EmailField(
        label="E-mail", max_length=254, validators=rules, widget=forms.EmailInput(attrs=attrs)
    )


def _new_password_field(label: str = "New password") -> forms.CharField:
    return _password_field("new-password", " ".join(password_validators_help_texts()), label)


class SignInForm(forms.Form):
    """The first factor."""

    email = _email_field("username", autofocus=True)
    password = _password_field("current-password")


class CodeForm(forms.Form):
    """The second factor, as a one-time code."""

    code = CodeField(autofocus=True)


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = _email_field("username", autofocus=True)


class NewPasswordForm(forms.Form):
    """A password chosen by the link of a letter."""

    password = _new_password_field()


class SetupForm(forms.Form):
    """The first administrator, the preset, and the proof that their authenticator works."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = _email_field("username", _ASCII)
    password = _new_password_field("Password")
    preset = forms.TypedChoiceField(
        label="How strictly does the console start?",
        coerce=Preset,
        choices=[(preset.value, preset.value) for preset in Preset],
        initial=Preset.TEAM.value,
        widget=forms.RadioSelect,
    )
    code = CodeField()
    # Filled by a script from the browser; times are shown in it.
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_time_zone(self) -> str:
        """Take a zone that exists, else UTC."""
        zone = str(self.cleaned_data["time_zone"])
        return zone if zone in zoneinfo.available_timezones() else "UTC"

    def clean(self) -> dict[str, Any] | None:
        """Say at the password what is wrong with it; the service checks again."""
        password = self.cleaned_data.get("password")
        if password is not None:
            person = User(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("name", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as exc:
                self.add_error("password", exc)
        return super().clean()


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
    email = _email_field("off", _ASCII)

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


class AssertionField(forms.CharField):
    """What a security key signed, as the page's script fills it in; it never comes back into a page."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=_LONGEST_ASSERTION, widget=forms.HiddenInput)

    def clean(self, value: Any) -> dict[str, Any] | None:
        """Read the JSON object; nothing is none.

        Raises:
            ValidationError: It's something else.
        """
        text = super().clean(value)
        if not text:
            return None
        try:
            return object_parse(text.encode(), what="an assertion")
        except TokenRefusedError as exc:
            raise forms.ValidationError("The browser sent something that isn't an assertion.") from exc


class ProofForm(forms.Form):
    """A fresh code, or what a security key signed instead; neither when the script asks for a challenge."""

    code = CodeField(required=False)
    assertion = AssertionField()

    def clean(self) -> dict[str, Any] | None:
        """See that there is a proof."""
        cleaned = super().clean() or self.cleaned_data
        empty = not cleaned.get("code") and not cleaned.get("assertion")
        if empty and not self.errors and "begin" not in self.data:
            self.add_error("code", "Enter a code, or confirm with a security key.")
        return cleaned


class StepUpForm(ProofForm):
    """A proof, and the digest of the operation as it was shown when the proof was asked for.

    `bound_to` is the digest of what this page shows; what the page before it showed comes back in `digest`.
    """

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, operation: Operation) -> None:
        super().__init__(data)
        self.bound_to = operation.digest()


def _name_field() -> forms.CharField:
    return forms.CharField(
        label="Name",
        max_length=64,
        validators=[ONE_LINE],
        help_text="To tell it from others: “work phone”, “blue key”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FullProofForm(StepUpForm):
    """Both factors, for one operation on what one signs in with.

    Who has no password, because an identity provider vouches for them, isn't asked for one: that they were
    there just now stands in for it (`accounts.views.full_proof`).
    """

    password = _password_field("current-password", label="Current password")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, operation: Operation, has_password: bool = True
    ) -> None:
        super().__init__(data, operation=operation)
        if not has_password:
            del self.fields["password"]


class PasswordChangeForm(FullProofForm):
    """Both factors anew, and the password to be."""

    new_password = _new_password_field()


class PasswordProofForm(forms.Form):
    """The first factor alone: the recovery code that opened the session just before is the second one."""

    password = _password_field("current-password")


class NewTOTPForm(forms.Form):
    """A generator's name, and the code that proves that the phone has the seed."""

    name = _name_field()
    new_code = CodeField()

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["new_code"].label = "Code that the new app shows"


class AuthenticatorNameForm(forms.Form):
    """A new name for an authenticator."""

    name = _name_field()


class RecoveryCodeForm(forms.Form):
    """One of the codes on paper, however it's typed."""

    recovery_code = forms.CharField(
        label="Recovery code",
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
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
