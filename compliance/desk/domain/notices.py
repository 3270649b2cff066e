"""Whom an incident may have to be told, and by when: rules as data, to be confirmed with counsel.

None of these texts was read for this version; they're general knowledge, and say so wherever they're shown.
Nothing here decides whether an incident is a breach in the sense of a law: the rules only make sure that
somebody asks, and that the date isn't missed meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

CAVEAT: Final = "The text wasn't read for this version. Confirm with counsel."
_MANY: Final = 500
_SIXTY_DAYS: Final = timedelta(days=60)
_THIRTY_DAYS: Final = timedelta(days=30)


class NoticeRule(StrEnum):
    """One duty to tell somebody. Stable: incidents keep these names."""

    HIPAA_COVERED_ENTITY = "hipaa_covered_entity"
    HIPAA_INDIVIDUALS = "hipaa_individuals"
    HIPAA_MEDIA = "hipaa_media"
    HIPAA_HHS = "hipaa_hhs"
    HIPAA_HHS_YEARLY = "hipaa_hhs_yearly"
    CALIFORNIA_INDIVIDUALS = "california_individuals"
    CALIFORNIA_ATTORNEY_GENERAL = "california_attorney_general"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of an incident, as far as notices need it.

    Attributes:
        noticed_on: When it was noticed, or would have been with care.
        personal: Whether personal data may be concerned.
        phi: Whether protected health information may be concerned.
        affected: How many people; None: not known yet, so it's taken for many.
    """

    noticed_on: date
    personal: bool
    phi: bool
    affected: int | None

    @property
    def is_many(self) -> bool:
        """Whether it's 500 people or more."""
        return self.affected is None or self.affected >= _MANY


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """One duty in words.

    Attributes:
        whom: Who is told.
        section: Where it's written.
        says: The time that it gives.
    """

    whom: str
    section: str
    says: str


TERMS: Final[dict[NoticeRule, NoticeTerms]] = {
    NoticeRule.HIPAA_COVERED_ENTITY: NoticeTerms(
        "the covered entity, by its business associate", "45 CFR 164.410", "60 days from discovery at most"
    ),
    NoticeRule.HIPAA_INDIVIDUALS: NoticeTerms(
        "each individual", "45 CFR 164.404", "without unreasonable delay, 60 days from discovery at most"
    ),
    NoticeRule.HIPAA_MEDIA: NoticeTerms(
        "the media, where more than 500 residents of one State are concerned",
        "45 CFR 164.406",
        "60 days from discovery at most",
    ),
    NoticeRule.HIPAA_HHS: NoticeTerms(
        "the Secretary of HHS, of 500 people or more",
        "45 CFR 164.408(b)",
        "with the notice to individuals, 60 days from discovery at most",
    ),
    NoticeRule.HIPAA_HHS_YEARLY: NoticeTerms(
        "the Secretary of HHS, of fewer than 500 people",
        "45 CFR 164.408(c)",
        "60 days from the end of the calendar year of discovery at most",
    ),
    NoticeRule.CALIFORNIA_INDIVIDUALS: NoticeTerms(
        "each resident of California",
        "Cal. Civ. Code 1798.82(a)",
        "30 calendar days from discovery since 2026",
    ),
    NoticeRule.CALIFORNIA_ATTORNEY_GENERAL: NoticeTerms(
        "the Attorney General of California, of more than 500 residents",
        "Cal. Civ. Code 1798.82(f)",
        "15 calendar days from the notice to residents since 2026",
    ),
}

_WHEN: Final[dict[NoticeRule, Callable[[Assessment], bool]]] = {
    NoticeRule.HIPAA_COVERED_ENTITY: lambda known: known.phi,
    NoticeRule.HIPAA_INDIVIDUALS: lambda known: known.phi,
    NoticeRule.HIPAA_MEDIA: lambda known: known.phi and known.is_many,
    NoticeRule.HIPAA_HHS: lambda known: known.phi and known.is_many,
    NoticeRule.HIPAA_HHS_YEARLY: lambda known: known.phi and not known.is_many,
    NoticeRule.CALIFORNIA_INDIVIDUALS: lambda known: known.personal,
    NoticeRule.CALIFORNIA_ATTORNEY_GENERAL: lambda known: known.personal and known.is_many,
}


def notices_due(known: Assessment) -> Iterator[tuple[NoticeRule, date]]:
    """Say which notices an incident may need, each with the last day on which it isn't late.

    Yields:
        The rule and its day. Where a rule counts from another notice, the day of that one: the stricter.
    """
    for rule in NoticeRule:
        if _WHEN[rule](known):
            yield rule, notice_day(rule, known.noticed_on)


def notice_day(rule: NoticeRule, noticed_on: date) -> date:
    """Count the days of a rule."""
    if rule is NoticeRule.HIPAA_HHS_YEARLY:
        return date(noticed_on.year, 12, 31) + _SIXTY_DAYS
    is_california = rule in {NoticeRule.CALIFORNIA_INDIVIDUALS, NoticeRule.CALIFORNIA_ATTORNEY_GENERAL}
    return noticed_on + (_THIRTY_DAYS if is_california else _SIXTY_DAYS)
