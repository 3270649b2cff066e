"""Whether a release may go live now: the one place that knows all that can be in its way.

Rollback, pause and shutoff never ask here: what makes things safer waits for nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from updates.domain.publish_checks import Finding
from updates.domain.sign_offs import SignOffStanding
from updates.models import Release
from updates.selectors.freezes import channel_frozen_until
from updates.selectors.publish_checks import findings_of
from updates.selectors.sign_offs import sign_off_standing


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a release and its devices.

    Attributes:
        frozen_until: When the channel's freeze ends; None: it isn't frozen.
        unanswered: What checks found and nobody has explained.
        sign_offs: Whose word is still missing.
    """

    frozen_until: datetime | None
    unanswered: tuple[Finding, ...]
    sign_offs: SignOffStanding

    @property
    def is_cleared(self) -> bool:
        """Whether people have done their part, so that only time may be in the way."""
        return not self.unanswered and self.sign_offs.complete


def readiness_of(release: Release, *, now: datetime) -> Readiness:
    """Ask everybody whose word counts."""
    return Readiness(
        frozen_until=channel_frozen_until(release.channel, now),
        unanswered=tuple(finding for finding in findings_of(release) if not finding.answer),
        sign_offs=sign_off_standing(release),
    )
