"""What an app lets us keep of the ids that it gives devices."""

from typing import Final

from updates.backends.custom_id_key import custom_id_key_open
from updates.domain.custom_ids import CustomIdPolicy, CustomIdRule
from updates.models import App

NOTHING_KEPT: Final = CustomIdRule()


def custom_id_rule(app: App, *, has_phi: bool) -> CustomIdRule:
    """Read an app's rule; one with PHI keeps none, whatever else is set."""
    policy = CustomIdPolicy(app.custom_id_policy)
    if has_phi or policy is CustomIdPolicy.OFF:
        return NOTHING_KEPT
    if policy is CustomIdPolicy.ALLOWED:
        return CustomIdRule(policy)
    return CustomIdRule(policy, custom_id_key_open(app.sealed_custom_id_key, app.custom_id_key_context()))
