"""What a tester may do: named cases, and that no order of groups changes anything."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from updates.domain.testers.standing import (
    ChannelFacts,
    GroupFacts,
    channels_offered,
    joining_check,
    stays,
)
from updates.errors import DeviceLimitError, PlatformNotOfferedError, TesterStateError

NOW = datetime(2026, 11, 30, tzinfo=UTC)
BOTH = frozenset({"android", "ios"})
ALPHA, BETA = ChannelFacts("alpha", BOTH), ChannelFacts("beta", frozenset({"android"}))


def group(
    *channels: ChannelFacts,
    switch: bool = False,
    most: int = 3,
    platforms: frozenset[str] = frozenset(),
    ends_at: datetime | None = None,
    ended: bool = False,
) -> GroupFacts:
    return GroupFacts(channels, switch, most, platforms, ends_at, ended)


@pytest.mark.parametrize(
    ("groups", "offered"),
    [
        pytest.param([], (), id="no group"),
        pytest.param([group(ALPHA, BETA)], ("alpha",), id="the first by name"),
        pytest.param([group(ALPHA, BETA, switch=True)], ("alpha", "beta"), id="all who may choose"),
        pytest.param([group(BETA), group(ALPHA, BETA, switch=True)], ("beta", "alpha"), id="each once"),
        pytest.param([group(ALPHA, ended=True)], (), id="ended"),
        pytest.param([group(ALPHA, ends_at=NOW)], (), id="over at this moment"),
        pytest.param([group(ALPHA, ends_at=NOW + timedelta(seconds=1))], ("alpha",), id="a second to go"),
    ],
)
def test_channels_that_a_tester_may_join(groups: list[GroupFacts], offered: tuple[str, ...]) -> None:
    assert channels_offered(groups, NOW) == offered


@pytest.mark.parametrize(
    ("groups", "error"),
    [
        pytest.param([group(ALPHA)], None, id="offered"),
        pytest.param([group(BETA)], TesterStateError, id="another channel"),
        pytest.param([group(ALPHA, ended=True)], TesterStateError, id="ended"),
        pytest.param([group(ALPHA, ends_at=NOW)], TesterStateError, id="over"),
        pytest.param([group(ALPHA, platforms=frozenset({"ios"}))], PlatformNotOfferedError, id="of iOS only"),
        pytest.param(
            [group(ChannelFacts("alpha", frozenset({"ios"})))], PlatformNotOfferedError, id="the channel's"
        ),
        pytest.param([group(ALPHA, most=2)], DeviceLimitError, id="no room"),
        pytest.param([group(ALPHA, most=2), group(ALPHA, most=3)], None, id="room by another group"),
        pytest.param([group(ALPHA, most=2), group(BETA, most=9)], DeviceLimitError, id="room elsewhere only"),
        pytest.param(
            [group(ALPHA, most=9, ended=True), group(ALPHA, most=2)], DeviceLimitError, id="room once"
        ),
    ],
)
def test_joining_alpha_with_an_android_phone_beside_two_others(
    groups: list[GroupFacts], error: type[Exception] | None
) -> None:
    for order in permutations(groups):
        if error is None:
            joining_check(order, channel="alpha", platform="android", others=2, now=NOW)
        else:
            with pytest.raises(error):
                joining_check(order, channel="alpha", platform="android", others=2, now=NOW)


@pytest.mark.parametrize(
    ("groups", "remains"),
    [
        pytest.param([group(ALPHA, BETA)], True, id="though it isn't the one offered"),
        pytest.param([group(ALPHA)], False, id="the channel is gone"),
        pytest.param([group(BETA, most=1)], True, id="though there would be no room"),
        pytest.param([group(BETA, ended=True), group(BETA)], True, id="by another group"),
        pytest.param([group(BETA, ends_at=NOW)], False, id="over"),
        pytest.param([group(BETA, platforms=frozenset({"ios"}))], False, id="for iOS only now"),
    ],
)
def test_whether_a_device_remains_on_beta(groups: list[GroupFacts], remains: bool) -> None:  # noqa: FBT001
    assert stays(groups, channel="beta", platform="android", now=NOW) is remains
