"""Business associates and addressable decisions: kept, recorded, reviewed, and never deleted."""

import html
import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from compliance.desk.domain.phi.papers import Decision, ReviewState, review_state
from compliance.desk.errors import PaperError
from compliance.desk.models import AddressableDecision, BusinessAssociate
from compliance.desk.services.phi.decisions import DecisionTerms, decision_write
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import recorded

ASSOCIATES = "/console/compliance/phi/associates/"
DECISIONS = "/console/compliance/phi/decisions/"
TODAY = date(2026, 11, 30)
HOST = {
    "name": "Hosting Ltd",
    "does": "Hosts the console.",
    "agreed_on": "2026-01-05",
    "expires_on": "2028-01-05",
    "file_sha256": "ab" * 32,
    "review_on": "2027-01-05",
}


@pytest.fixture
def officer(orla: User) -> Client:
    return signed_in(orla)


def said(answer: object) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))  # type: ignore[attr-defined]


def decided(user: User, decision: Decision = Decision.IMPLEMENT, **changed: str) -> AddressableDecision:
    fields = {"specification": "164.312(a)(2)(iii)", "reason": "Sessions end by themselves."} | changed
    terms = DecisionTerms(**fields, decision=decision, review_on=TODAY)
    return decision_write(terms=terms, user=user, now=clock.now())


@pytest.mark.parametrize(
    ("review_on", "has_ended", "state"),
    [
        (TODAY - timedelta(days=1), False, ReviewState.OVERDUE),
        (TODAY, False, ReviewState.SOON),
        (TODAY + timedelta(days=30), False, ReviewState.SOON),
        (TODAY + timedelta(days=31), False, ReviewState.CURRENT),
        (TODAY - timedelta(days=1), True, ReviewState.ENDED),
    ],
)
def test_a_review_is_due_soon_then_overdue(review_on: date, *, has_ended: bool, state: ReviewState) -> None:
    assert review_state(review_on=review_on, today=TODAY, has_ended=has_ended) is state


def test_an_associate_is_registered_changed_and_ended(officer: Client) -> None:
    assert "Nobody is registered" in said(officer.get(ASSOCIATES))
    assert "Hosting Ltd" in said(officer.post(f"{ASSOCIATES}new/", HOST, follow=True))
    row = BusinessAssociate.objects.get()
    page = f"{ASSOCIATES}{row.pk}/"
    held = said(officer.get(page))
    assert all(f'value="{HOST[name]}"' in held for name in ("name", "agreed_on", "expires_on", "review_on"))
    changed = HOST | {"does": "Hosts the console and its backups.", "version": "1"}
    assert "and its backups" in said(officer.post(page, changed, follow=True))
    assert "Somebody else changed it meanwhile" in said(officer.post(page, changed))
    assert recorded(Action.ASSOCIATE_CHANGED)[0].detail == {
        "before": {"notes": "Hosts the console."},
        "after": {"notes": "Hosts the console and its backups."},
    }
    ended = said(officer.post(f"{page}end/", {"reason": "We host it ourselves."}, follow=True))
    assert "We host it ourselves." in ended
    assert officer.get(page).status_code == 404
    assert BusinessAssociate.objects.count() == 1
    assert len(recorded(Action.ASSOCIATE_ENDED)) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"name": "Hosting Ltd"}, "of this name is registered", id="twice"),
        pytest.param({"expires_on": "2026-01-05"}, "ends after the day", id="ends when it begins"),
        pytest.param({"agreed_on": ""}, "ends after the day", id="ends without having begun"),
        pytest.param({"file_sha256": "abc"}, "rc-error", id="no hash"),
    ],
)
def test_what_cannot_be_is_not_registered(officer: Client, changed: dict[str, str], words: str) -> None:
    officer.post(f"{ASSOCIATES}new/", HOST)
    answer = officer.post(f"{ASSOCIATES}new/", HOST | {"name": "Mail & Sons"} | changed)
    assert words in said(answer)
    assert BusinessAssociate.objects.count() == 1


def test_an_agreement_that_is_missing_or_over_is_told(officer: Client) -> None:
    officer.post(f"{ASSOCIATES}new/", HOST | {"agreed_on": "", "expires_on": ""})
    officer.post(
        f"{ASSOCIATES}new/", HOST | {"name": "Old", "agreed_on": "2001-01-01", "expires_on": "2002-01-01"}
    )
    page = said(officer.get(ASSOCIATES))
    assert "2 without an agreement in force" in page
    assert "no agreement" in page
    assert "agreement over" in page


def test_a_later_decision_replaces_an_earlier_one_and_both_stay(officer: Client, orla: User) -> None:
    first = decided(orla)
    fields = {
        "specification": first.specification,
        "decision": "alternative",
        "reason": "It interrupts surgeries.",
        "alternative": "The room is locked.",
        "review_on": "2027-01-05",
    }
    page = said(officer.post(f"{DECISIONS}new/", fields, follow=True))
    assert "Instead: The room is locked." in page
    assert "Sessions end by themselves." in page
    first.refresh_from_db()
    assert first.replaced_at is not None
    event = recorded(Action.ADDRESSABLE_DECIDED)[-1]
    assert (event.detail["replaces"], event.detail["reason"]) == (str(first.pk), "It interrupts surgeries.")


@pytest.mark.parametrize(
    ("decision", "changed"),
    [
        pytest.param(Decision.IMPLEMENT, {"specification": "164.312(b)"}, id="not addressable"),
        pytest.param(Decision.IMPLEMENT, {"reason": " "}, id="no reason"),
        pytest.param(Decision.ALTERNATIVE, {}, id="no alternative"),
        pytest.param(Decision.NEITHER, {"alternative": "A lock."}, id="an alternative to nothing"),
    ],
)
def test_a_decision_says_what_the_rule_asks_for(
    orla: User, decision: Decision, changed: dict[str, str]
) -> None:
    with pytest.raises(PaperError):
        decided(orla, decision, **changed)


def test_one_decision_is_in_force(orla: User) -> None:
    row = decided(orla)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_an_auditor_reads_and_writes_nothing(audra: User) -> None:
    client = signed_in(audra)
    for path in (ASSOCIATES, DECISIONS):
        assert "<form" not in said(client.get(path)).partition("<main")[2]
        assert client.get(f"{path}new/").status_code == 403
