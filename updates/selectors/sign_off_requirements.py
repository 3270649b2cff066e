"""Which sign-offs a channel wants."""

from updates.domain.sign_off_rules import Requirement
from updates.models import Channel


def requirements_of(channel: Channel) -> tuple[Requirement, ...]:
    """List what a channel wants signed, by role; nothing: no release there needs a sign-off."""
    rows = channel.sign_off_requirements.order_by("role")
    return tuple(Requirement(row.role, row.count) for row in rows)
