"""A channel that wants sign-offs, and who gives them."""

import pytest

from accounts.domain.roles import Permission, Role
from accounts.models import RoleGroup, User
from tests.support.actors import actor_made, granted
from tests.support.confirming import confirmed
from tests.support.shipping import APP_ID, app_made, bundle_made, channel_made
from updates.models import App, Channel, Release, SignOff, SignOffRequirement
from updates.services import release_draft, release_submit
from updates.services.sign_offs import release_sign_off, sign_off_operation


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def production(app: App) -> Channel:
    return channel_made(app)


@pytest.fixture
def amelie(db: None) -> User:
    """Another approver."""
    amelie = actor_made("amelie")
    amelie.groups.add(RoleGroup.objects.get(name=Role.APPROVER.value))
    return amelie


@pytest.fixture
def greta(db: None) -> User:
    """Who signs off by a grant on the app, without a role."""
    greta = actor_made("greta")
    granted(greta, Permission.APP_VIEW, APP_ID)
    granted(greta, Permission.RELEASE_APPROVE, APP_ID)
    return greta


def needs(channel: Channel, **counts: int) -> None:
    """Have a channel want so many of each role; `anyone` is any of them."""
    for role, count in counts.items():
        named = "" if role == "anyone" else role
        SignOffRequirement.objects.create(channel=channel, role=named, count=count)


def awaiting(channel: Channel, author: User, version: str = "1.0.0", **terms: object) -> Release:
    """A release that somebody submitted."""
    bundle_made(channel.app, version)
    draft = release_draft(channel=channel, version=version, actor=author.actor, author=author, **terms)  # type: ignore[arg-type]  # any of its terms
    return release_submit(release=draft, actor=author.actor, submitter=author)


def signed(release: Release, user: User, role: str = "approver", comment: str = "") -> SignOff:
    """Sign as one does who looked at the page just now."""
    release.refresh_from_db()
    step_up = confirmed(user, sign_off_operation(release=release, role=role))
    return release_sign_off(release=release, role=role, attests=True, comment=comment, step_up=step_up)
