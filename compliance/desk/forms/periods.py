"""The period that an export or a report looks at, and who in it, as people type them."""

import re
from typing import Any, Final

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.export_periods import PRESET_WORDS, Preset, period_of
from compliance.desk.domain.log_search import actor_read
from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.selectors import actors_found

_KINDS: Final = "|".join(kind.value.replace("_", "[_ ]") for kind in ActorKind)
_ACTOR: Final = re.compile(rf"({_KINDS})(?: +(\S+))?")
# Testers are known by number only.
_CALLED: Final = frozenset(ActorKind) - {ActorKind.TESTER}
UNKNOWN_ACTOR: Final = "Nobody here, or more than one, is called that. Write it as the log has it."


class PeriodForm(forms.Form):
    """When."""

    period = forms.TypedChoiceField(
        label="Period",
        coerce=Preset,
        choices=[(preset.value, words) for preset, words in PRESET_WORDS.items()],
    )
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: QueryDict) -> None:
        """Take the address's query; without one, offer this month.

        The address of a search has no period: there, days count, and none are the whole log.
        """
        given: dict[str, Any] | None = {"period": Preset.DAYS.value, **data.dict()} if data else None
        super().__init__(given, initial={"period": Preset.MONTH.value})

    @property
    def period_fields(self) -> list[forms.BoundField]:
        """When."""
        return [self[name] for name in ("period", "since", "until")]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("since"), given.get("until")
        if first and last and last < first:
            self.add_error("until", "The period ends before it begins.")
        elif (first or last) and given.get("period", Preset.DAYS) is not Preset.DAYS:
            self.add_error("period", "You chose days as well. Take “From and to these days”, or empty them.")
        return given

    def period_wished(self) -> Period:
        """Say which it is; of a form that is valid."""
        given = self.cleaned_data
        return period_of(
            given["period"],
            today=timezone.localdate(),
            zone=timezone.get_current_timezone_name(),
            first=given["since"],
            last=given["until"],
        )


def actor_typed(who: str) -> Actor | None:
    """Find the one whom somebody means; None: nobody, or more than one."""
    if found := _ACTOR.fullmatch(who.strip()):
        return Actor(ActorKind(found[1].replace(" ", "_")), found[2] or "")
    people = User.objects.filter(Q(name__iexact=who) | Q(email__iexact=who))[:2]
    exact = [each for each in [actor_read(who)] if each] or [person.actor for person in people]
    actors = exact or actors_found(who, kinds=_CALLED, most=2)
    return actors[0] if len(actors) == 1 else None
