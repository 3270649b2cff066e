"""What officers type about cryptographic modules."""

from datetime import date
from typing import Any, Final

from django import forms

from accounts.domain.roles import Permission
from accounts.forms.fields import ONE_LINE
from accounts.models import User
from accounts.selectors.entitled import people_entitled
from compliance.desk.domain.modules.advisories import MAX_CHARACTERS
from compliance.desk.domain.modules.certificates import (
    VERSION,
    CertificateClaim,
    CertificateStatus,
    Standard,
)
from compliance.desk.domain.modules.libraries import Library
from compliance.desk.domain.modules.upkeep import Maintenance, Upkeep

_LEVELS: Final = [(level, str(level)) for level in (1, 2, 3, 4)]
_LONGEST_NOTE: Final = 500
_LONGEST_LINE: Final = 300


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _line(label: str, most: int, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, validators=[ONE_LINE]
    )


def _text(label: str, *, required: bool, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=_LONGEST_NOTE,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CertificateForm(forms.Form):
    """A certificate, as CMVP shows it."""

    number = forms.RegexField(
        r"^[0-9]{1,6}\Z",
        label="Number of the certificate",
        help_text="As CMVP lists it, digits only.",
        error_messages={"invalid": "The number of a certificate has digits only."},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    module = _line("Name of the module", 120)
    version = forms.RegexField(
        VERSION,
        label="Version of the module",
        max_length=60,
        help_text="Exactly as the certificate has it, for example 3.1.2.",
        error_messages={"invalid": "A version has letters, digits, dots, dashes and plus signs only."},
    )
    standard = forms.ChoiceField(
        label="Standard", choices=[(each.value, f"FIPS {each.value}") for each in reversed(Standard)]
    )
    level = forms.TypedChoiceField(label="Overall level", choices=_LEVELS, coerce=int)
    status = forms.ChoiceField(
        label="Status at CMVP", choices=[(each.value, each.value) for each in CertificateStatus]
    )
    sunset_on = _day("Sunset date", required=False)
    checked_on = _day("Looked up on")
    environment = _line(
        "Tested operating environment",
        200,
        required=False,
        help_text="The one of the certificate that is yours; what isn't tested is your own to affirm.",
    )
    note = _text("Note", required=False)

    def claim(self, library: Library) -> CertificateClaim:
        """What was typed."""
        typed: dict[str, Any] = self.cleaned_data
        sunset_on: date | None = typed["sunset_on"]
        return CertificateClaim(
            library=library,
            number=typed["number"],
            module=typed["module"],
            version=typed["version"],
            standard=Standard(typed["standard"]),
            level=typed["level"],
            status=CertificateStatus(typed["status"]),
            sunset_on=sunset_on,
            checked_on=typed["checked_on"],
        )


class WithdrawalForm(forms.Form):
    """Why a certificate is taken off the record."""

    reason = _text("Why?", required=True, help_text="Whoever reads the audit log can read it.")


def _keepers() -> list[tuple[int, str]]:
    """Who can see to a review: whoever reads the audit log."""
    people = people_entitled(Permission.AUDIT_VIEW)
    return [(person.pk, f"{person.name} ({person.email})") for person in people]


class ReviewForm(forms.Form):
    """That somebody looked at a text or a library, and when they do again."""

    version = _line("Version that was read", 200, help_text="With its date, as the text itself has it.")
    reviewed_on = _day("Looked at on")
    next_on = _day("Next review on")
    owner = forms.TypedChoiceField(label="Who sees to that", choices=_keepers, coerce=int)
    note = _text("What changed, and what follows", required=False)

    def clean_owner(self) -> User:
        """Find the person that was chosen among those who were offered."""
        return User.objects.get(pk=self.cleaned_data["owner"])


class LibraryReviewForm(ReviewForm):
    """The same of a library, and how it's kept up."""

    last_release_on = _day("Newest version came out on", required=False)
    maintenance = forms.ChoiceField(
        label="Maintenance",
        required=False,
        choices=[("", "not looked at"), *((each.value, each.words) for each in Maintenance)],
    )
    adoption = _line("Who else relies on it", _LONGEST_LINE, required=False)
    audits = _line("Audits", _LONGEST_LINE, required=False, help_text="By whom, when, of which version.")
    common_criteria = _line(
        "Common Criteria", _LONGEST_LINE, required=False, help_text="Certificate, level, and of what."
    )

    def clean(self) -> dict[str, Any]:
        """Put together what was typed about upkeep."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        names = ("last_release_on", "maintenance", "adoption", "audits", "common_criteria")
        found = {name: typed.pop(name, None) or None for name in names}
        chosen = found.pop("maintenance")
        texts = {name: value for name, value in found.items() if value}
        typed["upkeep"] = Upkeep(**texts, maintenance=Maintenance(chosen) if chosen else None)
        return typed


class AdvisoriesForm(forms.Form):
    """What a tool printed."""

    ran_on = _day("Run on")
    result = forms.CharField(
        label="Result",
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="All that `pip-audit --format json` or `npm audit --json` printed.",
    )
