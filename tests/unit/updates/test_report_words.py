"""What devices report has words for people."""

import pytest

from updates.domain.outcomes import FAILURES, SUCCESSES
from updates.domain.report_words import report_words
from updates.domain.rollups import HEALTH, LIFECYCLE


@pytest.mark.parametrize("action", sorted(LIFECYCLE | HEALTH | SUCCESSES | FAILURES))
def test_every_known_report_has_words(action: str) -> None:
    assert "_" not in report_words(action)
    assert report_words(action)[0].isupper() or report_words(action)[0].isdigit()


def test_an_unknown_report_stays_as_it_is() -> None:
    assert report_words("made_up") == "made_up"
