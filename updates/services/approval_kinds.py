"""What people ask each other for about channels: that a shutoff is lifted, that fewer sign-offs are enough.

Who may sign off releases approves both. Both make something live that wouldn't be otherwise, which is what a
sign-off is about.
"""

from accounts.domain.approvals import Sentence
from accounts.domain.operations import Operation
from accounts.domain.policy import SHUTOFF_LIFT, SIGN_OFF_WEAKEN
from accounts.domain.roles import Permission
from accounts.services.approval_kinds import (
    ApprovalKind,
    ApprovedRequest,
    Asked,
    Foreseen,
    approval_kind_register,
)
from updates.domain.sign_off_rules import Requirement
from updates.models import App, Channel
from updates.selectors.apps import app_get, channel_get
from updates.services.shutoff_lifting import shutoff_lift, shutoff_lift_operation
from updates.services.sign_off_weakening import sign_offs_weaken, sign_offs_weaken_operation


def updates_approval_kinds_register() -> None:
    """Let what is delicate about channels be asked for."""
    approval_kind_register(
        ApprovalKind(
            name=SHUTOFF_LIFT,
            title="Lift a shutoff",
            permission=Permission.RELEASE_ROLL_BACK,
            foresee=_lift_foresee,
            perform=_lift_perform,
            approvers=(Permission.RELEASE_APPROVE,),
        )
    )
    approval_kind_register(
        ApprovalKind(
            name=SIGN_OFF_WEAKEN,
            title="Ask for fewer sign-offs",
            permission=Permission.CHANNEL_MANAGE,
            foresee=_weaken_foresee,
            perform=_weaken_perform,
            approvers=(Permission.RELEASE_APPROVE,),
        )
    )


def lift_consequences(app: App, channel: Channel | None) -> tuple[Sentence, ...]:
    """Say what follows when a shutoff is lifted."""
    reason = channel.shutoff_reason if channel else app.shutoff_reason
    told: list[Sentence] = [(f"It was shut off because: {reason}",)]
    if channel is not None:
        told.append((f"Devices get again what {channel.name} serves, at their next check.",))
        if app.shutoff_at is not None:
            told.append((f"All of {app.name} is shut off as well, and stays so.",))
        return tuple(told)
    told.append((f"Devices get again what the channels of {app.name} serve, at their next check.",))
    stay = app.channels.exclude(shutoff_at=None).order_by("name").values_list("name", flat=True)
    if stay:
        told.append((f"Still shut off by themselves: {', '.join(stay)}.",))
    return tuple(told)


def weaken_consequences(operation: Operation) -> tuple[Sentence, ...]:
    """Say what a channel would ask for, and what it asks for now."""
    before, after = operation.facts["before"], operation.facts["after"]
    return (
        (f"Now a release needs: {_words(before)}.",),
        (f"Then it needs: {_words(after)}.",),
        ("This also goes for releases that wait for sign-offs now.",),
    )


def _requirements(facts: list[list[str | int]]) -> tuple[Requirement, ...]:
    """Read requirements as an operation's facts hold them."""
    return tuple(Requirement(str(role), int(count)) for role, count in facts)


def _words(facts: list[list[str | int]]) -> str:
    return ", ".join(each.words for each in _requirements(facts)) or "no sign-off"


def _lifted(operation: Operation) -> tuple[App, Channel | None]:
    app = app_get(app_id=operation.facts["app_id"])
    name = operation.facts["channel"]
    return app, channel_get(app=app, name=name) if name else None


def _lift_foresee(asked: Asked) -> Foreseen:
    app, channel = _lifted(asked.operation)
    where = f"{channel.name} of {app.name}" if channel else f"all of {app.name}"
    operation = shutoff_lift_operation(app=app, channel=channel)
    return Foreseen(operation, f"Lift the shutoff of {where}", lift_consequences(app, channel))


def _lift_perform(approved: ApprovedRequest) -> str:
    app, channel = _lifted(approved.operation)
    shutoff_lift(app=app, channel=channel, authority=approved)
    return f"{channel.name if channel else app.name} serves devices again."


def _weakened(operation: Operation) -> tuple[Channel, tuple[Requirement, ...]]:
    facts = operation.facts
    channel = channel_get(app=app_get(app_id=facts["app_id"]), name=facts["channel"])
    return channel, _requirements(facts["after"])


def _weaken_foresee(asked: Asked) -> Foreseen:
    channel, after = _weakened(asked.operation)
    operation = sign_offs_weaken_operation(channel=channel, requirements=after)
    headline = f"Ask for fewer sign-offs on {channel.name} of {channel.app.name}"
    return Foreseen(operation, headline, weaken_consequences(operation))


def _weaken_perform(approved: ApprovedRequest) -> str:
    channel, after = _weakened(approved.operation)
    sign_offs_weaken(channel=channel, requirements=after, authority=approved)
    return f"{channel.name} asks for fewer sign-offs."
