"""No receipt, no release: what devices are told while the audit log can't be signed."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from tests.integration.updates.gateway.conftest import APP_ID
from tests.integration.updates.gateway.test_v1_check import DEVICE_ID, ask, claims_of
from tests.simulator.capgo import CapgoDevice
from tests.support.receipts import longer_log_signed, signer_down
from tests.support.shipping import released
from updates.models import Bundle, Channel, Release, ReleaseReceipt
from updates.services import (
    bundle_withdraw,
    channel_roll_back,
    channel_shut_off,
    receipts_take,
    release_halt,
    release_pause,
    release_resume,
)
from updates.services.overrides import override_set

Told = Callable[..., tuple[str, str]]


@pytest.fixture
def told(devices: httpx.Client, refresh: Callable[[], None]) -> Told:
    """What a device is told, by our protocol; the same as by the plugin's own."""

    def tell(version: str = "") -> tuple[str, str]:
        refresh()
        claims = claims_of(ask(devices, version=version))
        phone = CapgoDevice(devices, APP_ID, native_version="1.2.0", device_id=DEVICE_ID)
        phone.version = version
        offered = phone.check().get("url", "")
        assert bool(offered) == (claims["decision"] == "install")
        return claims["decision"], claims.get("version", "")

    return tell


def test_what_is_published_while_nobody_signs_the_log_is_offered_once_somebody_does(
    production: Channel, told: Told
) -> None:
    with signer_down():
        release = released(production, "1.4.0")
        assert release.state == "live"
        assert told() == ("hold", "")
        assert receipts_take() == 0
        assert told() == ("hold", "")
    assert receipts_take() == 1
    assert told() == ("install", "1.4.0")


def test_what_lies_beneath_is_served_until_the_receipt_is_there(production: Channel, told: Told) -> None:
    released(production, "1.3.0")
    with signer_down():
        released(production, "1.4.0")
        assert told() == ("install", "1.3.0")
        assert told("1.3.0") == ("current", "1.3.0")
    receipts_take()
    assert told() == told("1.3.0") == ("install", "1.4.0")


def test_what_lies_beneath_two_that_wait_is_served(production: Channel, told: Told) -> None:
    released(production, "1.3.0")
    with signer_down():
        released(production, "1.4.0")
        released(production, "1.5.0")
        assert told() == ("install", "1.3.0")
    receipts_take()
    assert told() == ("install", "1.5.0")


def test_a_paused_release_beneath_stays_paused(production: Channel, told: Told) -> None:
    release_pause(release=released(production, "1.3.0"), actor=SYSTEM)
    with signer_down():
        released(production, "1.4.0")
        assert told() == ("hold", "")
        assert told("1.3.0") == ("current", "1.3.0")


def test_devices_are_still_led_away_to_the_builtin_bundle_until_the_receipt_is_there(
    production: Channel, told: Told
) -> None:
    released(production, "1.3.0")
    channel_roll_back(channel=production, to="builtin", actor=SYSTEM)
    with signer_down():
        released(production, "1.4.0")
        assert told("1.3.0") == ("builtin", "")
    receipts_take()
    assert told("1.3.0") == ("install", "1.4.0")


def test_a_log_that_was_put_back_lets_nothing_go_live(production: Channel, told: Told) -> None:
    released(production, "1.3.0")
    longer_log_signed()
    released(production, "1.4.0")
    assert receipts_take() == 0
    assert told() == ("install", "1.3.0")


def test_a_rollback_doesnt_wait(production: Channel, told: Told) -> None:
    for version in ("1.3.0", "1.4.0"):
        released(production, version)
    with signer_down():
        channel_roll_back(channel=production, to=None, actor=SYSTEM)
        assert told("1.4.0") == ("install", "1.3.0")


def test_taking_back_what_waits_leaves_what_is_served(production: Channel, told: Told) -> None:
    released(production, "1.3.0")
    with signer_down():
        released(production, "1.4.0")
        channel_roll_back(channel=production, to=None, actor=SYSTEM)
        assert told() == ("install", "1.3.0")
    receipts_take()
    assert told() == ("install", "1.3.0")


def test_a_withdrawal_of_what_is_served_meanwhile_doesnt_wait(production: Channel, told: Told) -> None:
    for version in ("1.2.0", "1.3.0"):
        released(production, version)
    with signer_down():
        released(production, "1.4.0")
        before = Channel.objects.get(pk=production.pk).decision_seq
        bundle_withdraw(bundle=Bundle.objects.get(version="1.3.0"), reason="It leaks.", actor=SYSTEM)
        assert told("1.3.0") == ("install", "1.2.0")
        assert Channel.objects.get(pk=production.pk).decision_seq > before
    receipts_take()
    assert told("1.3.0") == ("install", "1.4.0")


def test_a_shutoff_doesnt_wait(production: Channel, told: Told) -> None:
    released(production, "1.3.0")
    with signer_down():
        channel_shut_off(channel=production, reason="It drains batteries.", actor=SYSTEM)
        assert told() == ("hold", "")


def test_a_halted_release_goes_on_once_that_has_its_receipt(production: Channel, told: Told) -> None:
    release = released(production, "1.3.0")
    with signer_down():
        release_halt(release=release, actor=SYSTEM, reason="It failed.")
        assert told() == ("hold", "")
        release_resume(release=release, actor=SYSTEM)
        assert told() == ("hold", "")
        assert told("1.3.0") == ("current", "1.3.0")
    receipts_take()
    assert told() == ("install", "1.3.0")


def test_a_paused_release_goes_on_at_once(production: Channel, told: Told) -> None:
    release = released(production, "1.3.0")
    with signer_down():
        release_pause(release=release, actor=SYSTEM)
        release_resume(release=release, actor=SYSTEM)
        assert told() == ("install", "1.3.0")


def test_a_device_isnt_forced_to_what_has_no_receipt(production: Channel, told: Told) -> None:
    released(production, "1.3.0")
    with signer_down():
        release = released(production, "1.4.0")
        override_set(
            app=production.app,
            device_id=DEVICE_ID,
            to=release,
            until=clock.now() + timedelta(hours=1),
            reason="To look at it.",
            actor=SYSTEM,
            person=None,
        )
        assert told() == ("install", "1.3.0")
    receipts_take()
    assert told() == ("install", "1.4.0")


def test_a_receipt_of_something_else_is_none(production: Channel, told: Told) -> None:
    release = released(production, "1.3.0")
    assert ReleaseReceipt.objects.get(release=release).event == release.live_event
    Release.objects.update(live_event=1)
    assert told() == ("hold", "")


def test_each_receipt_raises_the_decision_seq(production: Channel, told: Told) -> None:
    released(production, "1.3.0")
    before = Channel.objects.get(pk=production.pk).decision_seq
    with signer_down():
        released(production, "1.4.0")
        assert Channel.objects.get(pk=production.pk).decision_seq == before
    receipts_take()
    assert Channel.objects.get(pk=production.pk).decision_seq == before + 1
