"""Declaring what nothing can measure: that an app or bundle holds no PHI, or how storage is protected."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from compliance.desk.domain.phi.status import PHIStatus
from compliance.desk.errors import DeclarationError
from compliance.desk.models import DeclarationSubject, PHIDeclaration
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from signing.selectors import phi_app_ids
from updates.models import Bundle


@dataclass(frozen=True, slots=True)
class PHIWord:
    """What somebody says, and about what (`PHIDeclaration`)."""

    subject: DeclarationSubject
    status: PHIStatus
    statement: str
    app_id: str = ""
    key: str = ""


def phi_declare(*, word: PHIWord, user: User, now: datetime) -> PHIDeclaration:
    """Put somebody's word into the register.

    Nobody's word lowers a flag: not an app's, which two custodians lower in its token profile, and not a
    bundle's that was said to hold PHI; that bundle is withdrawn, and the next one is another.

    Raises:
        DeclarationError: It would lower a flag, names nothing that is there, or gives no reason.
    """
    statement = word.statement.strip()
    if not statement:
        raise DeclarationError("Say how you know.")
    with transaction.atomic():
        _check(word)
        row = PHIDeclaration.objects.create(
            subject=word.subject,
            app_id=word.app_id,
            key=word.key,
            status=word.status,
            statement=statement,
            declared_by=user,
            declared_at=now,
        )
        audit_record(
            action=Action.PHI_DECLARED,
            actor=user.actor,
            now=now,
            app_id=word.app_id,
            subject=("phi_declaration", str(row.pk)),
            detail={"subject": word.subject.value, "status": word.status.value, "note": statement},
        )
    return row


def _check(word: PHIWord) -> None:
    if word.subject is DeclarationSubject.APP and word.status is PHIStatus.YES:
        raise DeclarationError("That an app handles health data is said in its token profile.")
    if word.subject is DeclarationSubject.APP and word.app_id in phi_app_ids():
        raise DeclarationError("Its token profile says that it does. Two people lower that there.")
    if word.subject is not DeclarationSubject.BUNDLE:
        return
    if not Bundle.objects.filter(app=word.app_id, archive=word.key).exists():
        raise DeclarationError("The app has no such bundle.")
    same = PHIDeclaration.objects.filter(subject=word.subject, app_id=word.app_id, key=word.key)
    if word.status is not PHIStatus.YES and same.filter(status=PHIStatus.YES).exists():
        raise DeclarationError(
            "It was said to hold health data, and nobody's word takes that back. Withdraw it."
        )
