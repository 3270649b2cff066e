"""Every action of the audit log can be read by people."""

import pytest

from compliance.ledger.domain.events import Action
from compliance.ledger.domain.phrases import phrase


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_words(action: Action) -> None:
    assert phrase(action.value, "done") != action.value


def test_a_failure_is_called_one() -> None:
    assert phrase("updates:release:publish", "failed") == "published a release (failed)"


def test_an_action_of_another_version_stays_as_it_is_spelled() -> None:
    assert phrase("updates:moon:land", "done") == "updates:moon:land"
