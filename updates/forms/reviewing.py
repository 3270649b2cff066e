"""What people type when they sign a release off, compare bundles, and register native builds."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from updates.domain.native_plugins import TEXT_MAX, native_packages_typed
from updates.errors import InvalidValueError
from updates.forms.fields import PLATFORMS, exact
from updates.models import App

_COMMENT_MAX = 500


class SignOffForm(forms.Form):
    """An approval's own part; the proof has a form of its own."""

    attests = forms.BooleanField(
        label="This release keeps these rules.",
        error_messages={"required": "Confirm that it does, or reject the release."},
    )
    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=_COMMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )


class RejectForm(forms.Form):
    """A rejection."""

    comment = forms.CharField(
        label="What is wrong with it?",
        max_length=_COMMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )


class PackagesField(forms.CharField):
    """A list of native plugins, pasted."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(
            attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        )
        super().__init__(max_length=TEXT_MAX, widget=widget, **kwargs)

    def clean(self, value: Any) -> dict[str, str] | None:
        """Read it.

        Raises:
            ValidationError: It's neither JSON nor a line for each plugin.
        """
        try:
            return native_packages_typed(super().clean(value))
        except InvalidValueError as error:
            raise ValidationError(error.message) from error


class NativeBuildForm(forms.Form):
    """A build that is, or will be, in a store."""

    platform = forms.ChoiceField(label="Platform", choices=[])
    version = forms.CharField(
        label="Native version",
        max_length=32,
        help_text="As devices report it, for example 2.4.0.",
        widget=exact(),
    )
    build_number = forms.CharField(label="Build number", required=False, max_length=32, widget=exact())
    plugins = PackagesField(
        label="Native plugins",
        help_text="A line for each, such as “@capacitor/camera 6.0.2”, or JSON with names and versions.",
    )

    def __init__(self, *args: Any, app: App, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["platform"]
        field.choices = [choice for choice in PLATFORMS if choice[0] in app.platforms]  # type: ignore[attr-defined]  # a ChoiceField, as declared above
