"""Live state by hand, for tests of the decision: one phone, and apps, channels and releases to vary."""

from collections.abc import Collection
from dataclasses import replace

from hypothesis import strategies as st
from msgspec import structs

from updates.domain.audience import Audience
from updates.domain.channel_rules import UpdatePolicy
from updates.domain.decision import AppView, ChannelView, Decision, DeviceFacts, OverrideView, ReleaseView
from updates.domain.targeting import decide

BOTH = frozenset({"android", "ios"})
PHONE = DeviceFacts(
    app_id="com.example.clinic",
    device_id="0f6d1c2e-0000-4000-8000-000000000001",  # its place with SALT is 9475
    platform="ios",
    native_version="2.0.0",
    current_version="",
)
SALT = "00" * 16
INSIDE, OUTSIDE = 9476, 9475
NOW = 1_800_000_000


def release(number: int, **changes: object) -> ReleaseView:
    base = ReleaseView(number, number, f"{number}.0.0", "ab" * 32, 1000, "cd" * 32, 10_000, SALT, "", "")
    return replace(base, **changes)  # type: ignore[arg-type]  # the tests' own keywords


def channel(name: str, *releases: ReleaseView, **changes: object) -> ChannelView:
    base = ChannelView(
        channel_id=1,
        name=name,
        public=False,
        self_assignable=False,
        platforms=BOTH,
        serves_builtin=False,
        decision_seq=7,
        releases=releases,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the tests' own keywords


def app(*channels: ChannelView, members: dict[str, str] | None = None, **changes: object) -> AppView:
    public = {p: c.name for c in channels if c.public for p in c.platforms}
    base = AppView("com.example.clinic", {c.name: c for c in channels}, public, members or {})
    return replace(base, **changes)  # type: ignore[arg-type]  # the tests' own keywords


def production(*releases: ReleaseView, **changes: object) -> AppView:
    """An app of one public channel."""
    return app(channel("production", *releases, public=True, **changes))


def forced(name: str, to: ReleaseView | None = None, *, until: int = NOW + 1) -> dict[str, OverrideView]:
    return {PHONE.device_id: OverrideView(name, to, until)}


def phone(**changes: object) -> DeviceFacts:
    """A device that says something else than `PHONE`."""
    return structs.replace(PHONE, **changes)


def told(
    state: AppView, device: DeviceFacts = PHONE, *, now: int = NOW, failed: Collection[str] = ()
) -> Decision:
    """Decide; `failed` are versions that failed on the device."""
    return decide(state, device, now_epoch=now, failed=lambda one: one.version in failed)


# Everything that may vary, for properties that hold of all states.
BOUNDS = st.sampled_from(["", "1.0", "1.5", "2.0.0", "2.0.1-rc.1", "3", "broken"])
AUDIENCES = st.builds(
    Audience,
    platforms=st.sampled_from([frozenset(), frozenset({"ios"})]),
    os_min=st.sampled_from(["", "16"]),
    native_builds=st.sampled_from([frozenset(), frozenset({"2.0.1"})]),
    attributes=st.sampled_from([(), (("ring", frozenset({"staff"})),)]),
    always=st.sampled_from([frozenset(), frozenset({PHONE.device_id})]),
)
RELEASES = st.lists(
    st.builds(
        release,
        st.integers(1, 7),
        rollout_bps=st.sampled_from([0, 1, 5000, 9999, 10_000]),
        native_min=BOUNDS,
        native_max=BOUNDS,
        offered=st.booleans(),
        audience=AUDIENCES,
        spread_minutes=st.sampled_from([0, 10]),
        live_epoch=st.sampled_from([NOW - 300, NOW - 900]),
        withdrawn=st.booleans(),
        lacking=st.sampled_from([frozenset(), frozenset({("ios", "2.0.1")})]),
        has_failures=st.booleans(),
        hurries=st.booleans(),
        unhurried=st.sampled_from([frozenset(), frozenset({"7.0.0"})]),
    ),
    max_size=5,
    unique_by=lambda one: one.version,
).map(tuple)
DEVICES = st.builds(
    structs.replace,
    st.just(PHONE),
    device_id=st.one_of(st.just(PHONE.device_id), st.uuids().map(str)),
    native_version=st.sampled_from(["", "1.0", "1.5.0", "2.0.1", "2.1-beta", "x"]),
    current_version=st.sampled_from(["", "1.0.0", "7.0.0", "2.0.1"]),
    platform=st.sampled_from(["ios", "android", "electron", ""]),
    requested_channel=st.sampled_from(["", "beta", "staging", "production"]),
    is_emulator=st.booleans(),
    is_production=st.booleans(),
    os_version=st.sampled_from(["", "15.1", "17"]),
    attributes=st.sampled_from([{}, {"ring": "staff"}]),
)
_SETTINGS = {
    "allow_emulator": st.booleans(),
    "allow_production": st.booleans(),
    "native_min": st.sampled_from(["", "1.2"]),
    "update_policy": st.sampled_from(UpdatePolicy),
    "blocks_under_native": st.booleans(),
    "store_update_required": st.booleans(),
    "paused": st.booleans(),
    "shutoff": st.booleans(),
    "serves_builtin": st.booleans(),
    "taken_back": st.sampled_from([frozenset(), frozenset({"7.0.0"})]),
}


def _channels(name: str, **fixed: object) -> st.SearchStrategy[ChannelView]:
    built = st.builds(
        lambda releases, settings: (releases, settings), RELEASES, st.fixed_dictionaries(_SETTINGS)
    )
    return built.map(lambda made: channel(name, *made[0], **made[1], **fixed))


STATES = st.builds(
    lambda public, beta, staging, members, override, shutoff, withdrawn: app(
        public,
        beta,
        staging,
        members=members,
        overrides=override,
        shutoff=shutoff,
        withdrawn=withdrawn,
    ),
    _channels("production", public=True),
    _channels("beta"),
    _channels("staging", self_assignable=True, expires_epoch=0),
    st.sampled_from([{}, {PHONE.device_id: "beta"}]),
    st.one_of(
        st.just({}),
        st.builds(
            forced,
            st.sampled_from(["beta", "gone"]),
            st.one_of(st.none(), st.builds(release, st.just(6), native_max=BOUNDS, withdrawn=st.booleans())),
            until=st.sampled_from([NOW, NOW + 1]),
        ),
    ),
    st.integers(0, 9).map(lambda n: n == 0),
    st.sampled_from([frozenset(), frozenset({"1.0.0"})]),
)
