"""What pages list."""

import pytest

from tests.support.shipping import app_made, channel_made, released
from updates.models import Release
from updates.selectors.overview import HISTORY, channel_history, channel_live

pytestmark = pytest.mark.django_db


def test_the_full_release_is_shown_as_live_however_many_hotfixes_came_after_it() -> None:
    channel = channel_made(app_made())
    full = released(channel, "1.0.0")
    Release.objects.bulk_create(
        Release(
            app=full.app,
            channel=channel,
            bundle=full.bundle,
            release_seq=full.release_seq + number,
            state="superseded",
            rollout_bps=100,
            rollout_salt="00" * 16,
            published_at=full.published_at,
        )
        for number in range(1, HISTORY + 1)
    )
    assert channel_live(channel=channel) == [full]
    assert full not in channel_history(channel=channel)
