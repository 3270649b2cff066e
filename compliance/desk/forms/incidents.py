"""What officers type into the registers of incidents and of drills."""

from typing import Any, Final

from django import forms
from django.utils import timezone

from compliance.desk.models.drills import DrillKind, DrillResult
from compliance.desk.models.incidents import IncidentKind
from compliance.desk.services import drills, incidents
from compliance.desk.services.drills import DrillAccount
from compliance.desk.services.incidents import Account, Known

_NOT_NAMES: Final = (
    "It's kept for as long as the register is: no names of those concerned, and no health data."
)


class MomentField(forms.DateTimeField):
    """A date and time, in the zone of who types it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Name that zone below the field: clocks of laws are counted from what is typed."""
        bound = super().get_bound_field(form, field_name)
        bound.help_text = f"{self.help_text} In {timezone.get_current_timezone_name()}.".strip()
        return bound


class DayField(forms.DateField):
    """A day."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _text(label: str, longest: int, help_text: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )


class KnownForm(forms.Form):
    """Whom an incident concerns."""

    personal = forms.BooleanField(label="Personal data may be concerned", required=False)
    phi = forms.BooleanField(label="Protected health information may be concerned", required=False)
    affected = forms.IntegerField(
        label="How many people",
        min_value=0,
        max_value=2_000_000_000,
        required=False,
        help_text="Left empty: not known yet. Notices are then listed as for 500 and more.",
    )

    def known(self) -> Known:
        """What was ticked."""
        typed: dict[str, Any] = self.cleaned_data
        return Known(personal=typed["personal"], phi=typed["phi"], affected=typed["affected"])


class IncidentForm(KnownForm):
    """A new incident."""

    kind = forms.ChoiceField(label="What kind", choices=IncidentKind.choices)
    what = _text("What happened?", incidents.LONGEST_WHAT, _NOT_NAMES)
    began_at = MomentField(label="Began", required=False, help_text="As far as it's known.")
    noticed_at = MomentField(
        label="Noticed", help_text="Or would have been, with care: clocks count from here."
    )
    noticed_by = forms.CharField(label="By whom", max_length=120)
    field_order = ("kind", "what", "began_at", "noticed_at", "noticed_by", "personal", "phi", "affected")

    def account(self) -> Account:
        """What was told."""
        typed: dict[str, Any] = self.cleaned_data
        return Account(
            kind=IncidentKind(typed["kind"]),
            what=typed["what"],
            noticed_at=typed["noticed_at"],
            noticed_by=typed["noticed_by"],
            began_at=typed["began_at"],
        )


class AssessForm(KnownForm):
    """Whom it concerns, as it's known now."""

    why = _text("What is known now, and how?", incidents.LONGEST_NOTE, _NOT_NAMES)


class StepForm(forms.Form):
    """Something that was done."""

    at = MomentField(label="When")
    what = _text("What was done?", incidents.LONGEST_STEP, _NOT_NAMES)


class NoticeForm(forms.Form):
    """A notice that was sent, or isn't due."""

    sent_on = DayField(label="Sent on", required=False, help_text="Left empty: it isn't due.")
    note = _text(
        "To whom and how? Or why isn't it due?", incidents.LONGEST_NOTE, "Who decided, and counsel's word."
    )


class IncidentCloseForm(forms.Form):
    """The end."""

    lessons = _text("What was learned, and what was changed?", incidents.LONGEST_LESSONS, _NOT_NAMES)


class DrillForm(forms.Form):
    """A drill or restore that is over."""

    kind = forms.ChoiceField(label="What kind", choices=DrillKind.choices)
    what = _text("What was restored or played through, and where?", drills.LONGEST_WHAT)
    backup_at = MomentField(label="The backup was of", required=False, help_text="A restore needs it.")
    began_at = MomentField(label="Began")
    ended_at = MomentField(label="Ended", help_text="When it worked again, or was given up.")
    result = forms.ChoiceField(label="Result", choices=DrillResult.choices)
    found = _text("What was found?", drills.LONGEST_FOUND, "Needed unless all worked.", required=False)
    next_due_on = DayField(label="To be repeated by", required=False)

    def account(self) -> DrillAccount:
        """What was told."""
        typed: dict[str, Any] = self.cleaned_data
        kinds = {"kind": DrillKind(typed["kind"]), "result": DrillResult(typed["result"])}
        return DrillAccount(**{**typed, **kinds})
