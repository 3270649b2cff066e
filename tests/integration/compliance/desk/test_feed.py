"""The machine feed: dense, in order, with cursors that say when they are wrong; who reads; what proves it."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from accounts.domain.engagements import Report
from accounts.domain.roles import CONSOLE_TOKEN_PERMISSIONS, Permission, Role
from accounts.errors import APITokenTermsError, StepUpRequiredError
from accounts.models import RoleGroup, User
from accounts.services.api_tokens import api_token_issue
from compliance.desk.services.feed_tokens import feed_token_issue, feed_token_operation
from compliance.ledger.domain.checkpoints import NoteKey, note_verify
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.merkle import consistency_check, leaf_hash
from compliance.ledger.domain.proofs import proof_check
from compliance.ledger.models import AuditEvent, AuditLeaf
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.actors import engaged
from tests.support.confirming import confirmed
from tests.support.ledger import SoftwareSigner
from tests.support.operator import hidden
from tests.support.people import code_of, person, signed_in
from tests.support.shipping import APP_ID, recorded

FEED = "/api/v1/audit/events"
PAGE = "/console/compliance/log/feed/"

Follower = Callable[..., Any]


def record(**facts: Any) -> AuditEvent:
    with transaction.atomic():
        event = audit_record(**{"action": Action.APP_CHANGED, "actor": SYSTEM, "now": clock.now(), **facts})
    events_sequence()
    return event


def token_of(issuer: User, *permissions: Permission, app_id: str = "") -> str:
    _, plain = api_token_issue(
        name="SIEM",
        app_id=app_id,
        permissions=permissions or [Permission.AUDIT_VIEW],
        expires_at=clock.now() + timedelta(days=1),
        created_by=issuer,
        actor=issuer.actor,
    )
    events_sequence()
    return plain


def with_token(plain: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {plain}"})


@pytest.fixture
def siem(orla: User) -> Client:
    """A machine that follows the log, but sees no personal values."""
    return with_token(token_of(orla))


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/x-ndjson; charset=utf-8"
    return [json.loads(line) for line in answer.content.decode().splitlines()]


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_following_gives_every_entry_once_and_in_order(siem: Client) -> None:
    for _ in range(7):
        record()
    address, seen = f"{FEED}?limit=3", []
    while got := lines(answer := siem.get(address)):
        seen += [entry["sequence"] for entry in got]
        assert answer.headers["Link"] == f'<{answer.headers["X-Next"]}>; rel="next"'
        address = answer.headers["X-Next"]
    assert seen == list(range(tree_size()))
    assert siem.get(address).headers["X-Next"] == address  # the end of the log is a place to wait at


def test_an_entry_is_what_the_tree_hashes(siem: Client) -> None:
    event = record(detail={"n\u00e4me": "\u5f20", "reason": "It crashes."})
    entry = lines(siem.get(FEED, {"after": place(event) - 1}))[0]
    leaf = leaf_hash(entry["header"].encode())
    assert base64.b64encode(leaf).decode() == entry["leaf_hash"]
    assert leaf == bytes(AuditLeaf.objects.get(number=event.number).leaf_hash)
    assert entry["content"].encode() == bytes(event.content.content)
    assert "disclosures" not in entry


def place(event: AuditEvent) -> int:
    return AuditLeaf.objects.get(number=event.number).sequence


def test_who_may_export_as_well_is_told_personal_values(orla: User) -> None:
    event = record(detail={"reason": "It crashes."})
    full = with_token(token_of(orla, *CONSOLE_TOKEN_PERMISSIONS))
    entry = lines(full.get(FEED, {"after": place(event) - 1}))[0]
    (told,) = entry["disclosures"]
    assert (told["name"], told["value"]) == ("reason", "It crashes.")
    orla.groups.clear()
    assert problem(full.get(FEED)) == (403, "permission_denied")


def test_a_token_is_told_less_when_its_issuer_may_no_longer_export(ada: User, orla: User) -> None:
    event = record(detail={"reason": "It crashes."})
    full = with_token(token_of(orla, *CONSOLE_TOKEN_PERMISSIONS))
    orla.groups.set(ada.groups.all())  # reads the log, exports nothing
    assert "disclosures" not in lines(full.get(FEED, {"after": place(event) - 1}))[0]


def test_the_first_reading_begins_at_the_very_first_entry(siem: Client) -> None:
    assert lines(siem.get(FEED, {"limit": 1}))[0]["sequence"] == 0
    assert siem.get(FEED, {"limit": 1}).headers["X-Next"] == f"http://testserver{FEED}?after=0&limit=1"


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"after": "-1"}, (400, "cursor_malformed")),
        ({"after": "x"}, (400, "cursor_malformed")),
        ({"after": "01"}, (400, "cursor_malformed")),
        ({"after": "\u0661"}, (400, "cursor_malformed")),
        ({"after": "9" * 30}, (400, "cursor_malformed")),
        ({"limit": "many"}, (400, "cursor_malformed")),
        ({"after": "99999"}, (409, "cursor_ahead")),
    ],
)
def test_a_bad_cursor_has_a_code(query: dict[str, str], refusal: tuple[int, str], siem: Client) -> None:
    assert problem(siem.get(FEED, query)) == refusal
    assert recorded(Action.LOG_FOLLOWED) == []


def test_a_page_is_never_longer_than_it_may_be(siem: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.desk.api.audit._MOST", 2)
    for _ in range(3):
        record()
    assert len(lines(siem.get(FEED, {"limit": "1000"}))) == 2


@pytest.mark.parametrize("accept", ["application/x-ndjson", "application/json", "*/*", "text/html, */*"])
def test_it_answers_whoever_asks_for_lines_or_for_anything(accept: str, siem: Client) -> None:
    assert lines(siem.get(FEED, headers={"Accept": accept}))


def test_following_is_recorded_once_an_hour_so_it_feeds_itself_no_more_than_that(siem: Client) -> None:
    for _ in range(3):
        siem.get(FEED, {"after": 0})
    (followed,) = recorded(Action.LOG_FOLLOWED)
    assert followed.detail == {"after": 0}
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        siem.get(FEED, {"after": 1})
    assert len(recorded(Action.LOG_FOLLOWED)) == 2


def test_two_machines_are_recorded_each(siem: Client, audra: User) -> None:
    siem.get(FEED)
    with_token(token_of(audra)).get(FEED)
    assert len(recorded(Action.LOG_FOLLOWED)) == 2


@pytest.mark.parametrize("path", ["events", "checkpoint", "proof/0", "consistency?from=1"])
def test_a_token_of_an_app_reads_nothing_of_it(path: str, rita: User) -> None:
    app_token = with_token(token_of(rita, Permission.APP_VIEW, app_id=APP_ID))
    assert problem(app_token.get(f"/api/v1/audit/{path}")) == (403, "permission_denied")
    assert problem(Client().get(f"/api/v1/audit/{path}")) == (401, "api_token_missing")


def test_a_token_of_the_log_does_nothing_on_apps(siem: Client) -> None:
    assert siem.get("/api/v1/apps").json()["results"] == []
    assert problem(siem.get(f"/api/v1/apps/{APP_ID}")) == (404, "not_found")
    assert problem(siem.post("/api/v1/tokens/verify", {}, content_type="application/json"))[0] == 403


@pytest.mark.parametrize(
    ("name", "app_id", "permission"),
    [
        pytest.param("rita", "", Permission.AUDIT_VIEW, id="who-does-not-read-the-log"),
        pytest.param("ada", "", Permission.AUDIT_EXPORT, id="who-does-not-export"),
        pytest.param("orla", APP_ID, Permission.AUDIT_VIEW, id="on-an-app"),
        pytest.param("ada", "", Permission.APP_VIEW, id="something-of-apps-on-the-console"),
        pytest.param("orla", "", Permission.PRIVACY_MANAGE, id="what-no-token-carries"),
    ],
)
def test_nobody_gives_a_token_what_they_may_not(
    name: str, app_id: str, permission: Permission, db: None
) -> None:
    with pytest.raises(APITokenTermsError):
        token_of(person(name), permission, app_id=app_id)


def test_an_external_auditor_makes_no_token(olaf: User) -> None:
    olaf.groups.add(RoleGroup.objects.get(name=Role.EXTERNAL_AUDITOR.value))
    engaged(olaf, Report.AUDIT_LOG)
    client = signed_in(olaf)
    assert client.get("/console/compliance/log/").status_code == 200
    assert client.get(PAGE).status_code == 403
    with pytest.raises(APITokenTermsError):
        token_of(User.objects.get(pk=olaf.pk))


def test_a_token_is_made_shown_once_used_and_revoked(orla: User) -> None:
    client, wish = signed_in(orla), {"name": "SIEM", "personal": "on", "days": "30"}
    asked = client.post(PAGE, wish).content.decode()
    assert recorded(Action.API_TOKEN_ISSUED) == []
    wrong = client.post(PAGE, wish | {"days": "90", "digest": hidden(asked)["digest"], "code": code_of(orla)})
    assert "issued-token" not in wrong.content.decode()  # another wish than was shown
    proof = {"digest": hidden(asked)["digest"], "code": code_of(orla)}
    page = client.post(PAGE, wish | proof).content.decode()
    plain = page.partition('data-testid="issued-token">')[2].partition("<")[0]
    events_sequence()
    siem = with_token(plain)
    assert "disclosures" in lines(siem.get(FEED))[0]
    assert plain not in client.get(PAGE).content.decode()
    (issued,) = recorded(Action.API_TOKEN_ISSUED)
    assert (issued.app_id, sorted(issued.detail["permissions"])) == ("", ["audit_export", "audit_view"])
    client.post(f"{PAGE}{issued.object_id}/revoke/")
    assert problem(siem.get(FEED)) == (401, "api_token_invalid")
    assert "revoked" in client.get(PAGE).content.decode()


def test_no_token_gets_personal_values_without_a_confirmation(orla: User, audra: User) -> None:
    wish: dict[str, Any] = {"name": "SIEM", "days": 30}
    for step_up in (None, confirmed(audra, feed_token_operation(**wish, user=audra))):
        with pytest.raises(StepUpRequiredError):
            feed_token_issue(**wish, personal=True, user=orla, step_up=step_up)
    assert recorded(Action.API_TOKEN_ISSUED) == []


def test_a_token_that_is_not_of_the_log_is_not_revoked_here(orla: User, rita: User) -> None:
    token_of(rita, Permission.APP_VIEW, app_id=APP_ID)
    (issued,) = recorded(Action.API_TOKEN_ISSUED)
    answer = signed_in(orla).post(f"{PAGE}{issued.object_id}/revoke/", follow=True)
    assert b"There is no such token." in answer.content
    assert recorded(Action.API_TOKEN_REVOKED) == []


def test_who_may_not_export_is_not_offered_personal_values(ada: User) -> None:
    client = signed_in(ada)
    assert "Personal values" not in client.get(PAGE).content.decode().partition("<form")[2]
    client.post(PAGE, {"name": "SIEM", "personal": "on", "days": "30"})
    (issued,) = recorded(Action.API_TOKEN_ISSUED)
    assert issued.detail["permissions"] == ["audit_view"]


def test_terms_that_cannot_be_say_so(orla: User) -> None:
    page = signed_in(orla).post(PAGE, {"name": " ", "days": "900"}).content.decode()
    assert "less than or equal to 365" in page
    assert recorded(Action.API_TOKEN_ISSUED) == []


def test_the_newest_checkpoint_is_the_signed_note(siem: Client, ledger_signer: SoftwareSigner) -> None:
    taken = checkpoint_take(now=clock.now())
    assert taken is not None
    note = siem.get("/api/v1/audit/checkpoint").content.decode()
    keys = [NoteKey(taken.origin, key.spki) for key in ledger_signer.keys()]  # noqa: SIM118 (no dictionary)
    assert note_verify(note, keys).size == taken.size


def test_before_anything_is_signed_there_is_no_checkpoint(siem: Client) -> None:
    assert problem(siem.get("/api/v1/audit/checkpoint")) == (404, "not_found")
    assert problem(siem.get("/api/v1/audit/consistency?from=1")) == (404, "not_found")


def test_an_entry_is_proved_without_another_entry(siem: Client, ledger_signer: SoftwareSigner) -> None:
    event = record()
    proof = siem.get(f"/api/v1/audit/proof/{place(event)}").content.decode()
    before = tree_size()
    taken = checkpoint_take(now=clock.now())
    assert taken is not None
    keys = [NoteKey(taken.origin, key.spki) for key in ledger_signer.keys()]  # noqa: SIM118 (no dictionary)
    assert proof_check(proof, leaf_hash(bytes(event.header)), keys).size == before
    assert tree_size() == before
    assert problem(siem.get("/api/v1/audit/proof/99999")) == (404, "not_found")


def test_a_proof_that_cannot_be_signed_says_so(siem: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    event = record()
    monkeypatch.setattr("compliance.ledger.backends.signer._registry.signer", None)
    answer = siem.get(f"/api/v1/audit/proof/{place(event)}")
    assert problem(answer) == (503, "checkpoint_signer_unavailable")


def test_two_checkpoints_are_proved_to_be_of_one_log(siem: Client) -> None:
    first = checkpoint_take(now=clock.now())
    for _ in range(5):
        record()
    second = checkpoint_take(now=clock.now())
    assert first is not None
    assert second is not None
    said = siem.get("/api/v1/audit/consistency", {"from": first.size}).json()
    assert (said["first"], said["second"]) == (first.size, second.size)
    consistency_check(
        first=first.size,
        second=second.size,
        proof=[base64.b64decode(each) for each in said["path"]],
        first_root=bytes(first.root),
        second_root=bytes(second.root),
    )


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("", (400, "cursor_malformed")),
        ("from=x", (400, "cursor_malformed")),
        ("from=0", (409, "cursor_ahead")),
        ("from=2&to=1", (409, "cursor_ahead")),
        ("from=1&to=99999", (409, "cursor_ahead")),
    ],
)
def test_what_cannot_be_compared_has_a_code(query: str, refusal: tuple[int, str], siem: Client) -> None:
    checkpoint_take(now=clock.now())
    assert problem(siem.get(f"/api/v1/audit/consistency?{query}")) == refusal
