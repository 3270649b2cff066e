"""What compliance officers type for the PHI register."""

from typing import Final

from django import forms

from compliance.desk.domain.phi.status import PHIStatus
from compliance.desk.models import DeclarationSubject
from compliance.desk.services.phi.declaring import PHIWord

_LONGEST: Final = 500
STORAGE_KINDS: Final = (
    ("database-disk", "Disk of the database"),
    ("bundle-storage", "Bundle storage"),
    ("redis-disk", "Disk of Redis"),
    ("backups", "Backups"),
)


def _statement(help_text: str) -> forms.CharField:
    return forms.CharField(
        label="How do you know?",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )


class AppWordForm(forms.Form):
    """That an app holds no PHI, or that nobody knows any more."""

    status = forms.ChoiceField(
        label="Does the app handle health data?",
        choices=[(PHIStatus.NO, "No"), (PHIStatus.UNKNOWN, "Unknown")],
        widget=forms.RadioSelect,
    )
    statement = _statement("Who looked at what. If it does, a key custodian says so in its token profile.")

    def word(self, app_id: str) -> PHIWord:
        """What was said."""
        typed = self.cleaned_data
        return PHIWord(DeclarationSubject.APP, PHIStatus(typed["status"]), typed["statement"], app_id)


class BundleWordForm(forms.Form):
    """Whether a bundle holds PHI."""

    status = forms.ChoiceField(
        label="Does the bundle hold health data?",
        choices=[(PHIStatus.NO, "No"), (PHIStatus.YES, "Yes")],
        widget=forms.RadioSelect,
    )
    statement = _statement("Who looked at what. A yes is never taken back: withdraw the bundle.")

    def word(self, app_id: str, key: str) -> PHIWord:
        """What was said."""
        typed = self.cleaned_data
        return PHIWord(DeclarationSubject.BUNDLE, PHIStatus(typed["status"]), typed["statement"], app_id, key)


class StorageWordForm(forms.Form):
    """How a kind of storage is protected, where the console can't see it."""

    kind = forms.ChoiceField(label="What", choices=STORAGE_KINDS)
    statement = _statement("Such as: LUKS, AES-256-XTS, checked on the host on this day.")

    def word(self) -> PHIWord:
        """What was said."""
        typed = self.cleaned_data
        return PHIWord(DeclarationSubject.STORAGE, PHIStatus.UNKNOWN, typed["statement"], key=typed["kind"])
