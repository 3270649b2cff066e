"""What was found about a release, with the answers that it has."""

from updates.domain.publish_checks import Finding, findings_answered
from updates.models import Release


def findings_of(release: Release) -> tuple[Finding, ...]:
    """List all findings of a release and of its bundle."""
    return findings_answered(release.bundle.findings, release.check_answers)
