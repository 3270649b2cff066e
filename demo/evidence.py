"""What the demo's officer has put on record: health data, modules, texts that were read.

Each is made once, by the console's own services. Nothing is claimed that the console would contradict: it
runs no FIPS provider, and the clinic isn't flagged, as that needs TLS. Needs Django to be set up.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

from accounts.errors import SecurityKeyRequiredError
from accounts.models import ApprovalRequest, User
from accounts.services.approvals import approval_give, approval_give_operation, approval_request
from compliance.desk.domain.modules.certificates import CertificateClaim, CertificateStatus, Standard
from compliance.desk.domain.modules.libraries import Library
from compliance.desk.domain.modules.watchlist import ReviewKind
from compliance.desk.domain.phi.papers import Decision
from compliance.desk.domain.phi.status import PHIStatus
from compliance.desk.models import (
    AddressableDecision,
    AdvisoryImport,
    BusinessAssociate,
    DeclarationSubject,
    ModuleCertificate,
    PHIDeclaration,
    PHIMeasurement,
    WatchReview,
)
from compliance.desk.services.modules.advisories import advisories_import
from compliance.desk.services.modules.certificates import certificate_record
from compliance.desk.services.modules.watch import watch_review_record
from compliance.desk.services.phi.associates import AssociateTerms, associate_add
from compliance.desk.services.phi.decisions import DecisionTerms, decision_write
from compliance.desk.services.phi.declaring import PHIWord, phi_declare
from compliance.desk.tasks import phi_measure_asked
from demo.confirming import confirmed, user_of
from demo.delivery import CLINIC, PHARMACY
from demo.record import Record
from releaseconsole.kernel import clock
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.models import ClaimDefinition
from signing.services.operations import claim_define_operation
from updates.models import Bundle

_WARD: Final = "ward"
_VITALS: Final = "3.3.0"
_PACKAGES: Final = ("cryptography", "django", "redis")
_DECISIONS: Final = (
    (
        "164.312(a)(2)(iv)",
        Decision.ALTERNATIVE,
        "The database's own encryption would hide nothing from its host.",
        "Sealed columns under a key apart from the database, and an encrypted disk.",
        300,
    ),
    ("164.312(a)(2)(iii)", Decision.IMPLEMENT, "Sessions end by themselves, as the policy says.", "", 200),
    ("164.312(e)(2)(ii)", Decision.IMPLEMENT, "Whatever leaves the network does so by TLS 1.3.", "", 20),
    ("164.310(a)(2)(ii)", Decision.NEITHER, "The console runs in a data center of an associate.", "", 120),
)


def evidence_ensure(record: Record) -> None:
    """Make what isn't there yet."""
    officer, now = user_of(record, "compliance_officer"), clock.now()
    _claim_ensure(record)
    _words_ensure(officer, now)
    _papers_ensure(officer, now)
    _certificates_ensure(officer, now)
    _advisories_ensure(officer, now)
    _watch_ensure(officer, now)
    if not PHIMeasurement.objects.exists():
        phi_measure_asked.delay(str(officer.pk))


def _claim_ensure(record: Record) -> None:
    """The clinic's back ends may ask for a claim that is health data; so the register shows it in red."""
    if ClaimDefinition.objects.filter(profile=CLINIC, name=_WARD).exists():
        return
    if not ApprovalRequest.objects.exists():
        return  # what they ask for themselves comes first, with their earlier code
    operation = claim_define_operation(
        app_id=CLINIC, name=_WARD, claim_class=ClaimClass.PHI, claim_type=ClaimType.TEXT, fixed_value=None
    )
    try:
        asked = approval_request(
            operation=operation,
            reason="The booking system asks which ward a phone belongs to.",
            step_up=confirmed(record, "second_key_custodian", operation),
        )
        # The other custodian's code of the step before is spent on the rotation that they ask for.
        step_up = confirmed(record, "key_custodian", approval_give_operation(asked), step=0)
    except SecurityKeyRequiredError:  # the console's policy asks for what nobody here can hold
        return
    approval_give(request_id=asked.pk, step_up=step_up)


def _words_ensure(officer: User, now: datetime) -> None:
    """The pharmacy holds none, one bundle does, and somebody has looked at the disks."""
    if PHIDeclaration.objects.exists():
        return
    bundle = Bundle.objects.get(app=CLINIC, version=_VITALS)
    for word in (
        PHIWord(
            DeclarationSubject.APP,
            PHIStatus.NO,
            "Orders name a shelf and no person; looked through with the pharmacy's lead on Monday.",
            PHARMACY,
        ),
        PHIWord(
            DeclarationSubject.BUNDLE,
            PHIStatus.YES,
            "The demo screens show a real pulse curve.",
            CLINIC,
            bundle.archive_id,
        ),
        PHIWord(
            DeclarationSubject.STORAGE,
            PHIStatus.UNKNOWN,
            "LUKS2 with AES-256-XTS, seen with cryptsetup by the operators.",
            key="database-disk",
        ),
        PHIWord(
            DeclarationSubject.STORAGE,
            PHIStatus.UNKNOWN,
            "Each night to another building, encrypted with age; the key is in the safe.",
            key="backups",
        ),
    ):
        phi_declare(word=word, user=officer, now=now)


def _papers_ensure(officer: User, now: datetime) -> None:
    """Whoever handles health data for the clinic, and what was decided about what is addressable."""
    today = now.date()
    if not BusinessAssociate.objects.exists():
        for terms in (
            AssociateTerms(
                name="Nordlicht Hosting",
                does="Runs the machines of this console and its backups.",
                review_on=today + timedelta(days=200),
                agreed_on=today - timedelta(days=400),
                expires_on=today + timedelta(days=330),
                file_sha256="5f" * 32,
            ),
            AssociateTerms(
                name="Pager Relay",
                does="Carries alerts to whoever is on duty.",
                review_on=today + timedelta(days=12),
            ),
        ):
            associate_add(terms=terms, user=officer, now=now)
    if not AddressableDecision.objects.exists():
        for specification, decision, reason, alternative, days in _DECISIONS:
            review_on = today + timedelta(days=days)
            decided = DecisionTerms(specification, decision, reason, review_on, alternative)
            decision_write(terms=decided, user=officer, now=now)


def _certificates_ensure(officer: User, now: datetime) -> None:
    """What stands before and beside the console is validated; nothing is said of what runs inside it."""
    if ModuleCertificate.objects.exists():
        return
    today = now.date()
    for claim, environment, note in (
        (
            CertificateClaim(
                library=Library.PROXY,
                number="4985",
                module="OpenSSL FIPS Provider",
                version="3.1.2",
                standard=Standard.FIPS_140_3,
                level=1,
                status=CertificateStatus.ACTIVE,
                sunset_on=date(2030, 3, 10),
                checked_on=today - timedelta(days=20),
            ),
            "Debian 12 on x86-64",
            "The proxy's own OpenSSL, built from the validated sources.",
        ),
        (
            CertificateClaim(
                library=Library.PKCS11,
                number="3516",
                module="Example HSM firmware",
                version="7.4.0",
                standard=Standard.FIPS_140_2,
                level=3,
                status=CertificateStatus.HISTORICAL,
                sunset_on=date(2026, 9, 21),
                checked_on=today - timedelta(days=120),
            ),
            "The vendor's appliance",
            "The vendor has a 140-3 certificate in process.",
        ),
    ):
        certificate_record(claim=claim, environment=environment, note=note, user=officer, now=now)


def _advisories_ensure(officer: User, now: datetime) -> None:
    """pip-audit was run last week and found nothing."""
    if AdvisoryImport.objects.exists():
        return
    found: dict[str, Any] = {
        "dependencies": [{"name": name, "version": "1.0", "vulns": []} for name in _PACKAGES]
    }
    advisories_import(text=json.dumps(found), ran_on=(now - timedelta(days=7)).date(), user=officer, now=now)


def _watch_ensure(officer: User, now: datetime) -> None:
    """One text was read lately, one is to be read again, and one library was looked at."""
    if WatchReview.objects.exists():
        return
    today = now.date()
    for kind, key, version, ago, ahead, note in (
        (ReviewKind.TEXT, "ccpa-regulations", "Text in force since 1 January 2026", 9, 90, "No clock moved."),
        (ReviewKind.TEXT, "fips-140-3", "CMVP's site, as of that day", 97, -7, "Look again each quarter."),
        (ReviewKind.LIBRARY, "cryptography", "As installed", 30, 60, "Two releases a quarter, all signed."),
    ):
        watch_review_record(
            kind=kind,
            key=key,
            version=version,
            reviewed_on=today - timedelta(days=ago),
            next_on=today + timedelta(days=ahead),
            owner=officer,
            note=note,
            user=officer,
            now=now,
        )
