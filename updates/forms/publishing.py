"""What people type to publish a release: the bundle, who gets it, how fast, and when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from releaseconsole.kernel.errors import ConsoleError
from updates.domain.release_terms import (
    MAX_NOTES,
    MAX_REASON,
    MAX_SPREAD_MINUTES,
    Terms,
    local_instant,
    zone_find,
)
from updates.domain.rollout_plan import NAMED_PLANS, plan_parse, plan_read, plan_spell, plan_write
from updates.forms.audience import AudienceFields
from updates.forms.fields import WallTimeField, exact, zone_choices
from updates.models import App, Bundle, Release

_SHARE: Final = "share"
_OWN: Final = "own"
_PACES: Final = [
    (_SHARE, "one share, which somebody raises"),
    ("careful", "careful: 1, 10, 50, 100 %, a day each, if 98 % work"),
    ("swift", "swift: 10, 50, 100 %, an hour each, if 95 % work"),
    (_OWN, "steps of your own"),
]
_BUNDLES_OFFERED: Final = 100


@dataclass(frozen=True, slots=True)
class Folded:
    """What a folded group says, and whether it's open all the same."""

    words: str
    is_open: bool


class PublishForm(AudienceFields):
    """A release on a channel."""

    groups_of_fields = (
        ("What", "", ("version", "notes", "reason")),
        ("How far", "", ("pace", "rollout_percent", "own_plan")),
        (
            "Who",
            "Of several conditions all must hold.",
            ("platforms", "os_min", "native_builds", "plugin_min", "attributes", "always"),
        ),
        ("Which builds", "", ("native_min", "native_max", "native_override")),
        ("When", "", ("scheduled", "scheduled_zone", "spread_minutes", "mandatory")),
    )
    # Groups that most releases leave as they are: what that comes to.
    _FOLDED: ClassVar[Mapping[str, str]] = {
        "Who": "Every device of the channel; choose some",
        "Which builds": "Any store build that has the native plugins; set bounds",
        "When": "As soon as nothing is missing, for everybody at once; schedule or spread it",
    }

    version = forms.ChoiceField(label="Bundle", choices=[])
    notes = forms.CharField(
        label="Release notes",
        required=False,
        max_length=MAX_NOTES,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Markdown. Testers read them.",
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=MAX_REASON,
        help_text="For colleagues and auditors; the history shows it.",
    )
    pace = forms.ChoiceField(
        label="Rollout", choices=_PACES, initial=_SHARE, required=False, widget=forms.RadioSelect
    )
    rollout_percent = forms.DecimalField(
        label="Share in percent",
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=100,
        help_text="With one share: how many devices are offered it, until somebody raises it.",
    )
    own_plan = forms.CharField(
        label="Steps",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "5, 12, 98, 50"}),
        help_text="With steps of your own: a line each, share %, hours, least success %, least devices.",
    )
    native_min = forms.CharField(
        label="Least native version",
        max_length=32,
        required=False,
        help_text="Empty: any store build.",
        widget=exact(),
    )
    native_max = forms.CharField(
        label="Greatest native version", max_length=32, required=False, widget=exact()
    )
    native_override = forms.BooleanField(
        label="Also for builds that lack a native plugin",
        required=False,
        help_text="Needs a sign-off, whatever the channel asks for.",
    )
    scheduled = WallTimeField(
        label="Go live at", required=False, help_text="Empty: as soon as nothing is missing."
    )
    scheduled_zone = forms.ChoiceField(label="Time zone", choices=zone_choices, required=False)
    spread_minutes = forms.IntegerField(
        label="Spread downloads over, in minutes",
        required=False,
        min_value=0,
        max_value=MAX_SPREAD_MINUTES,
        help_text="Devices are let in evenly over this time. Empty: everybody at once.",
    )
    mandatory = forms.BooleanField(
        label="Mandatory",
        required=False,
        help_text="Devices are told to take it at once, and not to let people put it off.",
    )

    def __init__(self, *args: Any, app: App, initial: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        here = {"scheduled_zone": timezone.get_current_timezone_name()}
        super().__init__(*args, app=app, initial=here | dict(initial or {}), **kwargs)
        bundles = Bundle.objects.filter(app=app, withdrawn_at=None, removed_at=None).order_by("-uploaded_at")
        versions = list(bundles.values_list("version", flat=True)[:_BUNDLES_OFFERED])
        asked = self.initial.get("version")
        if asked and asked not in versions:
            versions.append(asked)
        self.fields["version"].choices = [(version, version) for version in versions]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Put together what several boxes say; each says itself what is wrong with it."""
        cleaned: dict[str, Any] = super().clean()
        for name, read in (("own_plan", self._plan), ("scheduled", self._instant)):
            try:
                cleaned[name] = read(cleaned)
            except ConsoleError as error:
                self.add_error(name, error.message)
        return cleaned

    def sections(self) -> Iterator[tuple[str, str, list[BoundField], Folded | None]]:
        """Give the groups, those folded in which nothing is set.

        Yields:
            A group each.
        """
        for heading, lead, fields in self.groups():
            words = self._FOLDED.get(heading)
            yield heading, lead, fields, Folded(words, _is_set(fields)) if words else None

    def terms(self) -> Terms:
        """What was typed, as the terms of a release."""
        cleaned = self.cleaned_data
        return {
            "rollout_bps": int(cleaned["rollout_percent"] * 100),
            "plan": cleaned["own_plan"],
            "audience": cleaned["audience"],
            "native_min": cleaned["native_min"],
            "native_max": cleaned["native_max"],
            "native_override": cleaned["native_override"],
            "mandatory": cleaned["mandatory"],
            "spread_minutes": cleaned["spread_minutes"] or 0,
            "notes": cleaned["notes"],
            "reason": cleaned["reason"],
            "scheduled_at": cleaned["scheduled"],
            "scheduled_zone": _zone(cleaned) if cleaned["scheduled"] else "",
        }

    @staticmethod
    def _plan(cleaned: Mapping[str, Any]) -> list[dict[str, int]]:
        pace = cleaned.get("pace") or _SHARE
        if pace == _OWN:
            return plan_write(plan_parse(cleaned.get("own_plan", "")))
        return plan_write(NAMED_PLANS.get(pace, ()))

    @staticmethod
    def _instant(cleaned: Mapping[str, Any]) -> datetime | None:
        wall = cleaned.get("scheduled")
        return local_instant(wall, _zone(cleaned)) if wall else None


def _is_set(fields: Iterable[BoundField]) -> bool:
    return any(field.errors or (field.name != "scheduled_zone" and field.value()) for field in fields)


def _zone(cleaned: Mapping[str, Any]) -> str:
    return cleaned.get("scheduled_zone") or timezone.get_current_timezone_name()


def typed_before(release: Release) -> dict[str, Any]:
    """Say what a form shows for a release that isn't published yet."""
    plan = plan_read(release.plan)
    zone = release.scheduled_zone or timezone.get_current_timezone_name()
    at = release.scheduled_at.astimezone(zone_find(zone)) if release.scheduled_at else None
    named = (name for name, steps in NAMED_PLANS.items() if steps == plan)
    return {
        **carried_over_typed(release),
        "reason": release.reason,
        "pace": next(named, _OWN if plan else _SHARE),
        "rollout_percent": f"{release.rollout_bps / 100:g}",
        "own_plan": plan_spell(plan),
        "native_override": release.native_override,
        "mandatory": release.mandatory,
        "spread_minutes": release.spread_minutes or None,
        "scheduled": at.replace(tzinfo=None) if at else None,
        "scheduled_zone": zone,
        **AudienceFields.typed(release.audience),
    }


def carried_over_typed(release: Release) -> dict[str, Any]:
    """Say what a form for the same bundle on another channel begins with."""
    return {
        "version": release.bundle.version,
        "notes": release.notes,
        "native_min": release.native_min,
        "native_max": release.native_max,
    }
