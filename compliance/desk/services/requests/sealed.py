"""What of the register rests under the KEK, for when the KEK changes."""

from typing import Any

from accounts.services.rewrap import SealedRows
from compliance.desk.models import ErasureRun, PrivacyLetter, PrivacyRequest, ProviderNotice, SubjectKey


def request_secrets() -> tuple[SealedRows[Any], ...]:
    """Return who asks, whom notices name and erasures are about, letters that wait, and the key of hashes."""
    return (
        SealedRows(
            "who makes privacy requests",
            PrivacyRequest.objects.all(),
            "sealed_contact",
            PrivacyRequest.contact_context,
        ),
        SealedRows(
            "whom notices to providers name",
            ProviderNotice.objects.all(),
            "sealed_told",
            ProviderNotice.told_context,
        ),
        SealedRows(
            "letters about privacy requests",
            PrivacyLetter.objects.all(),
            "sealed_letter",
            PrivacyLetter.letter_context,
        ),
        SealedRows(
            "whom erasures are about",
            ErasureRun.objects.all(),
            "sealed_subject",
            ErasureRun.subject_context,
        ),
        SealedRows("subject key", SubjectKey.objects.all(), "sealed_key", SubjectKey.key_context),
    )
