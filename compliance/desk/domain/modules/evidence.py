"""What all evidence together comes to: one judgement a path, and one heading that claims no more. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from compliance.desk.domain.modules.certificates import CertificateClaim, contradictions, doubts
from compliance.desk.domain.modules.inventory import CryptoPath
from compliance.desk.domain.modules.libraries import (
    ELSEWHERE,
    LIBRARY_TITLES,
    MEASURED,
    OUTSIDE,
    Attempt,
    Judgement,
    Library,
    LibraryFacts,
    Mode,
    library_judge,
)


class Standing(StrEnum):
    """The heading. There's none for "certified": a console can't be."""

    INCONSISTENT = "inconsistent"
    PLAIN = "plain"
    ACTIVE = "active"
    ASSERTED = "asserted"


STANDING_WORDS: Final[dict[Standing, str]] = {
    Standing.INCONSISTENT: "Inconsistent",
    Standing.PLAIN: "Not in FIPS mode",
    Standing.ACTIVE: "FIPS provider active, validation not asserted",
    Standing.ASSERTED: "Validated module asserted by the operator",
}


@dataclass(frozen=True, slots=True)
class PathEvidence:
    """What is known of one path at this moment.

    Attributes:
        path: Which.
        is_used: Whether anything here goes that way.
        facts: What was measured of its library; None where nothing can be.
        test: The console's own code on this path, tried just now; None where it can't be.
        judgement: What that comes to.
    """

    path: CryptoPath
    is_used: bool
    facts: LibraryFacts | None
    test: Attempt | None
    judgement: Judgement

    @property
    def library_title(self) -> str:
        """What does it."""
        return LIBRARY_TITLES[self.path.library]


@dataclass(frozen=True, slots=True)
class CertificateStanding:
    """A certificate, with what contradicts it and what makes it doubtful."""

    claim: CertificateClaim
    contradictions: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, as one process saw it at one moment."""

    measured_at: datetime
    process: str
    is_required: bool
    libraries: tuple[LibraryFacts, ...]
    paths: tuple[PathEvidence, ...]
    certificates: tuple[CertificateStanding, ...]
    standing: Standing
    reasons: tuple[str, ...]

    @property
    def words(self) -> str:
        """The heading."""
        return STANDING_WORDS[self.standing]


def path_judge(path: CryptoPath, facts: LibraryFacts | None, test: Attempt | None) -> Judgement:
    """Say what the evidence about one path comes to; its own test outweighs its library."""
    failed = (f"{test.title} should work, and doesn't ({test.said}).",) if test and not test.worked else ()
    if path.library in ELSEWHERE or (facts is None and path.library not in OUTSIDE):
        return Judgement(Mode.INCONSISTENT if failed else Mode.ELSEWHERE, failed)
    if facts is None:
        return Judgement(Mode.INCONSISTENT if failed else Mode.OUTSIDE, failed)
    judged = library_judge(facts)
    return Judgement(Mode.INCONSISTENT, (*failed, *judged.reasons)) if failed else judged


def certificate_judge(
    claim: CertificateClaim, measured: Mapping[Library, LibraryFacts], *, today: date
) -> CertificateStanding:
    """Hold a certificate against what was measured, and against the calendar."""
    return CertificateStanding(
        claim,
        tuple(contradictions(claim, measured.get(claim.library))),
        tuple(doubts(claim, measured.get(claim.library), today=today)),
    )


def standing_judge(
    libraries: Sequence[LibraryFacts],
    paths: Sequence[PathEvidence],
    certificates: Sequence[CertificateStanding],
    *,
    is_required: bool,
) -> tuple[Standing, tuple[str, ...]]:
    """Choose the heading, and say why it's no better one.

    Args:
        libraries: What was measured.
        paths: Every path, used or not.
        certificates: Those on record, judged.
        is_required: Whether the operator requires FIPS (`REQUIRE_FIPS`).
    """
    modes = {facts.library: library_judge(facts).mode for facts in libraries if facts.library in MEASURED}
    wrong = list(_inconsistencies(libraries, paths, certificates))
    if len(set(modes.values())) > 1:
        wrong.append("One of the libraries runs as a FIPS module and another one doesn't.")
    if is_required and any(mode is not Mode.FIPS for mode in modes.values()):
        wrong.append("REQUIRE_FIPS is set, and not every library runs as a FIPS module.")
    if wrong:
        return Standing.INCONSISTENT, tuple(dict.fromkeys(wrong))
    if any(mode is not Mode.FIPS for mode in modes.values()):
        return Standing.PLAIN, ()
    current = {each.claim.library for each in certificates if not each.doubts}
    missing = [facts.title for facts in libraries if facts.library in modes.keys() - current]
    if missing:
        return Standing.ACTIVE, tuple(
            f"No certificate without a doubt is on record for: {title}." for title in missing
        )
    return Standing.ASSERTED, ()


def _inconsistencies(
    libraries: Sequence[LibraryFacts],
    paths: Sequence[PathEvidence],
    certificates: Sequence[CertificateStanding],
) -> list[str]:
    found = []
    for facts in libraries:
        judgement = library_judge(facts)
        if judgement.mode is Mode.INCONSISTENT:
            found += [f"{facts.title}: {reason}" for reason in judgement.reasons]
    for each in paths:
        if each.is_used and each.test and not each.test.worked:
            found.append(f"{each.path.title}: {each.test.title} should work, and doesn't ({each.test.said}).")
    for certificate in certificates:
        found += certificate.contradictions
    return found


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """Write the evidence for machines."""
    return {
        "measured_at": evidence.measured_at.isoformat(),
        "process": evidence.process,
        "require_fips": evidence.is_required,
        "standing": evidence.standing.value,
        "reasons": list(evidence.reasons),
        "libraries": [_library_document(facts) for facts in evidence.libraries],
        "paths": [_path_document(each) for each in evidence.paths],
        "certificates": [_certificate_document(each) for each in evidence.certificates],
    }


def _library_document(facts: LibraryFacts) -> dict[str, Any]:
    providers = facts.providers
    return {
        "library": facts.library.value,
        "version": facts.version,
        "linkage": facts.linkage,
        "providers": None
        if providers is None
        else [
            {
                "name": each.name,
                "title": each.title,
                "version": each.version,
                "build": each.build,
                "file": each.file,
                "does_fips": each.does_fips,
                "tests_itself": each.tests_itself,
                "checks_keys": each.checks_keys,
            }
            for each in providers
        ],
        "asks_for_fips": facts.asks_for_fips,
        "module_files": [{"file": file.path, "sha256": file.sha256} for file in facts.files],
        "module_version": facts.module_version,
        "attempts": [_attempt_document(each) for each in facts.attempts],
        "mode": library_judge(facts).mode.value,
        "reasons": list(library_judge(facts).reasons),
    }


def _attempt_document(each: Attempt) -> dict[str, Any]:
    return {"what": each.title, "approved": each.is_approved, "worked": each.worked, "said": each.said}


def _path_document(each: PathEvidence) -> dict[str, Any]:
    return {
        "path": each.path.key,
        "for": each.path.title,
        "library": each.path.library.value,
        "algorithms": list(each.path.algorithms),
        "keys": each.path.keys,
        "used": each.is_used,
        "test": _attempt_document(each.test) if each.test else None,
        "mode": each.judgement.mode.value,
        "reasons": list(each.judgement.reasons),
    }


def _certificate_document(each: CertificateStanding) -> dict[str, Any]:
    claim = each.claim
    return {
        "library": claim.library.value,
        "number": claim.number,
        "module": claim.module,
        "version": claim.version,
        "standard": claim.standard.value,
        "level": claim.level,
        "status": claim.status.value,
        "sunset_on": claim.sunset_on.isoformat() if claim.sunset_on else None,
        "checked_on": claim.checked_on.isoformat(),
        "contradictions": list(each.contradictions),
        "doubts": list(each.doubts),
    }
