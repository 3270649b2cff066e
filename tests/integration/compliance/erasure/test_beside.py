"""In pages of a database nothing stands between two values: what stays there stops no erasure.

Committed for real: what a test's transaction holds back is in no file.
"""

from pathlib import Path

import pytest
import redis

from compliance.desk.backends.database_search import database_files_search
from compliance.desk.services.erasure import erasure_run_through, erasure_start
from compliance.ledger.domain.events import SYSTEM
from compliance.ledger.models import HoldScope
from compliance.ledger.services.holds import HoldTerms, hold_place
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Subject, needles_of
from tests.support.beta import beta_made, group_made, newly_joined
from updates.models import Tester


@pytest.mark.django_db(transaction=True)
def test_what_stays_beside_anothers_longer_address_is_known_in_the_file(
    redis_client: redis.Redis, keeps: Path
) -> None:
    group = group_made(beta_made())
    newly_joined(group, "ann@example.com")
    newly_joined(group, "joann@example.com")
    terms = HoldTerms(HoldScope.PERSON, subject=("person", "999"))
    hold_place(terms=terms, reason="ann@example.com is a witness", actor=SYSTEM, now=clock.now())
    ann = Subject(emails=frozenset({"ann@example.com"}))
    run = erasure_run_through(erasure_start("PR-TESTTEST", ann, SYSTEM, clock.now()))
    assert (run.state, run.error) == ("done", "")
    assert [kept["place"] for step in run.steps.all() for kept in step.kept] == ["ledger_legalhold.reason"]
    assert list(Tester.objects.values_list("email", flat=True)) == ["joann@example.com"]
    assert not database_files_search(needles_of(ann).staying({(b"", b" is a wi"), (b"jo", b"")}))
