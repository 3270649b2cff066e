"""Links of invites and resets: 256 random bits, of which a SHA-256 is kept; used once, by one person."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.errors import PersonLinkError
from accounts.models import PersonLink, User
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.encoding import sha256_hex

_TOKEN_BYTES: Final = 32
LIFETIMES: Final[Mapping[PersonLink.Purpose, timedelta]] = {
    PersonLink.Purpose.INVITE: timedelta(hours=72),
    PersonLink.Purpose.RESET: timedelta(minutes=30),
}
_PATHS: Final[Mapping[PersonLink.Purpose, str]] = {
    PersonLink.Purpose.INVITE: "invited",
    PersonLink.Purpose.RESET: "reset",
}


def link_issue(*, person: User, purpose: PersonLink.Purpose) -> str:
    """Make a link's token, told this once; an earlier one of the same purpose stops working."""
    now = clock.now()
    token = randomness.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)  # two at once would both find none open
        links_end(person=person, purpose=purpose)
        PersonLink.objects.create(
            person=person,
            purpose=purpose,
            token_sha256=sha256_hex(token.encode()),
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    return token


def link_address(*, token: str, purpose: PersonLink.Purpose) -> str:
    """Write the address that a letter holds (`accounts.urls`)."""
    return f"{settings.PUBLIC_URL}/console/login/{_PATHS[purpose]}/{token}/"


def links_end(*, person: User, purpose: PersonLink.Purpose | None = None) -> int:
    """End the open links of a person, of one purpose or of all; return how many there were."""
    chosen = PersonLink.objects.filter(person=person, ended_at=None)
    if purpose:
        chosen = chosen.filter(purpose=purpose)
    return chosen.update(ended_at=clock.now())


def link_require(*, token: str, purpose: PersonLink.Purpose) -> PersonLink:
    """Find the usable link of this token; its person may sign in.

    Raises:
        PersonLinkError: It was used, has expired, was revoked or replaced, or never existed.
    """
    found = PersonLink.objects.select_related("person").filter(
        token_sha256=sha256_hex(token.encode()), purpose=purpose
    )
    link = found.first()
    if link is None or not link.is_usable(clock.now()) or not link.person.is_active:
        raise PersonLinkError
    return link


def link_use(*, token: str, purpose: PersonLink.Purpose) -> User:
    """Use the link up, inside the transaction of what it's for; of two who race with it, one is refused.

    Raises:
        PersonLinkError: It can't be used (any more).
    """
    link = link_require(token=token, purpose=purpose)
    person = User.objects.select_for_update().get(pk=link.person_id)
    if not PersonLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=clock.now()):
        raise PersonLinkError
    if not person.is_active:
        raise PersonLinkError
    return person
