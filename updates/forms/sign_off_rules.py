"""How many sign-offs of which role a channel wants."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms

from accounts.domain.roles import INSIDER_ROLES, Role
from updates.domain.sign_off_rules import ANYONE, MOST, Requirement

_ANYONE_FIELD: Final = "anyone"
_ROLES: Final = tuple(role for role in Role if role in INSIDER_ROLES)


class _CountField(forms.IntegerField):
    """How many; left empty it's nought, so it isn't marked as one that may be left out."""

    unmarked = True

    def clean(self, value: Any) -> int:
        return super().clean(value) or 0


class SignOffRulesForm(forms.Form):
    """A number for anyone, and one for each role in which somebody could sign off, or is asked to."""

    def __init__(
        self, *args: Any, requirements: Iterable[Requirement], able: dict[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = {each.role: each.count for each in requirements}
        for role in (ANYONE, *(role for role in _ROLES if role in asked or role in able)):
            self.fields[role or _ANYONE_FIELD] = _CountField(
                label=Role(role).words.capitalize() if role else "Anyone who may sign off",
                required=False,
                min_value=0,
                max_value=MOST,
                initial=asked.get(role, 0),
                help_text=_could(able.get(role, 0)),
            )

    def requirements(self) -> tuple[Requirement, ...]:
        """What was typed; nought asks for nobody."""
        typed: dict[str, int] = self.cleaned_data
        return tuple(
            Requirement("" if name == _ANYONE_FIELD else name, count)
            for name, count in typed.items()
            if count
        )


def _could(people: int) -> str:
    counted = {0: "Nobody", 1: "1 person"}.get(people, f"{people} people")
    return f"{counted} could sign off here."
