"""Rows of “cryptographic modules”: measured when they're read, by the process that reads them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from compliance.desk.backends.report_rows import measured_rows_register
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.modules.evidence import CertificateStanding, Evidence, PathEvidence
from compliance.desk.domain.modules.libraries import MODE_WORDS, Library
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.models import ModuleCertificate
from compliance.desk.selectors.modules.certificates import certificates_current
from compliance.desk.selectors.reports.times import time_cell
from compliance.desk.services.modules.evidence import evidence_take


def module_rows_register() -> None:
    """Have the report read them."""
    measured_rows_register("R8", module_rows)


def module_rows(now: datetime, _period: Period) -> Iterator[Row]:
    """Measure, and hold certificates against that.

    Yields:
        A row for the console as a whole, and one for each cryptographic path.
    """
    evidence = evidence_take(now=now)
    entered = {Library(row.library): row for row in certificates_current()}
    judged = {each.claim.library: each for each in evidence.certificates}
    required = "; REQUIRE_FIPS is set" if evidence.is_required else ""
    yield Row((
        "the console as a whole",
        "yes",
        *[None] * 11,
        " ".join(evidence.reasons) or None,
        f"{evidence.words}{required}",
        time_cell(evidence.measured_at),
        evidence.process,
    ))
    for each in evidence.paths:
        yield _row(each, evidence, entered, judged)


def _row(
    each: PathEvidence,
    evidence: Evidence,
    entered: Mapping[Library, ModuleCertificate],
    judged: Mapping[Library, CertificateStanding],
) -> Row:
    library = each.path.library
    certificate, standing = entered.get(library), judged.get(library)
    cells = (
        each.path.title,
        "yes" if each.is_used else "no",
        each.library_title,
        each.facts.version if each.facts else None,
        each.path.algorithm_words,
        each.path.keys,
        *_certificate_cells(certificate),
        " ".join((*standing.contradictions, *standing.doubts)) or None if standing else None,
        _check(each),
        time_cell(evidence.measured_at),
        evidence.process,
    )
    return Row(cells, standing=each.judgement.mode.value)


def _certificate_cells(row: ModuleCertificate | None) -> tuple[Cell, ...]:
    if row is None:
        return ("none on record", *[None] * 6)
    return (
        row.number,
        f"{row.module} {row.version}",
        f"FIPS {row.standard}",
        row.status,
        row.checked_on.isoformat(),
        time_cell(row.recorded_at),
        f"person {row.recorded_by_id}",
    )


def _check(each: PathEvidence) -> str:
    """Say what the evidence of a path comes to, why it isn't better, and what was tried."""
    said = [MODE_WORDS[each.judgement.mode]]
    if each.test:
        said.append(f"{each.test.title}: {'worked' if each.test.worked else each.test.said or 'failed'}")
    elif not each.is_used:
        said.append("not used here, so not tried")
    return "; ".join((*said, *each.judgement.reasons))
