"""The policy as it is now."""

from collections.abc import Mapping
from typing import Final

from accounts.domain.policy import ALWAYS, PERSON_RECOVER, POLICY_WEAKEN, Policy, is_left_to_one
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.models import ConsolePolicy, TwoPersonRule
from accounts.selectors.entitled import people_entitled

# Who could be the second person for what always takes two. The policy is weakened with the approval of a
# custodian: an administrator could make another administrator alone, and be both.
DECIDERS: Final[Mapping[str, Permission]] = {
    PERSON_RECOVER: Permission.PEOPLE_MANAGE,
    POLICY_WEAKEN: Permission.KEY_OPERATE,
}


def policy_current() -> Policy:
    """Return the console's policy; before anybody is set up, that of one person alone."""
    row = ConsolePolicy.objects.first()
    preset = Preset(row.preset) if row else Preset.SOLO
    rules = frozenset(TwoPersonRule.objects.values_list("operation", flat=True))
    return Policy(
        preset=preset,
        two_people=rules | _always(preset),
        custodian_security_key=row.custodian_security_key if row else False,
    )


def assurance_statement() -> str:
    """Say in one sentence what the policy is worth; every report begins with it."""
    return policy_current().assurance_statement


def _always(preset: Preset) -> frozenset[str]:
    """Say what takes two whatever the rules are."""
    if preset is not Preset.SOLO:
        return frozenset(ALWAYS)
    return frozenset(
        name for name in ALWAYS if not is_left_to_one(preset, entitled=len(people_entitled(DECIDERS[name])))
    )
