"""Shapes of what people type; rules are checked by the services, whose errors land in the form."""

from typing import Any

from django import forms

from accounts.domain.publishers import PublisherKind, PublisherTerms
from accounts.forms import ONE_LINE
from accounts.services.publisher_rights import publishing_issuers
from updates.domain.platforms import Platform
from updates.models import App, Bundle

_PLATFORMS = [
    (Platform.ANDROID.value, "Android"),
    (Platform.IOS.value, "iOS"),
    (Platform.ELECTRON.value, "Electron"),
]

_OWNER_ID_HELP = (
    "A number. Left empty, it's taken from the first job, so that nobody inherits the name later."
)
_PUBLISHER_WORDS = {
    PublisherKind.GITHUB: {
        "owner": ("Owner", "The user or organisation, as in github.com/OWNER/REPOSITORY."),
        "repository": ("Repository", "Its name, without the owner."),
        "workflow": ("Workflow", "Its file in .github/workflows/, for example release.yml."),
        "owner_id": ("Owner's id", _OWNER_ID_HELP),
    },
    PublisherKind.GITLAB: {
        "owner": ("Namespace", "The user or group, with all groups above it: clinic/mobile."),
        "repository": ("Project", "Its name in the address, without the namespace."),
        "workflow": ("Pipeline file", "From the project's root; usually .gitlab-ci.yml."),
        "owner_id": ("Namespace's id", _OWNER_ID_HELP),
    },
}


def _exact() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"})


class AppForm(forms.Form):
    """A new app."""

    app_id = forms.CharField(
        label="App id",
        max_length=155,
        help_text="The appId of capacitor.config, for example com.example.clinic. It can't be changed later.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    name = forms.CharField(label="Name", max_length=120, help_text="As your team calls it.")
    platforms = forms.MultipleChoiceField(
        label="Platforms", choices=_PLATFORMS, widget=forms.CheckboxSelectMultiple, initial=["android", "ios"]
    )


class ChannelForm(forms.Form):
    """A new channel, or the settings of one (then without its name)."""

    name = forms.CharField(
        label="Name",
        max_length=64,
        help_text="Lower-case letters, digits, dot, dash and underscore; for example production.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    platforms = forms.MultipleChoiceField(label="Platforms", choices=[], widget=forms.CheckboxSelectMultiple)
    public = forms.BooleanField(
        label="Public",
        required=False,
        help_text="Devices that ask for no channel get this one. One public channel per platform. "
        "One that is neither public nor self-assignable reaches only the devices you add on its page.",
    )
    self_assignable = forms.BooleanField(
        label="Self-assignable",
        required=False,
        help_text="Any device may switch to this channel by its name, from inside the app.",
    )

    def __init__(self, *args: Any, app: App, fixed_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["platforms"]
        offered = [choice for choice in _PLATFORMS if choice[0] in app.platforms]
        field.choices = offered  # type: ignore[attr-defined]  # a MultipleChoiceField, as declared above
        field.initial = [value for value, _ in offered]
        if fixed_name:
            del self.fields["name"]


class BundleForm(forms.Form):
    """An upload."""

    version = forms.CharField(
        label="Version",
        max_length=64,
        help_text="Semantic version, for example 1.4.2. A version is never reused for other content.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "decimal"}),
    )
    file = forms.FileField(
        label="Zip file",
        help_text="Your built web folder, zipped, with index.html at the root or in its single top folder.",
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )


class PublishForm(forms.Form):
    """A release on a channel."""

    version = forms.ChoiceField(label="Bundle", choices=[])
    rollout_percent = forms.DecimalField(
        label="Rollout",
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=100,
        help_text="Share of devices that are offered it, in percent. Raise it later as you watch.",
    )
    native_min = forms.CharField(
        label="Least native version",
        max_length=32,
        required=False,
        help_text="Leave empty for any store build.",
    )
    native_max = forms.CharField(label="Greatest native version", max_length=32, required=False)
    notes = forms.CharField(
        label="Notes", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, app: App, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bundles = Bundle.objects.filter(app=app).order_by("-uploaded_at")[:100]
        field = self.fields["version"]
        field.choices = [(bundle.version, bundle.version) for bundle in bundles]  # type: ignore[attr-defined]  # a ChoiceField

    def rollout_bps(self) -> int:
        """The rollout in basis points."""
        return int(self.cleaned_data["rollout_percent"] * 100)


class RolloutForm(forms.Form):
    """A new share for a live release."""

    rollout_percent = forms.DecimalField(
        label="Rollout in percent", min_value=0, max_value=100, decimal_places=2
    )

    def rollout_bps(self) -> int:
        """The rollout in basis points."""
        return int(self.cleaned_data["rollout_percent"] * 100)


class RollbackForm(forms.Form):
    """Where to go back to; empty is the previous full release."""

    to = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    decision_seq = forms.IntegerField(widget=forms.HiddenInput)


class MemberForm(forms.Form):
    """A device that belongs to a channel."""

    device_id = forms.CharField(
        label="Device id",
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )


class APITokenForm(forms.Form):
    """A machine's right to act on this app."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        validators=[ONE_LINE],
        help_text="Which machine or pipeline uses it.",
    )
    permissions = forms.MultipleChoiceField(label="It may", choices=[], widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label="Valid for days", min_value=1, max_value=365, initial=90)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]  # a MultipleChoiceField


class PublisherForm(forms.Form):
    """A CI job that may publish this app, in the words of its kind of CI."""

    issuer = forms.ChoiceField(label="Server", choices=[])
    owner = forms.CharField(max_length=255, widget=_exact())
    repository = forms.CharField(max_length=100, widget=_exact())
    workflow = forms.CharField(max_length=255, widget=_exact())
    environment = forms.CharField(
        label="Environment",
        max_length=255,
        required=False,
        help_text="Strongly advised: only jobs of this deployment environment, with the rules that it has.",
        widget=_exact(),
    )
    ref = forms.CharField(
        label="Branch or tag",
        max_length=255,
        required=False,
        help_text="For example refs/heads/main or refs/tags/v*; empty for any branch and any tag.",
        widget=_exact(),
    )
    protected_only = forms.BooleanField(label="Only protected branches and tags", required=False)
    owner_id = forms.CharField(max_length=20, required=False, widget=_exact())
    channels = forms.MultipleChoiceField(
        label="It may publish on",
        choices=[],
        required=False,
        help_text=(
            "On none, it uploads, and a person publishes. To publish it needs an environment, a branch or "
            "tag, or only protected ones."
        ),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, kind: PublisherKind, channels: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        issuers = [url for url, its in publishing_issuers().items() if its is kind]
        self.fields["issuer"].choices = [(url, url) for url in issuers]  # type: ignore[attr-defined]  # a ChoiceField
        for name, (label, help_text) in _PUBLISHER_WORDS[kind].items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        self.fields["channels"].choices = [(name, name) for name in channels]  # type: ignore[attr-defined]  # a MultipleChoiceField
        if not channels:
            del self.fields["channels"]

    def terms(self) -> PublisherTerms:
        """What was filled in, as the terms of a publisher."""
        values = {**self.cleaned_data, "channels": tuple(self.cleaned_data.get("channels", ()))}
        return PublisherTerms(kind=self.kind, **values)
