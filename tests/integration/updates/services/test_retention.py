"""Files of bundles that no channel needs go; nothing else does, whoever is at work meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.shipping import (
    app_made,
    bundle_made,
    channel_made,
    recorded,
    released,
    upload_file,
    zip_of,
)
from updates.backends.storage import archive_path
from updates.errors import BundleGoneError
from updates.models import App, Bundle, Channel, DeviceOverride, Release, StoredArchive
from updates.services import bundle_upload, channel_roll_back, retention
from updates.services.retention import bundles_retain


@pytest.fixture(autouse=True)
def bundle_dir(settings: Settings, tmp_path: Path) -> None:
    settings.BUNDLE_DIR = tmp_path / "bundles"


@pytest.fixture
def old(production: Channel) -> Channel:
    """A channel that keeps for 30 days, with four releases that ended long ago but for the last."""
    for version in ("1.0.0", "1.1.0", "1.2.0", "1.3.0"):
        released(production, version)
    grow_old(production.app)
    Channel.objects.filter(pk=production.pk).update(retention_days=30)
    return production


def grow_old(app: App) -> None:
    long_ago = clock.now() - timedelta(days=31)
    Bundle.objects.filter(app=app).update(uploaded_at=long_ago)
    Release.objects.filter(app=app, ended_at__isnull=False).update(ended_at=long_ago)


def stored(app: App) -> list[str]:
    """Versions whose file is there, as far as the row says; the disk must agree."""
    kept = []
    for bundle in Bundle.objects.filter(app=app).order_by("version"):
        assert archive_path(bundle.archive_id).exists() == (bundle.removed_at is None)
        if bundle.removed_at is None:
            kept.append(bundle.version)
    return kept


def test_only_what_is_live_and_what_it_would_be_rolled_back_to_stay(old: Channel) -> None:
    assert bundles_retain() == 2
    assert stored(old.app) == ["1.2.0", "1.3.0"]
    events = recorded(Action.BUNDLE_REMOVED)
    assert {event.object_id for event in events} == {"1.0.0", "1.1.0"}
    assert bundles_retain() == 0


def test_a_channel_that_names_no_days_keeps_everything(old: Channel) -> None:
    Channel.objects.update(retention_days=None)
    assert bundles_retain() == 0
    assert len(stored(old.app)) == 4


def test_another_channel_keeps_what_it_serves(old: Channel) -> None:
    released(beta(old.app), "1.0.0")
    grow_old(old.app)
    bundles_retain()
    assert stored(old.app) == ["1.0.0", "1.2.0", "1.3.0"]


def beta(app: App) -> Channel:
    return channel_made(app, "beta", public=False)


def test_a_preview_that_is_over_needs_nothing_beyond_its_days(old: Channel) -> None:
    released(beta(old.app), "1.0.0")
    grow_old(old.app)
    over = clock.now() - timedelta(days=2)
    Channel.objects.filter(name="beta").update(preview_of="12", expires_at=over, retention_days=1)
    bundles_retain()
    assert stored(old.app) == ["1.2.0", "1.3.0"]


def test_a_device_that_is_forced_to_it_keeps_it(old: Channel, rita: User) -> None:
    release = Release.objects.get(bundle__version="1.0.0")
    now = clock.now()
    DeviceOverride.objects.create(
        app=old.app,
        device_id="phone",
        release=release,
        until=now + timedelta(hours=1),
        reason="Looks into it.",
        created_at=now,
        created_by=rita,
    )
    bundles_retain()
    assert stored(old.app) == ["1.0.0", "1.2.0", "1.3.0"]
    DeviceOverride.objects.update(until=now)
    bundles_retain()
    assert stored(old.app) == ["1.2.0", "1.3.0"]


def test_content_that_another_app_has_too_keeps_its_file(old: Channel) -> None:
    other = app_made("com.example.other")
    bundle_made(other, "1.0.0")
    assert bundles_retain() == 2
    removed = Bundle.objects.get(app=old.app, version="1.0.0")
    assert removed.removed_at is not None
    assert archive_path(removed.archive_id).exists()
    assert not archive_path(Bundle.objects.get(app=old.app, version="1.1.0").archive_id).exists()


def test_going_back_to_what_was_removed_is_refused_until_its_uploaded_again(old: Channel) -> None:
    bundles_retain()
    with pytest.raises(BundleGoneError):
        channel_roll_back(channel=old, to="1.0.0", actor=SYSTEM)
    bundle, is_new = bundle_upload(
        app=old.app, version="1.0.0", upload=upload_file(zip_of("1.0.0")), actor=SYSTEM
    )
    assert (bundle.removed_at, is_new) == (None, False)
    assert bundles_retain() == 0  # somebody is about to use it
    channel_roll_back(channel=old, to="1.0.0", actor=SYSTEM)
    assert stored(old.app) == ["1.0.0", "1.2.0", "1.3.0"]


def test_what_was_withdrawn_doesnt_come_back_by_an_upload(old: Channel) -> None:
    bundles_retain()
    Bundle.objects.filter(version="1.0.0").update(withdrawn_at=clock.now())
    bundle_upload(app=old.app, version="1.0.0", upload=upload_file(zip_of("1.0.0")), actor=SYSTEM)
    assert stored(old.app) == ["1.2.0", "1.3.0"]


def test_a_death_before_the_files_are_gone_is_made_good_by_the_next_run(
    old: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CrashError(Exception): ...

    def die(**_: str) -> None:
        raise CrashError

    with monkeypatch.context() as dying:
        dying.setattr(retention, "archive_remove", die)
        with pytest.raises(CrashError):
            bundles_retain()
    assert bundles_retain() == 0
    assert stored(old.app) == ["1.2.0", "1.3.0"]


@pytest.mark.django_db(transaction=True)
def test_an_upload_of_the_same_content_never_loses_its_file(old: Channel) -> None:
    """Whoever comes first: another app uploads what retention is about to remove."""
    other = app_made("com.example.other")

    def upload() -> object:
        return bundle_upload(app=other, version="9.0.0", upload=upload_file(zip_of("1.0.0")), actor=SYSTEM)

    at_once([upload, bundles_retain])
    (kept,) = Bundle.objects.filter(app=other)
    assert kept.archive_id == Bundle.objects.get(app=old.app, version="1.0.0").archive_id
    assert archive_path(kept.archive_id).exists()
    assert StoredArchive.objects.filter(pk=kept.archive_id).exists()
