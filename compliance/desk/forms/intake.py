"""Forms by which a privacy request comes in: the public one, and the officer's."""

from datetime import UTC
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from accounts.forms.fields import ONE_LINE
from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import BY_OFFICER, Channel, Kind, Scope
from compliance.desk.domain.subjects import Contact
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
    (Scope.NONE.value, "it isn't about knowing"),
    (Scope.CATEGORIES.value, "which kinds of data"),
    (Scope.SPECIFIC.value, "the data themselves"),
]
_AUTHORITIES: Final = [
    (Authority.NONE.value, "nobody: the person asks themselves"),
    (Authority.SIGNED_PERMISSION.value, "an agent with a signed permission"),
    (Authority.POWER_OF_ATTORNEY.value, "an agent with a power of attorney"),
]


def _text(label: str, *, longest: int = 200, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, validators=[ONE_LINE], **kwargs)


class RequestForm(forms.Form):
    """What both have in common."""

    kind = forms.ChoiceField(label="What do you want?", choices=_KINDS, widget=forms.RadioSelect)
    scope = forms.ChoiceField(label="If you want to know: how much?", choices=_SCOPES, required=False)
    name = _text("Name", longest=120)
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        required=False,
        help_text="Where the answer goes. To opt out or to limit, it isn't needed.",
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
        label="What else is to be said",
        max_length=4000,
        required=False,
        help_text="For a correction: what is wrong, and what is right.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    authority = forms.ChoiceField(label="Who asks for them?", choices=_AUTHORITIES, required=False)
    agent_name = _text("The agent's name", longest=120)
    agent_email = forms.EmailField(label="The agent's e-mail", max_length=254, required=False)

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
            self.add_error("scope", "Choose what you want to know.")
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
        asks.label = "Who are you?"
        asks.choices = [  # type: ignore[attr-defined]  # a ChoiceField has them
            (Authority.NONE.value, "I ask for myself"),
            (Authority.SIGNED_PERMISSION.value, "I'm an agent, with a signed permission"),
            (Authority.POWER_OF_ATTORNEY.value, "I'm an agent, with a power of attorney"),
        ]
        self.fields["agent_name"].label = "If you're an agent: your name"
        self.fields["agent_email"].label = "If you're an agent: your e-mail"

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
    field_order = (
        "kind",
        "scope",
        "channel",
        "received_at",
        "backdate_reason",
        "name",
        "email",
        "phone",
        "post",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = "What is asked for?"
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a ChoiceField has them
            (kind.value, kind.words.capitalize()) for kind in Kind
        ]
        self.fields["scope"].label = "If they want to know: how much?"
        self.fields[
            "received_at"
        ].help_text = (
            f"In {settings.PRIVACY_TIME_ZONE}. The clock runs from then, not from when it's entered."
        )

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
