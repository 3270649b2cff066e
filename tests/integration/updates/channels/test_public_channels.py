"""Sign-offs aren't got round by making another channel public."""

import pytest

from compliance.ledger.domain.events import SYSTEM
from tests.support.releasing import sign_off_wanted
from tests.support.shipping import channel_made, released
from updates.errors import PublicUnsignedError
from updates.models import Channel
from updates.services import channel_change, channel_roll_back


def test_no_other_channel_becomes_public_where_less_is_signed(production: Channel) -> None:
    """Else who manages channels leads all devices to where nobody signs."""
    sign_off_wanted(production)
    channel_change(channel=production, public=False, actor=SYSTEM)
    with pytest.raises(PublicUnsignedError, match="production asks"):
        channel_made(production.app, "next", platforms=["ios"])
    following = channel_made(production.app, "next", public=False)
    released(following, "6.6.6")
    with pytest.raises(PublicUnsignedError, match="production asks"):
        channel_change(channel=following, public=True, platforms=["ios"], actor=SYSTEM)
    sign_off_wanted(following)
    with pytest.raises(PublicUnsignedError, match=r"6\.6\.6 is on next"):
        channel_change(channel=following, public=True, actor=SYSTEM)
    channel_roll_back(channel=following, to="builtin", actor=SYSTEM)
    assert channel_change(channel=following, public=True, actor=SYSTEM).public


def test_a_public_channel_takes_over_no_platform_either(production: Channel) -> None:
    channel_change(channel=production, platforms=["android"], actor=SYSTEM)
    other = channel_made(production.app, "apple", platforms=["ios"])
    sign_off_wanted(production)
    channel_change(channel=production, public=False, actor=SYSTEM)
    with pytest.raises(PublicUnsignedError):
        channel_change(channel=other, platforms=["android", "ios"], actor=SYSTEM)
    assert channel_change(channel=other, self_assignable=True, actor=SYSTEM).public


def test_what_was_public_is_public_again(production: Channel) -> None:
    sign_off_wanted(production)
    channel_change(channel=production, public=False, actor=SYSTEM)
    assert channel_change(channel=production, public=True, actor=SYSTEM).public
