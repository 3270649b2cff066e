"""What services of the desk ask of whoever acts, whichever page or task called them."""

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError, StepUpRequiredError
from accounts.models import StepUp, User
from accounts.services.step_up import step_up_use


def right_require(user: User, permission: Permission) -> User:
    """Read somebody anew, and make sure that they still have a right; what a page read may be old.

    Raises:
        PermissionDeniedError: They can't sign in any more, or haven't the right.
    """
    person = User.objects.get(pk=user.pk)
    if not person.is_active or not person.may(permission):
        raise PermissionDeniedError(permission.value)
    return person


def confirmation_use(*, step_up: StepUp | None, user: User, operation: Operation) -> None:
    """Use up somebody's own confirmation of exactly this; another person's doesn't count.

    Raises:
        StepUpRequiredError: There is none, or it doesn't fit.
    """
    if step_up is None or step_up.user_id != user.pk:
        raise StepUpRequiredError
    step_up_use(step_up=step_up, operation=operation)
