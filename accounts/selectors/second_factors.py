"""What a person can show as their second factor: the one place that asks django-otp's device models."""

from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django_otp import device_classes, devices_for_user

from accounts.domain.assurance import AuthenticatorKind
from accounts.models import User

# What an identity provider says isn't ours to ask for: it's the way in by itself, or no factor at all.
_ASKED: Final = (AuthenticatorKind.TOTP, AuthenticatorKind.SECURITY_KEY, AuthenticatorKind.RECOVERY_CODE)
_WORDS: Final = {
    AuthenticatorKind.TOTP: "authenticator app",
    AuthenticatorKind.SECURITY_KEY: "security key",
    AuthenticatorKind.RECOVERY_CODE: "recovery codes",
}


def second_factors_of(user: User) -> frozenset[AuthenticatorKind]:
    """Return the kinds of usable authenticators that this person has."""
    return frozenset(device.assurance_kind for device in devices_for_user(user)).intersection(_ASKED)


def is_awaited(person: User) -> bool:
    """Whether they were invited, and haven't come in yet: without an authenticator nobody has."""
    return person.is_active and person.last_login is None and not second_factors_of(person)


def with_second_factors(people: QuerySet[User]) -> QuerySet[User]:
    """Read with each person which kinds of authenticators they have, in one query."""
    has = {
        f"has_{model.assurance_kind.value}": Exists(model.objects.filter(user=OuterRef("pk"), confirmed=True))
        for model in device_classes()
        # django-otp-webauthn has a model of its own beside ours; nothing is in it.
        if getattr(model, "assurance_kind", None) in _ASKED
    }
    return people.annotate(**has)


def second_factor_words(person: User) -> list[str]:
    """Name the kinds that somebody has who was read by `with_second_factors`."""
    return [_WORDS[kind] for kind in _ASKED if getattr(person, f"has_{kind.value}", False)]
