"""What can be asked for: each floor registers its own operations when it starts.

A kind knows how to foresee what would follow now, and how to do it once a second person agreed. Doing it
means calling the very service that one person calls where policy lets them, with the approval in the place of
their confirmation: there's one way to change anything, with one set of checks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from accounts.domain.approvals import Sentence
from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import ApprovalUnknownError
from accounts.models import User


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for: the operation, and what it needs beside its facts (never shown)."""

    operation: Operation
    payload: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would be done now, and what would follow."""

    operation: Operation
    headline: str
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ApprovedRequest:
    """A request while it's carried out, and at no other time: `authority_use` takes it once.

    Attributes:
        request_id: Its row.
        operation: What was asked for and approved.
        payload: What it needs beside its facts; kept sealed until now.
        requester: Who asked: what is done is done in their name.
        approver: Who agreed.
    """

    request_id: UUID
    operation: Operation
    payload: bytes = field(repr=False)
    requester: User
    approver: User


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """One kind of operation that can be asked for.

    Attributes:
        name: The operation's.
        title: What it is, in a list: "Revoke a key".
        permission: Who has it may ask for this.
        approvers: Who has one of these may approve it; empty: who may ask. Nothing belongs here that who asks
            could have given to a second account of their own, alone.
        foresee: Says what would be done now. Raises a ConsoleError where it can't be done any more.
        perform: Does it, by the service that uses up its argument; returns what came of it.
        is_emergency: One person may do it alone, with a reason, and somebody else reviews that.
    """

    name: str
    title: str
    permission: Permission
    foresee: Callable[[Asked], Foreseen]
    perform: Callable[[ApprovedRequest], str]
    is_emergency: bool = False
    approvers: tuple[Permission, ...] = ()

    @property
    def approving(self) -> tuple[Permission, ...]:
        """Any one of these lets a person approve."""
        return self.approvers or (self.permission,)


_kinds: Final[dict[str, ApprovalKind]] = {}


def approval_kind_register(kind: ApprovalKind) -> None:
    """Let an operation be asked for; called from an app's `ready`."""
    _kinds[kind.name] = kind


def approval_kind(name: str) -> ApprovalKind:
    """Find what is known about an operation.

    Raises:
        ApprovalUnknownError: It isn't one that can be asked for.
    """
    try:
        return _kinds[name]
    except KeyError as exc:
        raise ApprovalUnknownError(f"{name} can't be asked for.") from exc


def approval_kinds() -> dict[str, ApprovalKind]:
    """Return all of them, by name."""
    return dict(_kinds)
