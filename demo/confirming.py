"""Who acts in the demo, and how they confirm it: with a code of their own authenticator.

It's the code of the step before: theirs of now is left to whoever signs in as them. Needs Django to be set
up.
"""

import base64

from django_otp.oath import TOTP

from accounts.domain.operations import Operation
from accounts.domain.totp import PERIOD_SECONDS
from accounts.models import StepUp, User
from accounts.services.step_up import COMMAND_LINE, step_up_prove
from demo.record import Record
from releaseconsole.kernel import clock


def confirmed(record: Record, who: str, operation: Operation, *, step: int = -1) -> StepUp:
    """Confirm an operation as `who`; each person has one code a step, each good once."""
    person = next(person for person in record.people if person.role == who)
    totp = TOTP(base64.b32decode(person.totp_secret), PERIOD_SECONDS)
    totp.time = clock.epoch_seconds() + step * PERIOD_SECONDS
    return step_up_prove(
        user=user_of(record, who), operation=operation, code=f"{totp.token():06d}", context=COMMAND_LINE
    )


def user_of(record: Record, role: str) -> User:
    """Find somebody of the demo by what they are."""
    return User.objects.get(email=next(person.email for person in record.people if person.role == role))
