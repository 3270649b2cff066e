"""Who may sign a report off: somebody else than who ordered it, where there is somebody else."""

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.selectors.entitled import people_entitled
from compliance.desk.models import ReportRun

SIGN_OFF = Permission.PRIVACY_MANAGE


def is_orderer(run: ReportRun, user: User) -> bool:
    """Whether somebody ordered a report. One that is made by itself was ordered by nobody."""
    return run.schedule_id is None and run.export.ordered_by_id == user.pk


def is_only_signer(user: User) -> bool:
    """Whether nobody else could sign off; an invite that nobody took doesn't count."""
    return not any(other.last_login for other in people_entitled(SIGN_OFF, other_than=user))


def may_sign_off(run: ReportRun, user: User) -> bool:
    """Whether somebody may review a report that is made."""
    return user.may(SIGN_OFF) and (not is_orderer(run, user) or is_only_signer(user))
