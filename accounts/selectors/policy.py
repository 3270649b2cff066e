"""The policy as it is now."""

from collections.abc import Callable, Mapping
from typing import Final

from accounts.domain.policy import ALWAYS, POLICY_WEAKEN, SIGN_OFF_WEAKEN, Policy, is_left_to_one
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.models import ConsolePolicy, TwoPersonRule, User
from accounts.selectors.entitled import people_entitled, people_entitled_somewhere

# Who may approve that the policy is weakened: a custodian. An administrator could make a second
# one alone, and be both.
WEAKEN_DECIDER: Final = Permission.KEY_OPERATE
# Who could be the other one, where one person may be left to decide alone.
_LEFT_TO_ONE: Final[Mapping[str, Callable[[], list[User]]]] = {
    POLICY_WEAKEN: lambda: people_entitled(WEAKEN_DECIDER),
    SIGN_OFF_WEAKEN: lambda: people_entitled_somewhere(Permission.RELEASE_APPROVE),
}


def policy_current() -> Policy:
    """Return the console's policy; before anybody is set up, that of one person alone."""
    row = ConsolePolicy.objects.first()
    preset = Preset(row.preset) if row else Preset.SOLO
    rules = frozenset(TwoPersonRule.objects.values_list("operation", flat=True))
    return Policy(
        preset=preset,
        two_people=rules | _always(preset, were_two=row is not None and row.bootstrap_ended_at is not None),
        custodian_security_key=row.custodian_security_key if row else False,
    )


def assurance_statement() -> str:
    """Say in one sentence what the policy is worth; every report begins with it."""
    return policy_current().assurance_statement


def _always(preset: Preset, *, were_two: bool) -> frozenset[str]:
    """Say what takes two whatever the rules are."""
    if preset is not Preset.SOLO or were_two:
        return frozenset(ALWAYS)
    alone = {
        name
        for name, people in _LEFT_TO_ONE.items()
        if is_left_to_one(preset, entitled=len(people()), were_two=were_two)
    }
    return frozenset(ALWAYS) - alone
