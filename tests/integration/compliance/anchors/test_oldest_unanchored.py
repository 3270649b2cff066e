"""The oldest entry that no copy covers."""

from datetime import timedelta
from pathlib import Path

import time_machine
from django.conf import LazySettings

from compliance.ledger.selectors.anchors import oldest_unanchored
from releaseconsole.kernel import clock
from tests.support.anchors import NOON, grown, lay
from tests.support.log import event_made


def test_it_is_the_first_one_after_the_last_copy(folder: Path, noon: time_machine.Traveller) -> None:
    assert oldest_unanchored(clock.now()) is None
    grown(2)
    found = oldest_unanchored(clock.now() + timedelta(hours=3))
    assert found is not None
    assert (found.sequence, found.at, found.age) == (0, NOON, timedelta(hours=3))
    lay()
    assert oldest_unanchored(clock.now()) is None
    noon.shift(timedelta(hours=1))
    event_made(n=3)
    found = oldest_unanchored(clock.now())
    assert found is not None
    assert (found.sequence, found.at) == (2, NOON + timedelta(hours=1))


def test_a_try_that_failed_covers_nothing(folder: Path, settings: LazySettings) -> None:
    settings.LEDGER_ANCHOR_DIR = str(folder / "away")
    grown()
    lay()
    assert oldest_unanchored(clock.now()) is not None
