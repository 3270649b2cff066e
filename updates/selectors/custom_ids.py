"""What an app lets us keep of the ids that it gives devices."""

from collections.abc import Iterable
from typing import Final

from updates.backends.custom_id_key import custom_id_key_open
from updates.domain.custom_ids import HASH_PREFIX, CustomIdPolicy, CustomIdRule
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


def custom_ids_hashed(ids: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return how the apps that hash ids know these, given by app and id; for others nothing."""
    ids = [(app_id, told) for app_id, told in ids if not told.startswith(HASH_PREFIX)]
    hashing = App.objects.filter(custom_id_policy=CustomIdPolicy.HASHED.value)
    apps = hashing.filter(pk__in={app_id for app_id, _ in ids})
    rules = {app.pk: custom_id_rule(app, has_phi=False) for app in apps}
    hashed = {(app_id, rules[app_id].taken(told)) for app_id, told in ids if app_id in rules}
    return {(app_id, value) for app_id, value in hashed if value}
