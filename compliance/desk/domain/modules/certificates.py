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


@dataclass(frozen=True, slots=True)
class KnownModule:
    """A module of which this release of the console knows a certificate; to compare with, not to believe."""

    module: str
    version: str
    number: str
    standard: Standard
    status: CertificateStatus
    note: str

    def is_version(self, version: str) -> bool:
        """Whether it's for this version; `3.x` are all that begin with `3.`."""
        return (
            version.startswith(self.version[:-1]) if self.version.endswith(".x") else version == self.version
        )


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
        "3.0.8",
        "4282",
        Standard.FIPS_140_2,
        CertificateStatus.HISTORICAL,
        "Historical with all of FIPS 140-2.",
    ),
    KnownModule(
        "OpenSSL FIPS Provider",
        "3.0.9",
        "4811",
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
    elif facts.module_version and facts.module_version != claim.version:
        yield (
            f"Certificate {claim.number} is for version {claim.version}; "
            f"the module that runs is version {facts.module_version}."
        )


def doubts(claim: CertificateClaim, facts: LibraryFacts | None, *, today: date) -> Iterator[str]:
    """Say what makes a certificate worth less than it looks: with any of it nothing is asserted.

    Yields:
        One sentence each.
    """
    yield from _doubts_of_day(claim, today)
    known = next((each for each in KNOWN_MODULES if each.number == claim.number), None)
    if known and not (claim.standard is known.standard and known.is_version(claim.version)):
        yield (
            f"This release knows certificate {claim.number} as that of {known.module} {known.version}, "
            f"FIPS {known.standard.value}: look again."
        )
    if facts is not None and facts.asks_for_fips and not facts.module_version:
        yield "Which version of a module runs there can't be told from here: that it's this one is a claim."


def _doubts_of_day(claim: CertificateClaim, today: date) -> Iterator[str]:
    if claim.standard is Standard.FIPS_140_2:
        yield (
            "FIPS 140-2 certificates are historical since 21 September 2026: no new procurement, and "
            "existing use is a decision about risk."
        )
    if claim.status is not CertificateStatus.ACTIVE:
        yield f"CMVP lists it as {claim.status.value}."
    elif claim.sunset_on is None:
        yield "It has no sunset date on record; every active certificate has one."
    if claim.sunset_on and claim.sunset_on < today:
        yield f"Its sunset date, {claim.sunset_on:%-d %B %Y}, is over."
    if today - claim.checked_on > CHECK_EVERY:
        days = (today - claim.checked_on).days
        yield f"Nobody has looked it up for {days} days: look at CMVP, and record what it says now."
