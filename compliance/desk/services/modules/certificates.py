"""Recording what CMVP says of a module, and taking it back. Whether somebody may is the caller's to ask."""

import re
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from compliance.desk.domain.modules.certificates import (
    CERTIFIABLE,
    HISTORICAL_SINCE,
    VERSION,
    CertificateClaim,
    CertificateStatus,
    Standard,
)
from compliance.desk.domain.modules.libraries import Library
from compliance.desk.errors import CertificateRefusedError
from compliance.desk.models import ModuleCertificate
from compliance.desk.selectors.calendar import today_at
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record

_LEVELS: Final = range(1, 5)


def certificate_record(
    *, claim: CertificateClaim, environment: str, note: str, user: User, now: datetime
) -> ModuleCertificate:
    """Put a certificate on record in the place of the one before.

    Args:
        claim: What CMVP says, and when somebody looked.
        environment: The tested operating environment that fits, in words.
        note: Anything else.
        user: Who looked.
        now: When it's recorded.

    Raises:
        CertificateRefusedError: It can't be so.
    """
    _claim_check(claim, now)
    with transaction.atomic():
        _supersede(claim.library, now)
        row = ModuleCertificate.objects.create(
            library=claim.library.value,
            number=claim.number,
            module=claim.module,
            version=claim.version,
            standard=claim.standard.value,
            level=claim.level,
            status=claim.status.value,
            sunset_on=claim.sunset_on,
            checked_on=claim.checked_on,
            environment=environment,
            note=note,
            recorded_at=now,
            recorded_by=user,
        )
        audit_record(
            action=Action.CERTIFICATE_RECORDED,
            actor=user.actor,
            now=now,
            subject=("module", claim.library.value),
            detail={**_facts(claim), "note": note},
        )
    return row


def certificate_withdraw(*, library: Library, reason: str, user: User, now: datetime) -> None:
    """Take a certificate off the record: nothing is claimed for this library any more.

    Raises:
        CertificateRefusedError: There's none, or nobody says why.
    """
    if not reason.strip():
        raise CertificateRefusedError("Say why it's taken off the record.")
    with transaction.atomic():
        row = _supersede(library, now)
        if row is None:
            raise CertificateRefusedError("There's no certificate on record for this.")
        audit_record(
            action=Action.CERTIFICATE_WITHDRAWN,
            actor=user.actor,
            now=now,
            subject=("module", library.value),
            detail={"number": row.number, "reason": reason.strip()},
        )


def _supersede(library: Library, now: datetime) -> ModuleCertificate | None:
    standing = ModuleCertificate.objects.select_for_update().filter(library=library.value, superseded_at=None)
    row = standing.first()
    if row is not None:
        row.superseded_at = now
        row.save(update_fields=["superseded_at"])
    return row


def _facts(claim: CertificateClaim) -> dict[str, Any]:
    return {
        "number": claim.number,
        "version": claim.version,
        "standard": claim.standard.value,
        "level": claim.level,
        "status": claim.status.value,
        "sunset_on": claim.sunset_on.isoformat() if claim.sunset_on else "",
        "checked_on": claim.checked_on.isoformat(),
    }


def _claim_check(claim: CertificateClaim, now: datetime) -> None:
    if claim.library not in CERTIFIABLE:
        raise CertificateRefusedError("Behind this stands no module that could have a certificate.")
    if not claim.number.isdigit():
        raise CertificateRefusedError("The number of a certificate has digits only.")
    if not re.match(VERSION, claim.version):
        raise CertificateRefusedError("A version has letters, digits, dots, dashes and plus signs only.")
    if not claim.module or claim.level not in _LEVELS:
        raise CertificateRefusedError("A certificate names a module and a level from 1 to 4.")
    if claim.status is CertificateStatus.ACTIVE and claim.sunset_on is None:
        raise CertificateRefusedError("Every active certificate has a sunset date: look at CMVP.")
    if claim.checked_on > today_at(now):
        raise CertificateRefusedError("Nobody can have looked it up on a day that's still to come.")
    if (
        claim.standard is Standard.FIPS_140_2
        and claim.status is CertificateStatus.ACTIVE
        and claim.checked_on >= HISTORICAL_SINCE
    ):
        raise CertificateRefusedError(
            "Since 21 September 2026 every FIPS 140-2 certificate is historical: look again at CMVP."
        )
