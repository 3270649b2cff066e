"""The cryptographic inventory as one document's worth of facts, before any format. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from compliance.desk.domain.modules.advisories import Advisory
from compliance.desk.domain.modules.components import Component
from compliance.desk.domain.modules.evidence import CertificateStanding, Evidence
from compliance.desk.domain.modules.upkeep import Upkeep
from compliance.desk.domain.modules.watchlist import ReviewState


@dataclass(frozen=True, slots=True)
class StockLine:
    """One package: its version, certificates, advisories, and when somebody looks at it again.

    Attributes:
        component: Which.
        version: That is installed; empty: it isn't.
        certificates: Of the modules that it brings or calls.
        advisories: Of the newest import about it.
        review: How its review stands; None: nobody ever recorded one.
        upkeep: How it's kept up.
        ended: Of an OpenSSL that it brings: that its makers have given it up.
    """

    component: Component
    version: str
    certificates: tuple[CertificateStanding, ...]
    advisories: tuple[Advisory, ...]
    review: ReviewState | None
    upkeep: Upkeep
    ended: str = ""

    def is_due(self, *, today: date) -> bool:
        """Whether somebody should look at it now."""
        return self.review is None or self.review.is_due(today=today)


@dataclass(frozen=True, slots=True)
class Stock:
    """All of it at one moment.

    Attributes:
        taken_at: When.
        version: The console's own.
        lines: Packages.
        evidence: What was measured.
        others: Advisories about packages that do no cryptography here.
        audited: When each tool was last run, by its name.
    """

    taken_at: datetime
    version: str
    lines: tuple[StockLine, ...]
    evidence: Evidence
    others: tuple[Advisory, ...]
    audited: tuple[tuple[str, date], ...]
