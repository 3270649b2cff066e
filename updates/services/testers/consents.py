"""Testers' consents: given with joining, over with leaving."""

from datetime import datetime

from updates.models import ConsentRecord, Tester


def consent_note(*, tester: Tester, text_version: str, now: datetime) -> None:
    """Note that a tester agreed; an earlier consent that stands is replaced, if it was to another text."""
    standing = ConsentRecord.objects.filter(tester=tester, withdrawn_at=None)
    standing.exclude(text_version=text_version).update(withdrawn_at=now, withdrawn_by="renewed")
    if not standing.filter(text_version=text_version).exists():
        ConsentRecord.objects.create(
            app_id=tester.app_id, tester=tester, text_version=text_version, given_at=now
        )


def consent_end(*, tester: Tester, by_team: bool, now: datetime) -> None:
    """Note that a tester has left, by themselves or not: no consent outlasts that."""
    how = "team" if by_team else "person"
    ConsentRecord.objects.filter(tester=tester, withdrawn_at=None).update(withdrawn_at=now, withdrawn_by=how)
