"""Ways to find out that somebody is who they say, and which is enough for what.

More than is needed isn't asked for: data that the console already holds are matched, no papers are collected.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from compliance.desk.domain.request_states import Kind, Scope
from compliance.desk.domain.rules import Rule
from compliance.desk.errors import IdentityNotAskedError, VerificationMethodError


class Verification(StrEnum):
    """Where the identity of who asks stands."""

    NOT_NEEDED = "not_needed"
    PENDING = "pending"
    VERIFIED = "verified"
    FAILED = "failed"

    @property
    def words(self) -> str:
        """How pages write it."""
        return _STANDS[self]


_STANDS: Final = {
    Verification.NOT_NEEDED: "not asked for",
    Verification.PENDING: "not verified yet",
    Verification.VERIFIED: "verified",
    Verification.FAILED: "couldn't be verified",
}


class Authority(StrEnum):
    """By what an agent speaks for somebody; nothing: nobody speaks for them."""

    NONE = ""
    SIGNED_PERMISSION = "signed_permission"
    POWER_OF_ATTORNEY = "power_of_attorney"


class Method(StrEnum):
    """How identity was verified."""

    NONE = ""
    ACCOUNT = "account"
    DEVICE = "device"
    TWO_POINTS = "two_points"
    THREE_POINTS = "three_points"
    AGENT = "agent"
    POWER_OF_ATTORNEY = "power_of_attorney"


@dataclass(frozen=True, slots=True)
class MethodTerms:
    """What a method asks for, and where that stands."""

    words: str
    rule: Rule


METHODS: Final = {
    Method.ACCOUNT: MethodTerms(
        "Own account or tester page, proved anew",
        Rule("11 CCR § 7061(a)", "An existing login is used, with re-authentication."),
    ),
    Method.DEVICE: MethodTerms(
        "The device itself sent the request, and proved its registered key",
        Rule("11 CCR § 7060", "A reasonable method, by the sensitivity of what is held."),
    ),
    Method.TWO_POINTS: MethodTerms(
        "Two data points match what is held",
        Rule("11 CCR § 7062(b)", "Reasonable certainty.", text=""),
    ),
    Method.THREE_POINTS: MethodTerms(
        "Three data points match, with a signed declaration",
        Rule(
            "11 CCR § 7062(c)",
            "Reasonably high certainty, with a declaration under penalty of perjury, which is kept.",
            text="",
        ),
    ),
    Method.AGENT: MethodTerms(
        "Agent's signed permission, confirmed with the person",
        Rule("11 CCR § 7063(a)", "Signed permission, and the person's identity or their confirmation."),
    ),
    Method.POWER_OF_ATTORNEY: MethodTerms(
        "Agent with power of attorney",
        Rule(
            "11 CCR § 7063(b)",
            "Nothing beside a power of attorney under Probate Code 4121 to 4130 is asked for.",
        ),
    ),
}
_OF_AGENTS: Final = {
    Authority.SIGNED_PERMISSION: (Method.AGENT,),
    Authority.POWER_OF_ATTORNEY: (Method.POWER_OF_ATTORNEY,),
}
_STRICT: Final = (Method.ACCOUNT, Method.DEVICE, Method.THREE_POINTS)


def device_key_proves(
    *, is_vouched: bool, registered_at: datetime, known_since: datetime | None, was_erased: bool = False
) -> bool:
    """Whether holding a device's key proves that it's the device.

    The app's back end knows whose key it registered. A key that a device registered by itself proves it only
    if it's as old as the oldest that is held of the device: anybody who learnt its id later could have
    registered one. Once the device was erased, such a key proves nothing: nobody knows who had it before.
    """
    return is_vouched or (not was_erased and known_since is not None and registered_at <= known_since)


def methods_for(kind: Kind, scope: Scope, authority: Authority) -> tuple[Method, ...]:
    """Return the ways that are enough for a request; none, where nobody may be asked."""
    if kind.is_opt_out:
        return ()
    if authority is not Authority.NONE:
        return _OF_AGENTS[authority]
    # Specific pieces tell somebody's data to whoever asks: two data points aren't enough for that.
    return _STRICT if scope is Scope.SPECIFIC else (*_STRICT, Method.TWO_POINTS)


def method_require(method: Method, *, kind: Kind, scope: Scope, authority: Authority) -> None:
    """Make sure that a method is enough for a request.

    Raises:
        IdentityNotAskedError: Nobody may be asked.
        VerificationMethodError: It isn't enough, or not meant for who asks.
    """
    if kind.is_opt_out:
        raise IdentityNotAskedError
    if method not in methods_for(kind, scope, authority):
        raise VerificationMethodError
