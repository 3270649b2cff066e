"""Certificates of cryptographic modules, as an officer read them at CMVP, and what is wrong with them. Pure.

Only a module has a certificate: the console has none, and no configuration of it is "certified". What is here
is a claim that a person makes, with the day on which they looked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from compliance.desk.domain.modules.libraries import Library, LibraryFacts, Mode, library_judge

# On that day CMVP moved every certificate under FIPS 140-2 to its historical list.
HISTORICAL_SINCE: Final = date(2026, 9, 21)
CHECK_EVERY: Final = timedelta(days=90)
CMVP: Final = "https://csrc.nist.gov/projects/cryptographic-module-validation-program/certificate/"
# It stands in the audit log for ever: nothing else fits in, no name and no sentence.
VERSION: Final = r"^[0-9A-Za-z][0-9A-Za-z._+-]*\Z"
# What has a module behind it that could have one.
CERTIFIABLE: Final = (
    Library.PYTHON,
    Library.CRYPTOGRAPHY,
    Library.LIBPQ,
    Library.PKCS11,
    Library.AWS_KMS,
    Library.PROXY,
)


class Standard(StrEnum):
    """What a module was validated against."""

    FIPS_140_2 = "140-2"
    FIPS_140_3 = "140-3"


class CertificateStatus(StrEnum):
    """What CMVP says of a certificate."""

    ACTIVE = "active"
    HISTORICAL = "historical"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CertificateClaim:
    """What somebody read of a certificate, and when.

    Attributes:
        library: What of the console is said to run this module.
        number: Of the certificate.
        module: The module's name in it.
        version: The module's version in it.
        standard: Validated against.
        level: Overall level, 1 to 4.
        status: At CMVP, on the day it was looked up.
        sunset_on: When it becomes historical by itself.
        checked_on: When somebody looked.
    """

    library: Library
    number: str
    module: str
    version: str
    standard: Standard
    level: int
    status: CertificateStatus
    sunset_on: date | None
    checked_on: date

    @property
    def link(self) -> str:
        """Its page at CMVP."""
        return f"{CMVP}{self.number}"

    def is_current(self, *, today: date) -> bool:
        """Whether it was active when somebody looked, not long ago, and no date has ended it since."""
        return (
            self.standard is Standard.FIPS_140_3
            and self.status is CertificateStatus.ACTIVE
            and (self.sunset_on is None or today <= self.sunset_on)
            and today - self.checked_on <= CHECK_EVERY
        )


@dataclass(frozen=True, slots=True)
class KnownModule:
    """A module of which this release of the console knows a certificate; to compare with, not to believe."""

    module: str
    version: str
    number: str
    standard: Standard
    status: CertificateStatus
    note: str


KNOWN_AS_OF: Final = date(2026, 11, 30)
KNOWN_MODULES: Final = (
    KnownModule(
        "OpenSSL FIPS Provider",
        "3.1.2",
        "4985",
        Standard.FIPS_140_3,
        CertificateStatus.ACTIVE,
        "A newer OpenSSL may load it, but it has to be built from the validated sources.",
    ),
    KnownModule(
        "OpenSSL FIPS Provider",
        "3.0.8 and 3.0.9",
        "4282 and 4811",
        Standard.FIPS_140_2,
        CertificateStatus.HISTORICAL,
        "Historical with all of FIPS 140-2.",
    ),
    KnownModule(
        "AWS-LC FIPS, static",
        "3.x",
        "5314",
        Standard.FIPS_140_3,
        CertificateStatus.ACTIVE,
        "Not what the console's libraries are built on.",
    ),
    KnownModule(
        "AWS-LC FIPS, dynamic",
        "3.x",
        "5298",
        Standard.FIPS_140_3,
        CertificateStatus.ACTIVE,
        "Not what the console's libraries are built on.",
    ),
)


def contradictions(claim: CertificateClaim, facts: LibraryFacts | None) -> Iterator[str]:
    """Say where a certificate contradicts what was measured.

    Yields:
        One sentence each.
    """
    if facts is None or facts.asks_for_fips is None:
        return
    if library_judge(facts).mode is not Mode.FIPS:
        yield f"Certificate {claim.number} is on record, but the library doesn't run as a FIPS module."
    provider = facts.fips_provider
    if provider and provider.version != claim.version:
        yield (
            f"Certificate {claim.number} is for version {claim.version}; "
            f"the provider that is loaded says {provider.version}."
        )


def doubts(claim: CertificateClaim, *, today: date) -> Iterator[str]:
    """Say what makes a certificate worth less than it looks.

    Yields:
        One sentence each.
    """
    if claim.standard is Standard.FIPS_140_2:
        yield (
            "FIPS 140-2 certificates are historical since 21 September 2026: no new procurement, and "
            "existing use is a decision about risk."
        )
    if claim.status is not CertificateStatus.ACTIVE:
        yield f"CMVP lists it as {claim.status.value}."
    if claim.sunset_on and claim.sunset_on < today:
        yield f"Its sunset date, {claim.sunset_on:%-d %B %Y}, is over."
    if today - claim.checked_on > CHECK_EVERY:
        days = (today - claim.checked_on).days
        yield f"Nobody has looked it up for {days} days: look at CMVP, and record what it says now."
