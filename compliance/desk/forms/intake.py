"""Forms by which a privacy request comes in: the public one, and the officer's."""

from datetime import UTC
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator

from accounts.forms.fields import ONE_LINE
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import BY_OFFICER, Channel, Kind, Scope
from compliance.desk.domain.subjects import NOT_IN_NAMES, Contact
from compliance.desk.domain.verification import Authority
from updates.forms.fields import WallTimeField, exact

_KINDS: Final = [
    (Kind.DELETE.value, "Delete what you hold about me"),
    (Kind.KNOW.value, "Tell me what you hold about me"),
    (Kind.CORRECT.value, "Correct what you hold about me"),
    (Kind.OPT_OUT.value, "Don't sell or share my data"),
    (Kind.LIMIT.value, "Limit the use of my sensitive data"),
]
_SCOPES: Final = [
    (Scope.NONE.value, "Choose one"),
    (Scope.CATEGORIES.value, "Which kinds of data are held"),
    (Scope.SPECIFIC.value, "The data themselves"),
]
_AUTHORITIES: Final = [
    (Authority.NONE.value, "nobody: the person asks themselves"),
    (Authority.SIGNED_PERMISSION.value, "an agent with a signed permission"),
    (Authority.POWER_OF_ATTORNEY.value, "an agent with a power of attorney"),
]
_NO_LINK: Final = RegexValidator(
    NOT_IN_NAMES, "A name has no slash, no @ and no address of a page.", inverse_match=True
)


def _text(label: str, *, longest: int = 200, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, validators=[ONE_LINE], **kwargs)


def _name(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=120, required=False, validators=[ONE_LINE, _NO_LINK])


def _unmarked(field: forms.Field) -> forms.Field:
    """Leave "(optional)" away, where whether a field is needed hangs on another."""
    field.unmarked = True  # type: ignore[attr-defined]  # part of form_field.html
    return field


class RequestForm(forms.Form):
    """What both have in common.

    The page shows each of three groups where it's asked for: how much somebody wants to know, what helps to
    find them in an app, and who speaks for them.
    """

    kind = forms.ChoiceField(label="What do you want?", choices=_KINDS, widget=forms.RadioSelect)
    scope = _unmarked(forms.ChoiceField(label="What do you want to know?", choices=_SCOPES, required=False))
    name = _name("Name")
    email = _unmarked(
        forms.EmailField(
            label="E-mail",
            max_length=254,
            required=False,
            help_text="Where the answer goes. To opt out or to limit, it isn't needed.",
        )
    )
    device_id = _text(
        "Device id",
        longest=128,
        help_text="As the app shows it in its settings, if it does.",
        widget=exact(),
    )
    custom_id = _text("User name in the app", help_text="If the app has one.", widget=exact())
    app_id = _text("App", longest=255, help_text="Which app it's about.")
    statement = forms.CharField(
        label="Anything else",
        max_length=4000,
        required=False,
        help_text="For a correction: what is wrong, and what is right.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    authority = _unmarked(forms.ChoiceField(label="Who asks for them?", choices=_AUTHORITIES, required=False))
    agent_name = _unmarked(_name("The agent's name"))
    agent_email = _unmarked(forms.EmailField(label="The agent's e-mail", max_length=254, required=False))

    def finds(self) -> list[forms.BoundField]:
        """What helps to find somebody in an app."""
        return [self["app_id"], self["custom_id"], self["device_id"]]

    def speaks(self) -> list[forms.BoundField]:
        """Who speaks for somebody, and by what."""
        return [self["authority"], self["agent_name"], self["agent_email"]]

    def finds_open(self) -> bool:
        """Whether that group has something to show."""
        return any(field.value() or field.errors for field in self.finds())

    def speaks_open(self) -> bool:
        """The same of the other."""
        return any(field.value() or field.errors for field in self.speaks())

    def clean(self) -> dict[str, Any]:
        """See that an answer finds its way, and that an agent is named."""
        said: dict[str, Any] = super().clean() or {}
        agent, named = said.get("authority"), said.get("agent_name")
        if agent and not named:
            self.add_error("agent_name", "Name the agent.")
        if named and not agent:
            self.add_error("authority", "Say by what the agent speaks for the person.")
        kind = said.get("kind")
        if kind == Kind.KNOW.value and not said.get("scope"):
            self.add_error("scope", "Choose one of the two.")
        if kind and not Kind(kind).is_opt_out:
            self._answer_finds_its_way(said)
        return said

    def _answer_finds_its_way(self, said: dict[str, Any]) -> None:
        field = "agent_email" if said.get("authority") else "email"
        if not said.get(field) and field not in self.errors:
            self.add_error(field, "Give an address, so that there can be an answer.")

    def _contact(self, **more: str) -> Contact:
        said = self.cleaned_data
        return Contact(
            name=said["name"],
            email=said["email"],
            device_ids=tuple(filter(None, [said["device_id"]])),
            custom_id=said["custom_id"],
            app=said["app_id"],
            statement=said["statement"],
            agent_name=said["agent_name"],
            agent_email=said["agent_email"],
            authority=Authority(said["authority"]),
            **more,
        )

    def _scope(self) -> Scope:
        is_know = self.cleaned_data["kind"] == Kind.KNOW.value
        return Scope(self.cleaned_data["scope"]) if is_know else Scope.NONE


class PublicRequestForm(RequestForm):
    """Anybody's: no account, nothing looked up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = self.fields["authority"]
        asks.label = "By what do you speak for them?"
        asks.choices = [  # type: ignore[attr-defined]  # a ChoiceField has them
            (Authority.NONE.value, "I ask for myself"),
            (Authority.SIGNED_PERMISSION.value, "I'm an agent, with a signed permission"),
            (Authority.POWER_OF_ATTORNEY.value, "I'm an agent, with a power of attorney"),
        ]
        self.fields["agent_name"].label = "Your name, as the agent"
        self.fields["agent_email"].label = "Your e-mail, as the agent"

    def intake(self, *, signals_gpc: bool) -> Intake:
        """What it says."""
        said = self.cleaned_data
        return Intake(
            kind=Kind(said["kind"]),
            channel=Channel.FORM,
            contact=self._contact(),
            scope=self._scope(),
            app_id=said["app_id"],
            signals_gpc=signals_gpc,
        )


class OfficerRequestForm(RequestForm):
    """The officer's, for what came by mail, on the phone or in a letter."""

    channel = forms.ChoiceField(
        label="How it came", choices=[(channel.value, channel.words) for channel in BY_OFFICER]
    )
    phone = _text("Phone", longest=40)
    post = forms.CharField(
        label="Postal address",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    received_at = WallTimeField(
        label="When it came, if before now",
        required=False,
        help_text="The clock runs from then, not from when it's entered.",
    )
    backdate_reason = forms.CharField(
        label="Why it's entered later",
        max_length=500,
        required=False,
        validators=[ONE_LINE],
        help_text="Kept on record. Don't name the person.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = "What is asked for?"
        self.fields["email"].unmarked = False  # type: ignore[attr-defined]  # an officer may have another way
        self.fields["email"].help_text = "Where letters go. Without it they are to be printed."
        self.fields["statement"].label = "What they say"
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a ChoiceField has them
            (kind.value, kind.words.capitalize()) for kind in Kind
        ]
        self.fields["scope"].label = "What do they want to know?"
        self.fields[
            "received_at"
        ].help_text = (
            f"In {settings.PRIVACY_TIME_ZONE}. The clock runs from then, not from when it's entered."
        )

    def entered(self) -> list[forms.BoundField]:
        """What is neither of the groups, in the order in which an officer has it."""
        names = ("channel", "received_at", "backdate_reason", "name", "email", "phone", "post", "statement")
        return [self[name] for name in names]

    def _answer_finds_its_way(self, said: dict[str, Any]) -> None:
        """Letters may be printed and posted, or read out."""

    def intake(self) -> Intake:
        """What it says; times are those of the operator's clocks on the wall."""
        said = self.cleaned_data
        received_at = said["received_at"]
        return Intake(
            kind=Kind(said["kind"]),
            channel=Channel(said["channel"]),
            contact=self._contact(phone=said["phone"], post=said["post"]),
            scope=self._scope(),
            app_id=said["app_id"],
            received_at=received_at
            and received_at.replace(tzinfo=ZoneInfo(settings.PRIVACY_TIME_ZONE)).astimezone(UTC),
            backdate_reason=said["backdate_reason"],
        )
