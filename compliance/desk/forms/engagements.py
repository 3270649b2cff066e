"""What officers type about audits."""

from typing import Any, Final

from django import forms
from django.http import QueryDict

from accounts.models import AuditorEngagement
from compliance.desk.domain.catalogue import catalogue_by_source
from compliance.desk.forms.incidents import DayField
from compliance.desk.models import Export
from compliance.desk.models.engagements import AskedState, Framework
from compliance.desk.models.exports import ExportState
from compliance.desk.selectors.engagements import accesses_known
from compliance.desk.services import engagements
from compliance.desk.services.engagements import AuditTerms
from updates.selectors.apps import app_places

_OUTSIDE: Final = "Auditors from outside read it."


def _text(label: str, longest: int, help_text: str = "", *, required: bool = True) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, max_length=longest, required=required, widget=box, help_text=help_text
    )


def _packs() -> list[tuple[str, str]]:
    made = Export.objects.filter(state__in=[ExportState.READY, ExportState.REMOVED]).order_by("-ordered_at")
    return [("", "None"), *((str(each.pk), f"{str(each.pk)[:8]}: {each.reason[:80]}") for each in made)]


def _apps() -> list[tuple[str, str]]:
    return [("", "Every app"), *((place.app_id, f"{place.name} ({place.app_id})") for place in app_places())]


def _actions() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (source, [(kind.code, f"{kind.words} ({kind.code})") for kind in kinds])
        for source, kinds in catalogue_by_source()
    ]


def _accesses() -> list[tuple[str, str]]:
    return [
        (str(each.pk), f"{each.person.name}, {each.starts_at:%-d %b %Y} to {each.ends_at:%-d %b %Y}")
        for each in accesses_known()
    ]


class AuditForm(forms.Form):
    """A new audit."""

    title = forms.CharField(
        label="Who audits, and what for", max_length=engagements.LONGEST_TITLE, help_text="The firm."
    )
    framework = forms.ChoiceField(label="Against", choices=Framework.choices)
    period_from = DayField(label="Period from")
    period_to = DayField(label="Period to", help_text="The last day, counted in UTC.")

    def terms(self) -> AuditTerms:
        """What was typed."""
        typed: dict[str, Any] = self.cleaned_data
        return AuditTerms(**typed | {"framework": Framework(typed["framework"])})


class AuditorsForm(forms.Form):
    """Whose audit it is."""

    accesses = forms.MultipleChoiceField(
        label="Engagements of external auditors",
        choices=_accesses,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Administrators agree on them. Whom they name sees this audit, as long as they last.",
    )

    def chosen(self) -> list[AuditorEngagement]:
        """What was ticked."""
        return list(accesses_known().filter(pk__in=self.cleaned_data["accesses"]))


class AskedForm(forms.Form):
    """A line of the request list."""

    asked = _text("What do they ask for?", engagements.LONGEST_ASKED, _OUTSIDE)
    due_on = DayField(label="Due on")


class AnswerForm(forms.Form):
    """An answer."""

    answer = _text("The answer", engagements.LONGEST_ANSWER, f"Where the evidence is. {_OUTSIDE}")
    export = forms.ChoiceField(label="With the pack", choices=_packs, required=False)

    def pack(self) -> Export | None:
        """What was chosen."""
        chosen: str = self.cleaned_data["export"]
        return Export.objects.get(pk=chosen) if chosen else None


class SettleForm(forms.Form):
    """What became of a request."""

    state = forms.ChoiceField(
        label="What did the auditor say?",
        choices=[
            (AskedState.ACCEPTED.value, "They accept the answer"),
            (AskedState.OPEN.value, "They want more: it's open again"),
            (AskedState.WITHDRAWN.value, "They don't ask for it any more"),
        ],
    )


class SampleForm(forms.Form):
    """A sample."""

    action = forms.ChoiceField(label="Of entries that say", choices=_actions)
    app_id = forms.ChoiceField(label="Of", choices=_apps, required=False)
    wanted = forms.IntegerField(
        label="How many", min_value=1, max_value=engagements.LARGEST_SAMPLE, initial=25
    )


class DeliveryForm(forms.Form):
    """A pack that somebody was given."""

    export = forms.ChoiceField(label="The pack", choices=_packs)
    holder = forms.CharField(label="Who was given it", max_length=engagements.LONGEST_TITLE)
    note = _text("How?", 500, required=False)


class AuditCloseForm(forms.Form):
    """The end."""

    outcome = _text("How did it end?", engagements.LONGEST_OUTCOME, "The report's date and its findings.")


class PackOpenForm(forms.Form):
    """That a pack is opened to auditors; of one with personal values, that it's opened with them."""

    personal = forms.BooleanField(
        label="With the personal values that are in it",
        help_text="It holds names, addresses or free text, and can't be opened without them.",
    )

    def __init__(self, data: QueryDict | None, *, export: Export) -> None:
        """Ask about personal values where there are some."""
        super().__init__(data)
        if not export.personal:
            del self.fields["personal"]

    @property
    def seen(self) -> set[int]:
        """Engagements of those whom the officer saw named: the page says which, anew each time."""
        return {int(each) for each in self.data.get("readers", "").split() if each.isdecimal()}

    @property
    def is_personal(self) -> bool:
        """Whether somebody said so."""
        return bool(self.cleaned_data.get("personal"))
