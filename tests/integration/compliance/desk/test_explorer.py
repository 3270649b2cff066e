"""The audit explorer: what a search finds, how its pages turn, and that looking for somebody is recorded."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import APIToken, User
from compliance.desk.views import log
from compliance.ledger.domain.events import SYSTEM, Action, Actor, ActorKind, Outcome
from compliance.ledger.models import AuditEvent, AuditLeaf, AuditVerification
from compliance.ledger.services import audit_record
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import app_made
from updates.models import Tester

LOG = "/console/compliance/log/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(action: Action = Action.APP_CHANGED, **facts: Any) -> AuditEvent:
    facts = {"actor": SYSTEM, "now": clock.now(), **facts}
    with transaction.atomic():
        event = audit_record(action=action, **facts)
    events_sequence()
    return event


def place(event: AuditEvent) -> int:
    return AuditLeaf.objects.get(number=event.number).sequence


def shown(person: User, query: str = "", **more: str) -> list[int]:
    """Sequences of the entries on a page, in its order."""
    answer = signed_in(person).get(LOG + query, more)
    assert answer.status_code == 200
    return [
        int(each) for each in re.findall(rf'class="rc-log-open" href="{LOG}(\d+)/"', answer.content.decode())
    ]


@pytest.fixture
def found(audra: User) -> Callable[..., set[int]]:
    """What a search finds, among the entries that the test itself made."""

    def search(*mine: AuditEvent, **query: str) -> set[int]:
        return {place(event) for event in mine} & set(shown(audra, **query))

    return search


def test_the_newest_entry_is_on_top(audra: User) -> None:
    first, second = record(), record()
    assert shown(audra)[:2] == [place(second), place(first)]
    assert shown(audra, order="oldest").index(place(first)) < shown(audra, order="oldest").index(
        place(second)
    )


@pytest.mark.parametrize(
    "who",
    [
        pytest.param("Rita", id="name"),
        pytest.param("rit", id="part-of-the-name"),
        pytest.param("rita@example", id="address"),
        pytest.param("person {id}", id="kind-and-number"),
        pytest.param("person:{id}", id="as-links-write-it"),
        pytest.param("{id}", id="number"),
    ],
)
def test_an_actor_is_found_by_name_or_number(
    who: str, rita: User, ansel: User, found: Callable[..., set[int]]
) -> None:
    hers, his = record(actor=rita.actor), record(actor=ansel.actor)
    assert found(hers, his, who=who.format(id=rita.pk)) == {place(hers)}


def test_a_machine_is_found_by_its_name(rita: User, found: Callable[..., set[int]]) -> None:
    now = clock.now()
    token = APIToken.objects.create(
        name="Night build",
        secret_sha256="0" * 64,
        app_id="com.example.clinic",
        created_by=rita,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    its, others = record(actor=token.actor), record(actor=Actor(ActorKind.API_TOKEN, "99999"))
    assert found(its, others, who="night") == {place(its)}


def test_the_console_and_nobody_are_found_as_pages_write_them(found: Callable[..., set[int]]) -> None:
    console, nobody = record(), record(Action.SIGN_IN_REFUSED, actor=Actor(ActorKind.ANONYMOUS))
    assert found(console, nobody, who="the console") == {place(console)}
    assert found(console, nobody, who="Nobody signed in") == {place(nobody)}


def test_a_tester_is_found_by_number_and_by_name_only_for_who_sees_testers(
    orla: User, audra: User, rita: User
) -> None:
    tester = Tester.objects.create(app=app_made(), name="Tessa Tester", created_at=clock.now())
    event = record(Action.TESTER_LEFT, actor=Actor(ActorKind.TESTER, str(tester.pk)))
    assert place(event) in shown(audra, who=f"tester {tester.pk}")
    assert place(event) in shown(orla, who="Tessa")
    assert shown(audra, who="Tessa") == []


def test_somebody_unknown_finds_nothing_and_says_how_to_write_it(audra: User) -> None:
    page = signed_in(audra).get(LOG, {"who": "Zebedee"}).content.decode()
    assert "Nobody here is called" in page
    assert "person 5" in page


def test_a_name_of_too_many_is_refused(audra: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.desk.forms.log_search._MOST_ACTORS", 1)
    page = signed_in(audra).get(LOG, {"who": "example"}).content.decode()
    assert "rc-log-open" in page or "Nobody" in page
    User.objects.create_user("examplea@example.com", name="A")
    User.objects.create_user("exampleb@example.com", name="B")
    page = signed_in(audra).get(LOG, {"who": "example"}).content.decode()
    assert "write more of it" in page


def test_an_action_a_source_an_outcome_an_object_and_an_app_narrow(found: Callable[..., set[int]]) -> None:
    changed = record(app_id="com.example.a", subject=("app", "com.example.a"))
    refused = record(Action.ACCESS_DENIED, outcome=Outcome.DENIED)
    both = (changed, refused)
    assert found(*both, what=Action.APP_CHANGED.value) == {place(changed)}
    assert found(*both, what="updates") == {place(changed)}
    assert found(*both, what="accounts") == {place(refused)}
    assert found(*both, outcome="denied") == {place(refused)}
    assert found(*both, app="com.example.a") == {place(changed)}
    assert found(*both, about="app", id="com.example.a") == {place(changed)}
    assert found(*both, about="app", id="com.example.b") == set()


def test_several_filters_hold_together(rita: User, found: Callable[..., set[int]]) -> None:
    hers = record(actor=rita.actor, app_id="com.example.a")
    elsewhere = record(actor=rita.actor, app_id="com.example.b")
    others = record(app_id="com.example.a")
    assert found(hers, elsewhere, others, who="Rita", app="com.example.a", what="updates") == {place(hers)}


def test_days_begin_where_the_viewers_do(audra: User) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), tick=False):
        late = record()
    client = signed_in(audra)
    client.cookies["console_time_zone"] = "Europe/Berlin"
    page = client.get(LOG, {"since": "2026-03-02", "until": "2026-03-02"}).content.decode()
    assert f"{LOG}{place(late)}/" in page  # half past midnight in Berlin
    assert "Monday, 2 March 2026" in page
    assert "00:30:00" in page
    assert "2026-03-01 23:30:00 UTC" in page
    before = client.get(LOG, {"until": "2026-03-01"}).content.decode()
    assert f"{LOG}{place(late)}/" not in before


def test_one_entry_and_a_range_are_found_by_number(found: Callable[..., set[int]]) -> None:
    first, second, third = record(), record(), record()
    assert found(first, second, third, entry=f"{place(second)}") == {place(second)}
    span = f"{place(first)}-{place(second)}"
    assert found(first, second, third, entry=span) == {place(first), place(second)}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"entry": "5-2"}, "From the lower to the higher one"),
        ({"entry": "0-1000"}, "From the lower to the higher one"),
        ({"entry": "many"}, "Write one number"),
        ({"since": "yesterday"}, "Enter a valid date"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "before the first day"),
        ({"until": "9999-12-31"}, "There is no such day"),
        ({"id": "4"}, "Say what has this id"),
        ({"about": "release"}, "Say which one"),
        ({"what": "made up"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_searched_for_says_why_and_finds_nothing(
    query: dict[str, str], said: str, audra: User
) -> None:
    record()
    page = signed_in(audra).get(LOG, query).content.decode()
    assert said in page
    assert "rc-log-open" not in page


def test_filters_are_said_in_words_each_with_a_way_to_lift_it(audra: User, rita: User) -> None:
    page = signed_in(audra).get(LOG, {"who": f"person:{rita.pk}", "outcome": "done"}).content.decode()
    assert f"by Rita (person {rita.pk})" in page
    assert 'href="?outcome=done"' in page


@pytest.mark.parametrize("order", ["", "oldest"])
@pytest.mark.parametrize("query", [{}, {"what": "updates"}, {"who": "the console"}, {"entry": "0-999"}])
def test_pages_turn_through_every_entry_once_and_back(
    order: str, query: dict[str, str], audra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "PAGE_SIZE", 3)
    with time_machine.travel(NOON, tick=False):  # the same time for all: the number decides
        mine = [place(record()) for _ in range(8)]
    client, pages, address = signed_in(audra), [], LOG
    answer = client.get(LOG, query | ({"order": order} if order else {}))
    while True:
        page = answer.content.decode()
        pages.append([int(each) for each in re.findall(rf'rc-log-open" href="{LOG}(\d+)/"', page)])
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        if onward is None:
            break
        address = LOG + onward[1].replace("&amp;", "&")
        answer = client.get(address)
    walked = [each for each in chain(*pages) if each in mine]
    assert walked == (mine if order else mine[::-1])
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    page = client.get(LOG + back[1].replace("&amp;", "&")).content.decode()
    assert [int(each) for each in re.findall(rf'rc-log-open" href="{LOG}(\d+)/"', page)] == pages[-2]


@pytest.mark.parametrize("turn", ["after=x", "before=99999999999999999-1", "after=1-2-3", "after=²-1"])
def test_a_page_that_was_made_up_leads_to_the_first_one(turn: str, audra: User) -> None:
    newest = place(record())
    assert newest in shown(audra, f"?{turn}") or "99999" in turn


def test_what_has_no_place_yet_says_so(audra: User) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite gives a place at once.")
    with transaction.atomic():
        audit_record(action=Action.APP_CHANGED, actor=SYSTEM, now=clock.now())
    assert "being placed" in signed_in(audra).get(LOG).content.decode()


def test_a_page_asks_as_often_for_many_rows_as_for_few(audra: User, rita: User) -> None:
    def queries() -> int:
        client = signed_in(audra)
        with CaptureQueriesContext(connection) as captured:
            client.get(LOG)
        return len(captured)

    record(actor=rita.actor, subject=("person", str(rita.pk)))
    before = queries()
    for _ in range(10):
        record(actor=rita.actor, subject=("person", str(rita.pk)))
    assert queries() == before


def test_a_row_leads_to_what_it_is_about_while_that_is_there(ada: User, audra: User, rita: User) -> None:
    record(Action.PERSON_DEACTIVATED, actor=ada.actor, subject=("person", str(rita.pk)))
    record(Action.PERSON_DEACTIVATED, actor=ada.actor, subject=("person", "99999"))
    page = signed_in(ada).get(LOG).content.decode()
    assert f'href="/console/people/{rita.pk}/">Rita</a>' in page
    assert "/console/people/99999/" not in page
    assert f"/console/people/{rita.pk}/" not in signed_in(audra).get(LOG).content.decode()


def test_what_the_log_says_of_itself_leads_to_it(audra: User) -> None:
    first = place(record())
    run = AuditVerification.objects.create(asked_at=clock.now())
    record(Action.PROOF_TAKEN, subject=("audit_entry", str(first)))
    record(Action.PROOF_TAKEN, subject=("audit_entry", "99999"))
    record(Action.LOG_VERIFIED, subject=("verification", str(run.pk)))
    page = signed_in(audra).get(LOG).content.decode()
    assert f'href="{LOG}{first}/">Audit entry {first}</a>' in page
    assert f'href="{LOG}verification/">Verification {run.pk}</a>' in page
    assert f"{LOG}99999/" not in page


def reads() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=Action.LOG_READ.value))


def test_looking_for_somebody_is_recorded_once_for_a_search(
    audra: User, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "PAGE_SIZE", 1)
    record(actor=rita.actor)
    record(actor=rita.actor)
    client = signed_in(audra)
    page = client.get(LOG, {"who": "rita"}).content.decode()
    onward = re.search(r'rel="next" href="([^"]+)"', page)
    assert onward is not None
    client.get(LOG + onward[1].replace("&amp;", "&"))
    (read,) = reads()
    assert (read.actor_id, read.detail["filter"]["who"]) == (str(audra.pk), "rita")
    assert b"rita" not in bytes(read.content.content)  # beside the log, where it can be erased
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        client.get(LOG, {"who": "rita"})
    assert len(reads()) == 2


def test_no_address_goes_round_the_record(audra: User, rita: User) -> None:
    """A cursor that was made up is a search as well."""
    record(actor=rita.actor)
    signed_in(audra).get(LOG, {"who": "rita", "after": "9000000000000000-1"})
    assert len(reads()) == 1


@pytest.mark.parametrize(
    "query", [{"about": "person", "id": "7"}, {"about": "tester", "id": "7"}, {"who": "Zed"}]
)
def test_looking_for_what_was_done_to_somebody_is_recorded(query: dict[str, str], audra: User) -> None:
    signed_in(audra).get(LOG, query)
    assert len(reads()) == 1


@pytest.mark.parametrize("query", [{}, {"what": "updates"}, {"app": "com.example.a"}, {"who": "the console"}])
def test_looking_at_the_log_in_general_is_not(query: dict[str, str], audra: User) -> None:
    signed_in(audra).get(LOG, query)
    assert reads() == []


@pytest.mark.parametrize(
    ("query", "values"),
    [
        pytest.param("", {}, id="everything"),
        pytest.param("who=Rit", {"actor.kind": ["person"], "actor.id": ["{id}"]}, id="a-part-of-a-name"),
        pytest.param("who=person:{id}", {"actor.kind": ["person"], "actor.id": ["{id}"]}, id="as-links-do"),
        pytest.param("who=the console", {"actor.kind": ["system"]}, id="the-console"),
        pytest.param(
            "what=signing",
            {"action": sorted(each.value for each in Action if each.value.startswith("signing:"))},
            id="a-part-of-the-console",
        ),
        pytest.param(
            "about=release&id=7&app=com.example.clinic&outcome=denied&order=oldest",
            {
                "object.type": ["release"],
                "object.id": ["7"],
                "app": ["com.example.clinic"],
                "outcome": ["denied"],
            },
            id="an-object",
        ),
    ],
)
def test_a_search_leads_to_an_export_of_the_same(
    query: str, values: dict[str, list[str]], orla: User, rita: User
) -> None:
    client = signed_in(orla)
    address = client.get(f"{LOG}?{query.format(id=rita.pk)}").context["export"]
    wish = client.get(address).context["wish"]
    assert wish.values == {
        name: [each.format(id=rita.pk) for each in wanted] for name, wanted in values.items()
    }
    assert (wish.period.begins_at, wish.period.ends_at) == (None, None)


def test_the_days_of_a_search_are_those_of_its_export(orla: User) -> None:
    client = signed_in(orla)
    address = client.get(f"{LOG}?since=2026-03-01&until=2026-03-02").context["export"]
    period = client.get(address).context["wish"].period
    assert period.ends_at - period.begins_at == timedelta(days=2)


def test_a_search_by_numbers_and_who_may_not_export_are_led_to_none(orla: User, ada: User) -> None:
    assert "/exports/new/" not in signed_in(orla).get(f"{LOG}?entry=1-5").content.decode()
    assert "/exports/new/" not in signed_in(ada).get(LOG).content.decode()


def test_what_somebody_did_and_what_was_done_to_them_lead_to_each_other(audra: User, rita: User) -> None:
    client = signed_in(audra)
    there = client.get(f"{LOG}?who=person:{rita.pk}").context["other_side"].address
    assert there == f"?about=person&id={rita.pk}&order=oldest"
    assert (
        client.get(f"{LOG}{there}").context["other_side"].address == f"?who=person%3A{rita.pk}&order=oldest"
    )
