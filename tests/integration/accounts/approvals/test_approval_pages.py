"""Pages of approvals: who sees what, and what they can do there."""

import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import ApprovalRequest, ReviewTask, User
from accounts.services.approval_kinds import approval_kind_register
from accounts.services.approvals import approval_withdraw
from accounts.services.authority import BreakGlass
from tests.support.approving import Renaming, ask, give, name_of, person_rename, proof, rename_operation
from tests.support.people import code_of, signed_in


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def page(user: User, row: ApprovalRequest) -> str:
    return said(signed_in(user).get(reverse("accounts:approval", args=[row.pk])))


def post(client: Client, name: str, row: ApprovalRequest, **fields: str) -> Any:
    return client.post(reverse(f"accounts:{name}", args=[row.pk]), fields, follow=True)


def inbox(user: User) -> str:
    return said(signed_in(user).get(reverse("accounts:approvals")))


def test_what_waits_is_in_the_inbox_with_a_badge(asked: ApprovalRequest, kim: User, kai: User) -> None:
    theirs = inbox(kim)
    assert "For you to decide" in theirs
    assert "Kai: He asked me to." in theirs
    assert '<span class="rc-badge">1<span' in theirs
    own = inbox(kai)
    assert "What you asked for" in own
    assert "rc-badge" not in own


def test_the_start_page_says_that_somebody_asks(asked: ApprovalRequest, kim: User, kai: User) -> None:
    assert "Kai asks for your approval" in said(signed_in(kim).get("/console/"))
    assert "asks for your approval" not in said(signed_in(kai).get("/console/"))


def test_whom_it_does_not_concern_sees_nothing(asked: ApprovalRequest, olaf: User, rita: User) -> None:
    for user in (olaf, rita):
        client = signed_in(user)
        assert client.get(reverse("accounts:approval", args=[asked.pk])).status_code == 404
        assert "Rename to Olof" not in inbox(user)
        for name in ("approval-reject", "approval-withdraw"):
            assert client.post(reverse(f"accounts:{name}", args=[asked.pk])).status_code == 404


def test_the_side_bar_leads_to_it_whoever_may_ask_or_decide(db: None, olaf: User, rita: User) -> None:
    """Rita asks for shutoffs to be lifted; there's nothing that Olaf could ask for."""
    link = reverse("accounts:approvals")
    assert link not in said(signed_in(olaf).get("/console/"))
    assert link in said(signed_in(rita).get("/console/"))


def test_an_auditor_sees_it_and_decides_nothing(asked: ApprovalRequest, audra: User) -> None:
    text = page(audra, asked)
    assert "Rename to Olof" in text
    assert "Somebody else has to decide this." in text
    assert "Approve and do it" not in text
    assert "may not" not in text
    client = signed_in(audra)
    post(client, "approval-reject", asked, **{"reject-reason": "No."})
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_nobody_gets_in_on_a_password_alone(asked: ApprovalRequest, kim: User) -> None:
    client = Client()
    client.force_login(kim)
    for path in (reverse("accounts:approvals"), reverse("accounts:approval", args=[asked.pk])):
        assert client.get(path).status_code == 302


def test_the_page_shows_who_asks_what_will_happen_and_what_exactly(asked: ApprovalRequest, kim: User) -> None:
    text = page(kim, asked)
    for words in ("Asked by", "Kai", "He asked me to.", "They are called that.", asked.digest, "Olof"):
        assert words in text
    assert "in 23 hours, 59 minutes" in text.replace("\u00a0", " ")


def test_approving_on_the_page(asked: ApprovalRequest, kim: User, olaf: User) -> None:
    client, path = signed_in(kim), reverse("accounts:approval", args=[asked.pk])
    digest = client.get(path).context["form"].bound_to
    answer = client.post(path, {"digest": digest, "code": code_of(kim)}, follow=True)
    assert "Approved and done. Renamed to Olof." in said(answer)
    assert name_of(olaf) == "Olof"
    assert "approved and done" in inbox(kim)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"code": "000000"}, "The code didn't match.", id="wrong code"),
        pytest.param(
            {"digest": "0" * 64}, "What you confirmed isn't what would be done now", id="wrong digest"
        ),
    ],
)
def test_what_confirms_nothing_approves_nothing(
    asked: ApprovalRequest, kim: User, olaf: User, changed: dict[str, str], words: str
) -> None:
    client, path = signed_in(kim), reverse("accounts:approval", args=[asked.pk])
    digest = client.get(path).context["form"].bound_to
    assert words in said(client.post(path, {"digest": digest, "code": code_of(kim)} | changed))
    assert name_of(olaf) == "Olaf"


def test_what_moved_is_said_before_anybody_approves(asked: ApprovalRequest, kim: User, olaf: User) -> None:
    User.objects.filter(pk=olaf.pk).update(name="Olav")
    text = page(kim, asked)
    assert "Things have moved since this was asked for." in text
    assert "Approve and do it" not in text
    assert "Reject" in text


def test_rejecting_on_the_page(asked: ApprovalRequest, kim: User) -> None:
    client = signed_in(kim)
    assert "Say why." in said(post(client, "approval-reject", asked))
    text = said(post(client, "approval-reject", asked, **{"reject-reason": "He likes Olaf."}))
    assert "The request is rejected." in text
    assert "He likes Olaf." in text


def test_withdrawing_on_the_page(asked: ApprovalRequest, kai: User, kim: User) -> None:
    assert "One of these people can approve it: Kim." in page(kai, asked)
    assert "Only who asked for it can take it back." in said(post(signed_in(kim), "approval-withdraw", asked))
    assert "The request is withdrawn." in said(post(signed_in(kai), "approval-withdraw", asked))


def test_who_asks_is_told_plainly_that_nobody_could_approve(asked: ApprovalRequest, kai: User) -> None:
    assert "Nobody else on this console may approve this." in page(kai, asked)


def test_what_has_expired_is_shown_as_that_before_it_is_written_down(
    asked: ApprovalRequest, kim: User
) -> None:
    with time_machine.travel(asked.expires_at, tick=False):
        assert "expired" in page(kim, asked)
        assert "Approve and do it" not in page(kim, asked)
        assert "Nothing waits for you" in inbox(kim)
        assert "expired" in inbox(kim)


def test_what_was_decided_stays_readable(asked: ApprovalRequest, kai: User, kim: User) -> None:
    give(asked, kim)
    text = page(kai, asked)
    for words in ("approved and done", "Kim", "Renamed to Olof.", "What was asked for"):
        assert words in text


def test_a_withdrawn_request_offers_nothing(asked: ApprovalRequest, kai: User, kim: User) -> None:
    approval_withdraw(request_id=asked.pk, user=kai)
    text = page(kim, asked)
    assert "Withdrawn" in text
    assert "Reject" not in text


# --- reviews ------------------------------------------------------------------------------------------
@pytest.fixture
def task(rules: None, renaming: Renaming, kai: User, olaf: User) -> ReviewTask:
    approval_kind_register(renaming.kind(is_emergency=True))
    glass = BreakGlass(proof(kai, rename_operation(olaf, "Olof")), "They are in the house.")
    person_rename(user=olaf, name="Olof", authority=glass)
    return ReviewTask.objects.get()


def review_page(user: User, task: ReviewTask) -> str:
    return said(signed_in(user).get(reverse("accounts:review", args=[task.pk])))


def test_an_open_review_is_in_the_inbox_and_on_the_start_page(task: ReviewTask, kai: User, kim: User) -> None:
    assert "Kai broke the glass" in inbox(kim)
    assert '<span class="rc-badge">1<span' in inbox(kim)
    assert "this waits for your review" in said(signed_in(kim).get("/console/"))
    assert "this waits for somebody else's review" in said(signed_in(kai).get("/console/"))
    assert "rc-badge" not in inbox(kai)


def test_closing_a_review_on_the_page(task: ReviewTask, kim: User) -> None:
    client, path = signed_in(kim), reverse("accounts:review", args=[task.pk])
    shown = client.get(path)
    assert "They are in the house." in said(shown)
    fields = {"digest": shown.context["form"].bound_to, "code": code_of(kim), "note": "It was right."}
    assert "The review is closed." in said(client.post(path, fields, follow=True))
    assert "It was right." in review_page(kim, task)
    assert "Nothing waits for you" in inbox(kim)


def test_a_review_is_not_closed_without_a_note(task: ReviewTask, kim: User) -> None:
    client, path = signed_in(kim), reverse("accounts:review", args=[task.pk])
    digest = client.get(path).context["form"].bound_to
    client.post(path, {"digest": digest, "code": code_of(kim)})
    task.refresh_from_db()
    assert task.reviewed_at is None


def test_who_may_not_close_a_review_is_offered_nothing(
    task: ReviewTask, kai: User, audra: User, rita: User
) -> None:
    for user in (kai, audra):
        assert "It stays open until" in review_page(user, task)
    assert signed_in(rita).get(reverse("accounts:review", args=[task.pk])).status_code == 404


def test_asking_again_shows_the_request_that_waits(asked: ApprovalRequest, kim: User, olaf: User) -> None:
    assert ask(kim, olaf, "Olov").pk != asked.pk
    assert inbox(kim).count("Rename to") == 2
