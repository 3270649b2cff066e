"""What somebody else's word about a person is worth here: assurance, roles, addresses.

Everything that comes in is a claim of the identity provider, verified to be the provider's, and of any type:
a claim of the wrong type counts as none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from accounts.domain.assurance import AAL
from accounts.domain.roles import Role

# Who holds one of these could make themselves anything else: a group gives them only if the operator says so.
PRIVILEGED_ROLES: Final = frozenset({Role.ADMINISTRATOR, Role.KEY_CUSTODIAN})

# RFC 8176: it says "several factors" by itself.
_SEVERAL_FACTORS: Final = "mfa"
# RFC 8176: what a person knows or is. Everything else that counts is something they have.
_KNOWN_OR_BODILY: Final = frozenset({"pwd", "pin", "fpt", "face", "iris", "retina", "vbm"})


@dataclass(frozen=True, slots=True)
class CreditRules:
    """Which of the provider's words the operator takes for two factors.

    Attributes:
        acr: Values of `acr` (authentication context class reference) that do.
        amr: Values of `amr` (authentication methods references, RFC 8176) that do.
    """

    acr: frozenset[str] = field(default_factory=frozenset)
    amr: frozenset[str] = field(default_factory=frozenset)


def assurance_from_claims(*, acr: object, amr: object, rules: CreditRules, needs_security_key: bool) -> AAL:
    """Judge a sign-in elsewhere. No claim, no credit: then the console's own second factor is asked for.

    An `amr` value that names one thing somebody has (`otp`, `hwk`) counts only beside something they know or
    are; `mfa` counts alone.

    Args:
        acr: The ID token's claim, of whatever type.
        amr: The same.
        rules: What counts; empty ones give no credit to anybody.
        needs_security_key: Policy wants this person's own security key: no word of others replaces it.
    """
    if needs_security_key:
        return AAL.ONE
    if isinstance(acr, str) and acr in rules.acr:
        return AAL.TWO
    methods = _strings(amr)
    counted = methods & rules.amr
    if _SEVERAL_FACTORS in counted:
        return AAL.TWO
    had = counted - _KNOWN_OR_BODILY
    return AAL.TWO if had and methods & _KNOWN_OR_BODILY else AAL.ONE


def role_groups_parse(pairs: Collection[str], *, privileged: bool) -> dict[str, Role]:
    """Read `group=role` pairs as the operator wrote them.

    Args:
        pairs: One each; the last `=` parts them, for a group's name may have some too.
        privileged: Whether a group may give `PRIVILEGED_ROLES`.

    Raises:
        ValueError: No pair, no such role, a group twice, or a role that no group may give.
    """
    mapping: dict[str, Role] = {}
    for pair in pairs:
        group, parted, name = pair.rpartition("=")
        group, name = group.strip(), name.strip()
        if not parted or not group or name not in set(Role):
            raise ValueError(f"{pair!r} isn't group=role, with a role out of {', '.join(Role)}")
        if group in mapping:
            raise ValueError(f"the group {group!r} is there twice")
        if Role(name) in PRIVILEGED_ROLES and not privileged:
            raise ValueError(f"the role {name} isn't given by a group (OIDC_PRIVILEGED_GROUPS)")
        mapping[group] = Role(name)
    return mapping


def roles_of_groups(groups: object, mapping: Mapping[str, Role]) -> frozenset[Role]:
    """Return the roles that the claim's groups give; names are compared exactly."""
    return frozenset(mapping[group] for group in _strings(groups) if group in mapping)


@dataclass(frozen=True, slots=True)
class RoleChanges:
    """What a sign-in changes."""

    granted: frozenset[Role]
    revoked: frozenset[Role]


def role_changes(
    *, mapped: Collection[Role], held: Collection[Role], from_groups: Collection[Role]
) -> RoleChanges:
    """Compare the roles of somebody's groups with what they hold; what was given by hand stays.

    Args:
        mapped: What their groups give now.
        held: All that they hold.
        from_groups: Those of them that came from groups.
    """
    return RoleChanges(
        granted=frozenset(mapped) - frozenset(held), revoked=frozenset(from_groups) - frozenset(mapped)
    )


def email_is_of(email: str, domains: Collection[str]) -> bool:
    """Tell whether an address belongs to one of the domains, and not merely to one below them."""
    _, parted, domain = email.rpartition("@")
    return bool(parted) and domain.lower() in {each.lower() for each in domains}


def verified_email(claims: Mapping[str, object]) -> str:
    """Return the address that the provider says it verified; else none. `"true"` isn't `true`.

    One with letters beyond ASCII is none: it could look like another one to the database.
    """
    email = claims.get("email")
    is_verified = isinstance(email, str) and email.isascii() and claims.get("email_verified") is True
    return str(email) if is_verified else ""


def _strings(value: object) -> frozenset[str]:
    items = value if isinstance(value, list) else []
    return frozenset(item for item in items if isinstance(item, str))
