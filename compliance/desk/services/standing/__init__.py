"""How the desk's parts stand, for the officer's start page. They only read; some measure to know.

A part that comes later adds a function here or beside its own code, and registers it.
"""

from datetime import datetime

from accounts.models import User
from compliance.desk.backends.standing import standing_register, standing_sources
from compliance.desk.domain.insiders import INSIDERS_ONLY
from compliance.desk.domain.standing import StandingLine, standing_sorted
from compliance.desk.services.standing import duties, evidence, registers


def standing_lines(*, user: User, now: datetime) -> list[StandingLine]:
    """Ask every part, and leave out what this person may not see."""
    lines = (line for source in standing_sources() for line in source(now))
    return standing_sorted(line for line in lines if _is_open_to(user, line))


def _is_open_to(user: User, line: StandingLine) -> bool:
    return user.may_by_role(line.permission) if line.page in INSIDERS_ONLY else user.may(line.permission)


def standing_sources_register() -> None:
    """Register the parts of this release."""
    standing_register("requests", registers.requests_standing)
    standing_register("erasures", registers.erasures_standing)
    standing_register("log", evidence.log_standing)
    standing_register("anchors", evidence.anchors_standing)
    standing_register("recertification", duties.recertification_standing)
    standing_register("incidents", duties.incidents_standing)
    standing_register("audits", duties.audits_standing)
    standing_register("drills", duties.drills_standing)
    standing_register("phi", registers.phi_standing)
    standing_register("associates", registers.associates_standing)
    standing_register("providers", registers.providers_standing)
    standing_register("modules", evidence.modules_standing)
    standing_register("texts", registers.texts_standing)
    standing_register("authenticators", evidence.authenticators_standing)
    standing_register("holds", registers.holds_standing)
    standing_register("exports", registers.exports_standing)


__all__ = ["standing_lines", "standing_sources_register"]
