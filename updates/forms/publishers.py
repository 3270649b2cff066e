"""What people type about trusted publishers."""

from typing import Any

from django import forms

from accounts.domain.publishers import PublisherKind, PublisherTerms
from accounts.services.publisher_rights import publishing_issuers
from updates.forms.fields import exact

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


class PublisherForm(forms.Form):
    """A CI job that may publish this app, in the words of its kind of CI."""

    issuer = forms.ChoiceField(label="Server", choices=[])
    owner = forms.CharField(max_length=255, widget=exact())
    repository = forms.CharField(max_length=100, widget=exact())
    workflow = forms.CharField(max_length=255, widget=exact())
    environment = forms.CharField(
        label="Environment",
        max_length=255,
        required=False,
        help_text="Strongly advised: only jobs of this deployment environment, with the rules that it has.",
        widget=exact(),
    )
    ref = forms.CharField(
        label="Branch or tag",
        max_length=255,
        required=False,
        help_text="For example refs/heads/main or refs/tags/v*; empty for any branch and any tag.",
        widget=exact(),
    )
    protected_only = forms.BooleanField(label="Only protected branches and tags", required=False)
    owner_id = forms.CharField(max_length=20, required=False, widget=exact())
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
