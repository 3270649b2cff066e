"""What officers type about cryptographic modules."""

from datetime import date
from typing import Any, Final

from django import forms

from accounts.forms.fields import ONE_LINE
from compliance.desk.domain.modules.certificates import CertificateClaim, CertificateStatus, Standard
from compliance.desk.domain.modules.libraries import Library

_LEVELS: Final = [(level, str(level)) for level in (1, 2, 3, 4)]
_LONGEST_NOTE: Final = 500


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
    version = _line("Version of the module", 60, help_text="Exactly as the certificate has it.")
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
