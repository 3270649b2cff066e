"""What testers type on their own pages; rules are checked by the services."""

from typing import Any

from django import forms

from updates.domain.testers.notice import NOTICE_VERSION

_ADDRESS = {"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none", "inputmode": "email"}


class JoinForm(forms.Form):
    """Joining a beta: what is said about oneself, and the consent."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        required=False,
        help_text="So that the app's team knows who you are.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label="E-mail",
        max_length=254,
        required=False,
        help_text="To hear of new versions, and to find back to your page. You confirm it by a letter.",
        widget=forms.TextInput(attrs=_ADDRESS),
    )
    wants_mail = forms.BooleanField(label="Write to me when a new version is out", required=False)
    consents = forms.BooleanField(
        label="I have read what is kept about me, and agree to it.",
        error_messages={"required": "Joining needs your consent."},
    )
    # Of the notice on the page, so that nobody agrees to words that changed meanwhile.
    notice = forms.CharField(widget=forms.HiddenInput, initial=NOTICE_VERSION)

    def __init__(self, *args: Any, knows_address: bool, name: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {"name": name, "notice": NOTICE_VERSION}
        super().__init__(*args, **kwargs)
        if knows_address:
            del self.fields["email"]


class AddressForm(forms.Form):
    """An address to write to."""

    email = forms.CharField(label="E-mail", max_length=254, widget=forms.TextInput(attrs=_ADDRESS))


class FeedbackForm(forms.Form):
    """A few words to the app's team."""

    version = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label="What works, what doesn't?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The app's team reads it with your name.",
    )
