"""What people type about testers: groups, invites, links and previews."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from accounts.forms import ONE_LINE
from updates.domain.invite_list import MAX_BYTES, MAX_LINES
from updates.domain.previews import DEFAULT_DAYS, DEFAULT_TESTERS, MAX_DAYS, MAX_TESTERS
from updates.forms.fields import PLATFORMS, exact
from updates.models import App, Channel, TesterGroup
from updates.services.previews import PreviewWish

SENDING: Final = [("mail", "Mail it to them"), ("copy", "Give me the link to pass on")]
SENDING_MANY: Final = [("mail", "Mail them"), ("copy", "Give me the links to pass on")]


class TesterGroupForm(forms.Form):
    """A group of testers, and what they may do."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        validators=[ONE_LINE],
        help_text="Testers see it; for example Pilot wards.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    channels = forms.MultipleChoiceField(
        label="Channels",
        choices=[],
        help_text="Devices go to the first of them, by name, unless testers choose.",
        widget=forms.CheckboxSelectMultiple,
    )
    may_switch = forms.BooleanField(label="Testers choose among these channels themselves", required=False)
    max_devices = forms.IntegerField(label="Devices per tester", min_value=1, max_value=100, initial=3)
    platforms = forms.MultipleChoiceField(
        label="Only on",
        choices=[],
        required=False,
        help_text="None chosen: on all that the app ships on.",
        widget=forms.CheckboxSelectMultiple,
    )
    last_day = forms.DateField(
        label="Last day",
        required=False,
        input_formats=["%Y-%m-%d"],
        help_text="Through that day; then its devices get the normal version again. Empty: no end.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    sees_notes = forms.BooleanField(label="Testers see release notes", required=False, initial=True)
    may_send_feedback = forms.BooleanField(label="Testers may send feedback", required=False, initial=True)

    def __init__(self, *args: Any, app: App, channels: Iterable[Channel], **kwargs: Any) -> None:
        """Offer just these channels: those on which the person may manage testers."""
        super().__init__(*args, **kwargs)
        self._channels = {channel.name: channel for channel in channels}
        offered = [(name, name) for name in self._channels]
        self.fields["channels"].choices = offered  # type: ignore[attr-defined]  # a MultipleChoiceField
        shipped = [choice for choice in PLATFORMS if choice[0] in app.platforms]
        self.fields["platforms"].choices = shipped  # type: ignore[attr-defined]  # a MultipleChoiceField

    def values(self) -> dict[str, Any]:
        """What was typed, as services take it."""
        values = {**self.cleaned_data}
        last_day = values.pop("last_day")
        values["ends_at"] = _midnight(last_day + timedelta(days=1)) if last_day else None
        values["channels"] = [self._channels[name] for name in values["channels"]]
        return values

    @staticmethod
    def initial_of(group: TesterGroup) -> dict[str, Any]:
        """Write a group as the form holds it."""
        names = ("name", "may_switch", "max_devices", "platforms", "sees_notes", "may_send_feedback")
        last_day = timezone.localdate(group.ends_at - timedelta(seconds=1)) if group.ends_at else None
        channels = [channel.name for channel in group.channels.all()]
        return {name: getattr(group, name) for name in names} | {"last_day": last_day, "channels": channels}


class TesterInviteForm(forms.Form):
    """One person to invite."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        required=False,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.CharField(
        label="E-mail",
        max_length=254,
        required=False,
        help_text="Needed to mail the invite; for a link that you pass on it may stay empty.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sending = forms.ChoiceField(label="The invite", choices=SENDING, initial="mail", widget=forms.RadioSelect)


class InviteListForm(forms.Form):
    """Many people to invite, as a file or pasted."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        help_text=f"At most {MAX_LINES} lines and {MAX_BYTES // 1024} kB, in UTF-8.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label="Or paste it here",
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        help_text="One person a line: name and address, in either order. A sheet's copied cells do too.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "rc-mono"}),
    )
    sending = forms.ChoiceField(
        label="The invites", choices=SENDING_MANY, initial="mail", widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        """Want one of file and text."""
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not str(cleaned.get("text", "")).strip():
            self.add_error("text", "Choose a file, or paste a list.")
        return cleaned


class GroupLinkForm(forms.Form):
    """A link for whoever has it."""

    cap = forms.IntegerField(
        label="How many people it lets in",
        min_value=1,
        max_value=100_000,
        initial=25,
        help_text="After that its page says that this beta is full.",
    )
    days = forms.IntegerField(label="Good for days", min_value=1, max_value=90, initial=14)


class PreviewForm(forms.Form):
    """A preview of a pull request."""

    subject = forms.CharField(
        label="Preview of",
        max_length=80,
        validators=[ONE_LINE],
        help_text="For example PR 123; it names the channel. The same again lets a running one go on.",
        widget=exact(),
    )
    version = forms.ChoiceField(
        label="Bundle", choices=[], required=False, help_text="Published there at once."
    )
    days = forms.IntegerField(label="For days", min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS)
    testers = forms.IntegerField(
        label="Testers at most", min_value=1, max_value=MAX_TESTERS, initial=DEFAULT_TESTERS
    )

    def __init__(self, *args: Any, versions: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", "None yet"), *((version, version) for version in versions)]
        self.fields["version"].choices = offered  # type: ignore[attr-defined]  # a ChoiceField

    def wish(self) -> PreviewWish:
        """Return what was typed, as services take it."""
        return PreviewWish(**self.cleaned_data)


def _midnight(day: date) -> datetime:
    """Return the beginning of a day where the viewer is."""
    return timezone.make_aware(datetime.combine(day, time.min))
