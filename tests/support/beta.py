"""Short ways to groups, testers and their devices, by the product's own services."""

from typing import Any

from accounts.models import Letter
from compliance.ledger.domain.events import SYSTEM
from tests.support.shipping import app_made, channel_made
from updates.domain.testers.notice import NOTICE_VERSION
from updates.models import Channel, Tester, TesterDevice, TesterGroup
from updates.services.testers import (
    Arrival,
    Invited,
    device_enroll,
    group_link_make,
    invite_accept,
    join_code_make,
    tester_group_create,
    tester_invite,
)

PHONE = "8f0f2f4e-0000-4000-8000-00000000beef"


def beta_made(**changed: Any) -> Channel:
    """An app with a public channel, and one for testers."""
    app = app_made()
    channel_made(app)
    return channel_made(app, "beta", public=False, **changed)


def group_made(*channels: Channel, name: str = "Nurses", **changed: Any) -> TesterGroup:
    return tester_group_create(
        app=channels[0].app, name=name, channels=channels, actor=SYSTEM, person=None, **changed
    )


def invited(group: TesterGroup, email: str = "tess@example.com", *, send: bool = False) -> Invited:
    return tester_invite(group=group, name="Tess", email=email, send=send, actor=SYSTEM, person=None)


def mailed(group: TesterGroup, email: str = "tess@example.com") -> str:
    """Invite by mail, and return the link as its reader finds it."""
    invited(group, email, send=True)
    letter = Letter.objects.filter(address=email).latest("written_at")
    return next(word for word in letter.body_read().split() if "/beta/invite/" in word)


def group_link(group: TesterGroup, cap: int = 100) -> Invited:
    return group_link_make(group=group, cap=cap, actor=SYSTEM, person=None)


def secret_of(link: str) -> str:
    """What makes a link one's own."""
    return link.rstrip("/").rpartition("/")[2]


def joins(link: str, *, name: str = "Tess", email: str = "", wants_mail: bool = False) -> Arrival:
    """Accept an invite by its link."""
    return invite_accept(
        secret=secret_of(link), name=name, email=email, wants_mail=wants_mail, consents_to=NOTICE_VERSION
    )


def newly_joined(group: TesterGroup, email: str = "tess@example.com") -> Tester:
    return joins(invited(group, email).link).tester


def enrolled(tester: Tester, device_id: str = PHONE, platform: str = "android") -> TesterDevice:
    """Let a phone join with a code of the tester's."""
    code = join_code_make(tester=tester)
    return device_enroll(app_id=tester.app_id, device_id=device_id, platform=platform, code=code).device
