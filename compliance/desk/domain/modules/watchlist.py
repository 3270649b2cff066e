"""The laws and standards that the product quotes: which version was read, when, and when to look again. Pure.

What is here came with this release. A review that an officer records takes its place, so that the page shows
who looked last, at which version, and when it's due again.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class ReviewKind(StrEnum):
    """What is reviewed."""

    TEXT = "text"
    LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class WatchedText:
    """A law or standard.

    Attributes:
        key: Its name, in addresses.
        title: As it's cited.
        used_for: What of the product rests on it.
        version: What was read for this release.
        read_on: When.
        review_every: How long a reading is good.
        is_in_force: Whether it binds anybody; drafts and proposals don't.
    """

    key: str
    title: str
    used_for: str
    version: str
    read_on: date
    review_every: timedelta
    is_in_force: bool = True


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How the review of something stands.

    Attributes:
        version: The version that was read last.
        reviewed_on: When.
        next_on: When it's due again.
        owner: Who sees to it; empty: nobody yet.
        note: What they found.
    """

    version: str
    reviewed_on: date
    next_on: date
    owner: str = ""
    note: str = ""

    def is_due(self, *, today: date) -> bool:
        """Whether somebody should look now."""
        return self.next_on <= today


_RELEASE: Final = date(2026, 11, 30)
_QUARTER: Final = timedelta(days=90)
_HALF_YEAR: Final = timedelta(days=180)
_YEAR: Final = timedelta(days=365)

WATCHED: Final = (
    WatchedText(
        "ccpa-statute", "California Civil Code 1798.100 to 1798.199.100 (CCPA as amended by CPRA)",
        "Requests, deletion and its exceptions", "Read in parts; exceptions of 1798.105(d) from memory",
        _RELEASE, _QUARTER,
    ),
    WatchedText(
        "ccpa-regulations", "11 CCR 7000 and following (CCPA regulations)",
        "Clocks, verification, agents, records of 24 months",
        "Text of 2023; the package in force since 1 January 2026 changed parts of it", _RELEASE, _QUARTER,
    ),
    WatchedText(
        "ccpa-cybersecurity-audits", "11 CCR 7123 (CCPA regulations, cybersecurity audits)",
        "Components of a cybersecurity audit (R15)",
        "Text approved in September 2025, in a transcription by others; the official one wasn't compared",
        _RELEASE, _QUARTER,
    ),
    WatchedText(
        "hipaa-security", "45 CFR 164 subpart C (HIPAA Security Rule)",
        "PHI register, retention of six years",
        "164.312 as published by govinfo; 164.316 from secondary sources", _RELEASE, _HALF_YEAR,
    ),
    WatchedText(
        "hipaa-proposed", "90 FR 898 (HIPAA Security Rule, proposed)",
        'The view "ready for the proposed rule"', "Proposed 6 January 2025; not final as of June 2026",
        _RELEASE, _QUARTER, is_in_force=False,
    ),
    WatchedText(
        "hipaa-secured", "74 FR 19006 (guidance on secured PHI)", "Where keys may live",
        "April 2009, as quoted", _RELEASE, _YEAR,
    ),
    WatchedText(
        "fips-140-3", "FIPS 140-3 and CMVP", "Certificates of modules",
        "As described by vendors; CMVP itself wasn't read", _RELEASE, _QUARTER,
    ),
    WatchedText(
        "fips-186-5", "FIPS 186-5 (digital signatures)", "Which signatures are approved", "February 2023",
        _RELEASE, _YEAR,
    ),
    WatchedText(
        "sp-800-57", "NIST SP 800-57 part 1", "Strengths, life of keys", "Revision 5, May 2020", _RELEASE,
        _HALF_YEAR,
    ),
    WatchedText(
        "sp-800-131a", "NIST SP 800-131A revision 3", "Dates of algorithms",
        "Initial public draft, October 2024; no final version was found", _RELEASE, _QUARTER,
        is_in_force=False,
    ),
    WatchedText(
        "ir-8547", "NIST IR 8547 (transition to post-quantum)", "Dates of algorithms",
        "Initial public draft, November 2024; sources disagree whether it is final", _RELEASE, _QUARTER,
        is_in_force=False,
    ),
    WatchedText(
        "cnsa-2", "NSA CNSA 2.0", "Dates of algorithms", "FAQ of December 2024, from summaries", _RELEASE,
        _HALF_YEAR,
    ),
    WatchedText(
        "sp-800-63", "NIST SP 800-63-4 (digital identity)", "Authenticators, sessions, assurance levels",
        "Revision 4, 2025", _RELEASE, _HALF_YEAR,
    ),
    WatchedText(
        "sp-800-53", "NIST SP 800-53 (controls)", "Controls that evidence is mapped to", "Revision 5",
        _RELEASE, _YEAR,
    ),
    WatchedText(
        "rfc-8725", "RFC 8725 (JWT best practice) and its successor", "Rules of the token verifier",
        "RFC 8725; 8725bis as approved draft", _RELEASE, _HALF_YEAR,
    ),
    WatchedText(
        "rfc-9162", "RFC 6962, RFC 9162 and C2SP's checkpoints", "The audit log's tree and checkpoints",
        "RFC 9162, December 2021; C2SP as of 2026", _RELEASE, _YEAR,
    ),
    WatchedText(
        "cyclonedx", "CycloneDX", "The cryptographic bill of materials", "1.6", _RELEASE, _YEAR,
    ),
)  # fmt: skip


def text_state(text: WatchedText) -> ReviewState:
    """How a text's review stands as long as nobody here has recorded one."""
    return ReviewState(text.version, text.read_on, text.read_on + text.review_every)
