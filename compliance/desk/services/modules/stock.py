"""Taking the cryptographic inventory, and handing it out as a document."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from compliance.desk.backends.modules.cbom import cbom_compose
from compliance.desk.backends.modules.packages import version_of
from compliance.desk.domain.modules.advisories import Advisory, AuditTool
from compliance.desk.domain.modules.components import BY_NAME, COMPONENTS, Component
from compliance.desk.domain.modules.evidence import Evidence
from compliance.desk.domain.modules.stock import Stock, StockLine
from compliance.desk.domain.modules.upkeep import PACKAGED, Upkeep, openssl_support
from compliance.desk.domain.modules.watchlist import ReviewKind
from compliance.desk.models import ModuleAdvisory
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.modules.advisories import imports_newest
from compliance.desk.selectors.modules.watch import reviews_current, upkeeps_recorded
from compliance.desk.services.modules.evidence import evidence_take
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel.encoding import sha256_hex


def stock_take(*, now: datetime) -> Stock:
    """Measure, and put together what is on record about each package."""
    evidence, imports = evidence_take(now=now), imports_newest()
    # Packages of npm have names of their own kind: one that is called like one of PyPI's is another one.
    found = [
        (each.tool == AuditTool.PIP and row.package, _advisory(row))
        for each in imports
        for row in each.advisories.all()
    ]
    reviews, recorded = reviews_current(ReviewKind.LIBRARY), upkeeps_recorded()
    return Stock(
        taken_at=now,
        version=settings.VERSION,
        lines=tuple(
            StockLine(
                component=component,
                version=version_of(component.name),
                certificates=tuple(
                    each for each in evidence.certificates if each.claim.library is component.module
                ),
                advisories=tuple(each for name, each in found if name == component.name),
                review=reviews.get(component.name),
                upkeep=_upkeep(component.name, recorded),
                ended=_ended(component, evidence, now),
            )
            for component in COMPONENTS
        ),
        evidence=evidence,
        others=tuple(each for name, each in found if name not in BY_NAME),
        audited=tuple((each.tool, each.ran_on) for each in imports),
    )


def cbom_take(*, user: User, now: datetime) -> str:
    """Write the inventory as a CycloneDX document, and note who took it."""
    document = cbom_compose(stock_take(now=now))
    with transaction.atomic():
        audit_record(
            action=Action.INVENTORY_TAKEN,
            actor=user.actor,
            now=now,
            subject=("inventory", "cbom"),
            detail={"sha256": sha256_hex(document.encode())},
        )
    return document


def _upkeep(name: str, recorded: Mapping[str, Upkeep]) -> Upkeep:
    packaged = PACKAGED.get(name, Upkeep())
    return recorded[name].over(packaged) if name in recorded else packaged


def _ended(component: Component, evidence: Evidence, now: datetime) -> str:
    if not component.brings:
        return ""
    brought = (facts.version for facts in evidence.libraries if facts.library is component.module)
    return next((openssl_support(version, today=today_at(now)) for version in brought), "")


def _advisory(row: ModuleAdvisory) -> Advisory:
    return Advisory(
        package=row.package,
        version=row.version,
        id=row.advisory,
        aliases=tuple(row.aliases),
        severity=row.severity,
        fixed_in=row.fixed_in,
        title=row.title,
    )
