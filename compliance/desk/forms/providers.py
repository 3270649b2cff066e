"""What compliance officers type about providers, and about how they answered."""

from typing import Any

from django import forms

from compliance.desk.domain.downstream import FoundBy, NoticeState, ProviderRole
from compliance.desk.domain.request_states import Kind
from compliance.desk.models import ProviderNotice, ServiceProvider
from compliance.desk.services.downstream import ProviderTerms
from updates.models import App

AGAIN, ELSEWHERE, OTHERWISE = "again", "elsewhere", "otherwise"


class ProviderForm(forms.Form):
    """A provider as registered; the version that was looked at comes along."""

    name = forms.CharField(max_length=200)
    role = forms.ChoiceField(
        label="What they are", choices=[(each.value, each.words.capitalize()) for each in ProviderRole]
    )
    address = forms.EmailField(label="E-mail address for notices", max_length=254)
    holds = forms.CharField(label="What they hold", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    apps = forms.MultipleChoiceField(
        label="Of which apps",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: of all.",
    )
    found_by = forms.MultipleChoiceField(
        label="By what they find somebody",
        choices=[(each.value, each.words.capitalize()) for each in FoundBy],
        widget=forms.CheckboxSelectMultiple,
        help_text="A notice names nothing else.",
    )
    contract_on = forms.DateField(
        label="Day of the contract", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        apps = App.objects.order_by("pk").values_list("pk", flat=True)
        self.fields["apps"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField has them
            (app, app) for app in apps
        ]

    @staticmethod
    def initial_of(row: ServiceProvider) -> dict[str, Any]:
        """Say what is registered now."""
        same = {name: getattr(row, name) for name in ("name", "role", "address", "holds", "contract_on")}
        return same | {"apps": row.apps, "found_by": row.found_by.split(), "version": row.version}

    def terms(self) -> ProviderTerms:
        """What was typed."""
        typed = self.cleaned_data
        return ProviderTerms(
            name=typed["name"],
            role=ProviderRole(typed["role"]),
            address=typed["address"],
            holds=typed["holds"],
            found_by=tuple(map(FoundBy, typed["found_by"])),
            apps=tuple(typed["apps"]),
            contract_on=typed["contract_on"],
        )


class ProviderEndForm(forms.Form):
    """Why somebody has nothing any more."""

    reason = forms.CharField(
        label="Why?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="And what became of the data: returned, deleted, or still there.",
    )


class AnswerForm(forms.Form):
    """What became of a notice; only what its state still allows is offered."""

    answer = forms.ChoiceField(label="What became of it", widget=forms.RadioSelect)
    note = forms.CharField(
        label="What they said, or why",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The facts, not a formula: where a third party isn't told, who asked reads them. "
        "Don't name the person.",
    )

    # Where a letter goes that's written anew: the address that the page showed, and no later one.
    address = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, notice: ProviderNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_sent = notice.stands is NoticeState.SENT
        may_be_left_out = (notice.request.asks, notice.was_a) == (Kind.DELETE, ProviderRole.THIRD_PARTY)
        may_write = notice.letter is None and bool(notice.sealed_told)
        self.fields["address"].initial = notice.provider.address
        offered = [
            (is_sent, NoticeState.CONFIRMED.value, "They confirmed that it's done"),
            (is_sent, NoticeState.REFUSED.value, "They refused, or can't, and say why"),
            (not is_sent, OTHERWISE, "It was sent another way"),
            (may_write, AGAIN, f"Write again, to {notice.address}"),
            (
                may_write and notice.is_elsewhere and notice.provider.ended_on is None,
                ELSEWHERE,
                f"Write anew, to {notice.provider.address}: their address has changed since",
            ),
            (
                may_be_left_out,
                NoticeState.IMPOSSIBLE.value,
                "Telling them is impossible, or a disproportionate effort",
            ),
        ]
        self.fields["answer"].choices = [  # type: ignore[attr-defined]  # a ChoiceField has them
            (value, words) for is_offered, value, words in offered if is_offered
        ]
