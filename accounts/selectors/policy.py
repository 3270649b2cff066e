"""The policy as it is now."""

from accounts.domain.policy import Policy
from accounts.domain.presets import Preset
from accounts.models import ConsolePolicy


def policy_current() -> Policy:
    """Return the console's policy; before anybody is set up, that of one person alone."""
    row = ConsolePolicy.objects.first()
    preset = Preset(row.preset) if row else Preset.SOLO
    return Policy(preset=preset, custodian_security_key=preset is Preset.REGULATED)
