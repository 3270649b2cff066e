"""Telling people that a release waits for their word."""

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.selectors.entitled import people_entitled
from accounts.services.mail import letter_write
from updates.models import Release
from updates.selectors.sign_offs import eligibility_of


def sign_offs_ask(release: Release) -> None:
    """Write to everybody whose sign-off would count, inside the transaction that makes the release wait."""
    place = Place(release.app_id, release.channel.name)
    for user in people_entitled(Permission.RELEASE_APPROVE, place=place):
        if eligibility_of(user, release).roles:
            letter_write(to=user, template="sign_off_asked", context={"release": release})
