"""Forms of the steps of a request, and of the register's filters."""

from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.forms.fields import ONE_LINE
from compliance.desk.domain.denials import GROUNDS, Basis, bases_for
from compliance.desk.domain.request_states import Channel, Kind, Outcome
from compliance.desk.domain.rules import Rule
from compliance.desk.domain.verification import METHODS, Method, methods_for
from compliance.desk.models import PrivacyRequest, PrivacyRequestSubject
from compliance.desk.selectors.requests import subjects_labelled
from updates.forms.fields import WallTimeField

_ON_RECORD: Final = "Kept on record for 24 months, and in the letter. Don't name the person."


def _cited(says: str, rule: Rule) -> SafeString:
    """Write a choice with the section that it rests on below it, so that one reads the choices."""
    return format_html('{}<br><span class="rc-quiet rc-small">{}</span>', says, rule.citation)


class StepForm(forms.Form):
    """A step that asks for nothing; the others are made of it."""

    def __init__(self, *args: Any, request: PrivacyRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    # What is seldom needed is folded away, unless there's something in it.
    folds: ClassVar[tuple[str, ...]] = ()

    def shown(self) -> list[forms.BoundField]:
        """What is always on the page."""
        return [field for field in self.visible_fields() if field.name not in self.folds]

    def folded(self) -> list[forms.BoundField]:
        """The rest."""
        return [field for field in self.visible_fields() if field.name in self.folds]

    def folded_open(self) -> bool:
        """Whether there's something in it."""
        return any(field.value() or field.errors for field in self.folded())


class VerifyForm(StepForm):
    """How identity was verified, and what that proved."""

    method = forms.ChoiceField(label="How", widget=forms.RadioSelect)
    proved = forms.MultipleChoiceField(
        label="What that proved to be theirs",
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing else is looked for: anybody can type somebody else's address or device.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.request
        methods = methods_for(asked.asks, asked.how_much, asked.speaks_by)
        self.fields["method"].choices = [  # type: ignore[attr-defined]  # a ChoiceField has them
            (method.value, _cited(METHODS[method].words, METHODS[method].rule)) for method in methods
        ]
        self.unproved = list(asked.subjects.filter(proved_by=""))
        labels = subjects_labelled(asked)
        self.fields["proved"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField has them
            (str(row.pk), capfirst(labels[row.pk])) for row in self.unproved
        ]
        self.fields["proved"].required = bool(self.unproved)

    def method_chosen(self) -> Method:
        """Which."""
        return Method(self.cleaned_data["method"])

    def proved_chosen(self) -> list[PrivacyRequestSubject]:
        """What of what they name."""
        return [row for row in self.unproved if str(row.pk) in self.cleaned_data["proved"]]


class ExtendForm(StepForm):
    """Why it takes longer."""

    reason = forms.CharField(
        label="Why the answer takes longer than 45 days",
        max_length=500,
        validators=[ONE_LINE],
        help_text=_ON_RECORD,
    )


class GiveUpForm(StepForm):
    """Why an erasure can't come to its end."""

    reason = forms.CharField(
        label="Why it can't come to its end",
        max_length=500,
        validators=[ONE_LINE],
        help_text="Kept on record. Don't name the person.",
    )


class _GroundsForm(StepForm):
    """On which grounds something is refused, and why."""

    bases = forms.MultipleChoiceField(label="Sections", widget=forms.CheckboxSelectMultiple)
    explanation = forms.CharField(
        label="Explanation",
        max_length=2000,
        help_text=f"The facts, not a formula. {_ON_RECORD}",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bases"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField has them
            (basis.value, _cited(GROUNDS[basis].rule.says, GROUNDS[basis].rule))
            for basis in bases_for(self.request.asks)
        ]

    def bases_chosen(self) -> tuple[Basis, ...]:
        """Which."""
        return tuple(map(Basis, self.cleaned_data.get("bases", ())))


class DenyForm(_GroundsForm):
    """For what isn't done at all."""


class CompleteForm(_GroundsForm):
    """For what is done; sections only where a part isn't."""

    folds = ("bases", "explanation")

    otherwise = forms.CharField(
        label="If nothing was erased or handed out here: how it was done",
        max_length=400,
        required=False,
        validators=[ONE_LINE],
        help_text="Kept on record for 24 months. Don't name the person.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("bases", "explanation"):
            self.fields[name].required = False
        if self.request.asks not in {Kind.DELETE, Kind.KNOW}:
            del self.fields["otherwise"]
        self.fields["bases"].label = "On which sections"
        self.fields["explanation"].label = "Why"

    unanswered = forms.CharField(
        label="If you don't wait for every provider: why",
        max_length=400,
        required=False,
        validators=[ONE_LINE],
        help_text="Only where one isn't told or hasn't answered. Kept on record; don't name the person.",
    )


class TellForm(StepForm):
    """What providers are to correct; for other kinds there's nothing to say."""

    words = forms.CharField(
        label="What is to be corrected",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It goes to every provider concerned, with what they need to find the person.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request.asks is not Kind.CORRECT:
            del self.fields["words"]


class BackdateForm(StepForm):
    """When a request really came."""

    received_at = WallTimeField(label="When it came")
    reason = forms.CharField(
        label="Why it was entered later", max_length=500, validators=[ONE_LINE], help_text=_ON_RECORD
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_at"].help_text = f"In {settings.PRIVACY_TIME_ZONE}."

    def moment(self) -> datetime:
        """The time, on the operator's clocks."""
        said: datetime = self.cleaned_data["received_at"]
        return said.replace(tzinfo=ZoneInfo(settings.PRIVACY_TIME_ZONE)).astimezone(UTC)


class RegisterFilterForm(forms.Form):
    """What a list of requests is narrowed to."""

    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "running"),
            ("at_risk", "at risk"),
            ("overdue", "overdue"),
            ("closed", "closed"),
            ("all", "all"),
        ],
    )
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "any"), *((kind.value, kind.words) for kind in Kind)]
    )
    channel = forms.ChoiceField(
        label="Came by",
        required=False,
        choices=[("", "any"), *((channel.value, channel.words) for channel in Channel)],
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=[("", "any"), *((each.value, each.words) for each in Outcome if each)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.unmarked = True  # type: ignore[attr-defined]  # of every filter one knows that it's optional

    def filters(self) -> dict[str, str]:
        """What was chosen; nothing of what isn't among the choices."""
        return dict(self.cleaned_data) if self.is_valid() else {}
