"""How a library is kept up: releases, maintainers, who else relies on it, who audited it. Pure.

What came with this release names its source and the day on which that was read. A gap is no verdict: nobody
looked. An officer's review takes its place, field by field.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final


class Maintenance(StrEnum):
    """Whether somebody looks after it."""

    ACTIVE = "active"
    SLOW = "slow"
    ENDED = "ended"

    @property
    def words(self) -> str:
        """As pages write it."""
        return _MAINTENANCE[self]


_MAINTENANCE: Final = {
    Maintenance.ACTIVE: "maintained",
    Maintenance.SLOW: "few releases, or few people",
    Maintenance.ENDED: "not maintained any more",
}


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What is known of one library; empty where nobody knows.

    Attributes:
        last_release_on: When its newest version came out; of what came with this release the month only.
        maintenance: Whether somebody looks after it.
        adoption: Who else relies on it.
        audits: Who audited it, when and what.
        common_criteria: Certificates under Common Criteria.
        read_on: When somebody looked.
        source: Where.
        last_release: The newest version, where that is known.
        support: What its makers say about how long they look after the version in use.
    """

    last_release_on: date | None = None
    maintenance: Maintenance | None = None
    adoption: str = ""
    audits: str = ""
    common_criteria: str = ""
    read_on: date | None = None
    source: str = ""
    last_release: str = ""
    support: str = ""

    def over(self, earlier: "Upkeep") -> "Upkeep":
        """Fill what this one says nothing of from an earlier one, and tell of both sources then."""
        names = ["maintenance", "adoption", "audits", "common_criteria", "support"]
        if self.last_release_on is None:  # a day and a version go together
            names += ["last_release_on", "last_release"]
        filled = {name: getattr(earlier, name) for name in names if not getattr(self, name)}
        source = f"{self.source}; the rest: {earlier.source}" if any(filled.values()) else self.source
        return replace(self, **filled, source=source)


_READ: Final = date(2026, 11, 30)
_PYPI: Final = "a list of PyPI's packages: newest version, its month, rank among the most downloaded"
_RELEASED_LATELY: Final = date(2026, 6, 1)


def _listed(version: str, month: date, rank: int, *, support: str = "", source: str = _PYPI) -> Upkeep:
    """What the list says; who released within half a year before it was read counts as maintained."""
    return Upkeep(
        last_release_on=month,
        maintenance=Maintenance.ACTIVE if month >= _RELEASED_LATELY else None,
        adoption=f"Rank {rank:,} of PyPI by downloads",
        read_on=_READ,
        source=source,
        last_release=version,
        support=support,
    )


# To compare with, not to believe. Audits and Common Criteria weren't looked up for any of them.
PACKAGED: Final = {
    "cryptography": _listed("50.0.2", date(2026, 9, 1), 11),
    "python": Upkeep(
        maintenance=Maintenance.ACTIVE,
        read_on=_READ,
        source="PEP 664; the developers' guide's list of versions",
        support="3.11 gets security fixes only, until October 2027.",
    ),
    "joserfc": _listed("1.8.0", date(2026, 11, 1), 308),
    "authlib": _listed("1.9.10", date(2026, 11, 1), 275),
    "argon2-cffi": _listed("25.1.0", date(2025, 6, 1), 437),
    "django": _listed(
        "6.1.3",
        date(2026, 11, 1),
        528,
        support="5.2 gets security fixes until 30 April 2028.",
        source=f"{_PYPI}; endoflife.date",
    ),
    "django-otp": _listed("1.7.5", date(2026, 10, 1), 2550),
    "django-otp-webauthn": _listed("0.10.3", date(2026, 9, 1), 10_744),
    "webauthn": _listed("3.0.1", date(2026, 9, 1), 1965),
    "psycopg-binary": _listed("3.3.9", date(2026, 11, 1), 410),
    "python-pkcs11": _listed("0.10.1", date(2026, 10, 1), 9942),
    "boto3": _listed("1.44.8", date(2026, 11, 1), 1),
}

# The last day of a line of OpenSSL, by its makers. Later fixes come from a distribution, or from nobody.
_OPENSSL_ENDS: Final = {"3.0": date(2026, 9, 7)}


def openssl_support(version: str, *, today: date) -> str:
    """Say whether the makers of a measured OpenSSL still look after its line; empty where that isn't known.

    Args:
        version: In its own words: `OpenSSL 3.0.19 27 Jan 2026`.
        today: The day.
    """
    numbers = version.removeprefix("OpenSSL ").partition(" ")[0].rstrip(",")
    line = ".".join(numbers.split(".")[:2])
    ends = _OPENSSL_ENDS.get(line)
    if ends is None or today <= ends:
        return ""
    return (
        f"OpenSSL {line}: its makers' support ended on {ends:%-d %B %Y}. "
        "Fixes come from a distribution, if it has any."
    )
