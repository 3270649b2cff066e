"""A delicate operation that exists in tests only: renaming a person, by the same road as every real one."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from accounts.domain.approvals import ApprovalState
from accounts.domain.operations import Operation
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.models import ApprovalRequest, ConsolePolicy, StepUp, TwoPersonRule, User
from accounts.services.approval_kinds import ApprovalKind, ApprovedRequest, Asked, Foreseen
from accounts.services.approvals import approval_give, approval_give_operation, approval_request
from accounts.services.authority import Authority, authority_use
from accounts.services.step_up import step_up_prove
from releaseconsole.kernel import clock
from tests.support.people import code_of

HERE: Final = "ab" * 32
RENAME: Final = "tests:person:rename"


def rename_operation(user: User, name: str) -> Operation:
    user.refresh_from_db()
    return Operation(RENAME, {"person": user.pk, "before": user.name, "after": name})


def person_rename(*, user: User, name: str, authority: Authority) -> User:
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        acting = authority_use(authority=authority, operation=rename_operation(row, name))
        User.objects.filter(pk=row.pk).update(name=name)
    return acting


def _foresee(asked: Asked) -> Foreseen:
    facts = asked.operation.facts
    operation = rename_operation(User.objects.get(pk=facts["person"]), facts["after"])
    return Foreseen(operation, f"Rename to {facts['after']}", (("They are called that.",),))


@dataclass
class Renaming:
    """The kind, with a place to fail from and a memory of what ran."""

    runs: int = 0
    error: Exception | None = None
    payload: bytes = b""

    def kind(self, **changed: Any) -> ApprovalKind:
        given: dict[str, Any] = {
            "name": RENAME,
            "title": "Rename a person",
            "permission": Permission.KEY_OPERATE,
            "foresee": _foresee,
            "perform": self.perform,
        }
        return ApprovalKind(**(given | changed))

    def perform(self, approved: ApprovedRequest) -> str:
        self.runs += 1
        self.payload = approved.payload
        facts = approved.operation.facts
        person_rename(user=User.objects.get(pk=facts["person"]), name=facts["after"], authority=approved)
        if self.error:
            raise self.error
        return f"Renamed to {facts['after']}."


def two_people(*names: str, preset: Preset = Preset.TEAM) -> None:
    """Have a policy by which these operations, and no others, need two people."""
    now = clock.now()
    ConsolePolicy.objects.update_or_create(
        singleton=True, defaults={"preset": preset.value, "chosen_at": now, "bootstrap_ended_at": now}
    )
    TwoPersonRule.objects.all().delete()
    TwoPersonRule.objects.bulk_create(TwoPersonRule(operation=name, made_at=now) for name in names)


def proof(user: User, operation: Operation) -> StepUp:
    return step_up_prove(user=user, operation=operation, code=code_of(user), context=HERE)


def ask(by: User, about: User, name: str = "Olof", **changed: Any) -> ApprovalRequest:
    operation = rename_operation(about, name)
    given: dict[str, Any] = {"operation": operation, "reason": "He asked me to."} | changed
    step_up = given.pop("step_up", None) or proof(by, operation)
    return approval_request(step_up=step_up, **given)


def give(row: ApprovalRequest, by: User) -> ApprovalRequest:
    return approval_give(request_id=row.pk, step_up=proof(by, approval_give_operation(row)))


def state(row: ApprovalRequest) -> ApprovalState:
    row.refresh_from_db()
    return ApprovalState(row.state)


def name_of(user: User) -> str:
    return User.objects.get(pk=user.pk).name
