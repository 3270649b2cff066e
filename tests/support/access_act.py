"""An operation with something to do it to."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from accounts.domain.operations import Operation
from accounts.models import StepUp, User
from accounts.services.approval_kinds import ApprovedRequest
from tests.support.confirming import confirmed


def confirmations_of(service: Callable[..., object]) -> list[str]:
    """Names of the parameters by which a service takes a confirmation."""
    parameters = inspect.signature(service).parameters.values()
    return [
        each.name
        for each in parameters
        if any(kind in (StepUp, ApprovedRequest) for kind in (each.annotation, *get_args(each.annotation)))
    ]


@dataclass(frozen=True, slots=True)
class Act:
    """It's named anew each time, then done on a confirmation."""

    operation: Callable[[], Operation]
    service: Callable[..., object]
    what: dict[str, Any]
    before: tuple["Act", ...] = ()

    def by(self, user: User) -> None:
        (taken,) = confirmations_of(self.service)
        self.service(**self.what, **{taken: confirmed(user, self.operation())})
