"""Changing the policy: tightened by one person, weakened by two."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.domain.approvals import Sentence
from accounts.domain.operations import Operation
from accounts.domain.policy import (
    CHOICES,
    POLICY_TIGHTEN,
    POLICY_WEAKEN,
    Policy,
    custodian_security_key_of,
    is_weaker,
    two_people_of,
)
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError, PolicyUnchangedError
from accounts.models import ConsolePolicy, TwoPersonRule
from accounts.selectors.policy import WEAKEN_DECIDER, policy_current
from accounts.services.approval_kinds import ApprovalKind, ApprovedRequest, Asked, Foreseen
from accounts.services.authority import Authority, authority_use
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def policy_begin(*, preset: Preset, actor: Actor, now: datetime) -> None:
    """Choose what the console starts with, in the transaction of its set-up."""
    ConsolePolicy.objects.create(
        preset=preset.value, chosen_at=now, custodian_security_key=custodian_security_key_of(preset)
    )
    _rules_write(two_people_of(preset), now)
    audit_record(action=Action.POLICY_CHOSEN, actor=actor, now=now, detail={"preset": preset.value})


def policy_change_operation(*, two_people: Collection[str], custodian_security_key: bool) -> Operation:
    """Name a change of the policy as it is now; whether it weakens it decides who may do it.

    Args:
        two_people: Names of all operations that are to need two people.
        custodian_security_key: Whether custodians are to need a device-bound security key.
    """
    before, after = policy_current(), frozenset(two_people) & CHOICES.keys()
    weaker = is_weaker(before, two_people=after, custodian_security_key=custodian_security_key)
    facts = {
        "before": _facts(before.two_people & CHOICES.keys(), before.custodian_security_key),
        "after": _facts(after, custodian_security_key),
    }
    return Operation(POLICY_WEAKEN if weaker else POLICY_TIGHTEN, facts)


def policy_change(
    *, two_people: Collection[str], custodian_security_key: bool, authority: Authority
) -> Policy:
    """Change the policy.

    Raises:
        PolicyUnchangedError: It is like this already.
        ApprovalRequiredError: It would be weaker, which takes two.
        PermissionDeniedError: The person may not change settings.
        AccountsError: The authority doesn't cover this.
    """
    now = clock.now()
    with transaction.atomic():
        row = ConsolePolicy.objects.select_for_update().get()
        operation = policy_change_operation(
            two_people=two_people, custodian_security_key=custodian_security_key
        )
        user = authority_use(authority=authority, operation=operation)
        if not user.may(Permission.SETTINGS_MANAGE):
            raise PermissionDeniedError(Permission.SETTINGS_MANAGE.value)
        before, after = operation.facts["before"], operation.facts["after"]
        if before == after:
            raise PolicyUnchangedError
        TwoPersonRule.objects.exclude(operation__in=after["two_people"]).delete()
        _rules_write(set(after["two_people"]) - set(before["two_people"]), now)
        row.custodian_security_key = after["custodian_security_key"]
        row.save(update_fields=["custodian_security_key"])
        audit_record(
            action=Action.POLICY_CHANGED,
            actor=user.actor,
            now=now,
            detail={"weaker": operation.name == POLICY_WEAKEN, **operation.facts},
        )
    return policy_current()


def policy_consequences(operation: Operation) -> tuple[Sentence, ...]:
    """Say what a change of the policy would change."""
    before, after = operation.facts["before"], operation.facts["after"]
    more = sorted(set(after["two_people"]) - set(before["two_people"]))
    less = sorted(set(before["two_people"]) - set(after["two_people"]))
    told: list[Sentence] = [(f"{CHOICES[name].words} needs a second person.",) for name in more]
    told += [(f"{CHOICES[name].words} is done by one person alone.",) for name in less]
    key = "custodian_security_key"
    if after[key] and not before[key]:
        told.append(("Custodians confirm with a security key that can't be copied, and with nothing else.",))
    if before[key] and not after[key]:
        told.append(("Custodians may confirm with a one-time code again.",))
    return tuple(told)


def policy_weaken_kind() -> ApprovalKind:
    """Say how the policy's weakening is asked for and done."""
    return ApprovalKind(
        POLICY_WEAKEN,
        "Weaken the policy",
        Permission.SETTINGS_MANAGE,
        _weaken_foresee,
        _weaken_perform,
        approvers=(WEAKEN_DECIDER,),
    )


def _weaken_foresee(asked: Asked) -> Foreseen:
    operation = policy_change_operation(**asked.operation.facts["after"])
    return Foreseen(operation, "Weaken this console's policy", policy_consequences(operation))


def _weaken_perform(approved: ApprovedRequest) -> str:
    policy_change(**approved.operation.facts["after"], authority=approved)
    return "The policy is changed."


def _rules_write(names: Iterable[str], now: datetime) -> None:
    TwoPersonRule.objects.bulk_create(TwoPersonRule(operation=name, made_at=now) for name in sorted(names))


def _facts(two_people: Iterable[str], custodian_security_key: bool) -> dict[str, Any]:  # noqa: FBT001 (a fact)
    return {"two_people": sorted(two_people), "custodian_security_key": custodian_security_key}
