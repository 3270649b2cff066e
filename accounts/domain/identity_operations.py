"""What exactly somebody confirms before their link to the identity provider changes."""

from accounts.domain.operations import Operation


def link_operation(*, person: int, issuer: str) -> Operation:
    """To be linked to whoever signs in at the provider next."""
    return Operation("accounts:identity:link", {"person": person, "issuer": issuer})


def unlink_operation(*, person: int, identity: int) -> Operation:
    """To remove the link."""
    return Operation("accounts:identity:unlink", {"person": person, "identity": identity})
