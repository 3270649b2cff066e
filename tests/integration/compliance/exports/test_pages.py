"""The pages of exports, as the officer uses them."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from compliance.desk.models import Export, ExportCopy
from compliance.desk.models.exports import ExportState
from compliance.desk.services.export_making import exports_make
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from compliance.ledger.services.sequencing import events_sequence
from tests.support.exporting import REASON, happened, made, wish_of
from tests.support.operator import hidden
from tests.support.people import code_of, signed_in

NEW = "/console/compliance/exports/new/"


def events_of(action: Action) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action.value).order_by("number"))


def page_of(client: Client, export: Export, act: str = "", *, ask: bool = False, **fields: str) -> Any:
    address = f"/console/compliance/exports/{export.pk}/{act}"
    return client.post(address, fields, follow=True) if act.endswith("/") and not ask else client.get(address)


def test_an_officer_sees_how_much_it_is_and_orders_it(orla: User) -> None:
    happened(3, user=orla)
    events_sequence()  # PostgreSQL: the worker does it, every other second
    client = signed_in(orla)
    address = f"{NEW}?period=everything&what=updates:app"
    shown = client.get(address).content.decode()
    assert "<dt>Shown</dt><dd>3</dd>" in shown
    answer = client.post(address, {"reason": REASON}, follow=True)
    assert "It waits for the worker." in answer.content.decode()
    exports_make()
    export = Export.objects.get()
    assert (export.state, export.counts["shown"]) == (ExportState.READY, 3)
    done = page_of(client, export).content.decode()
    assert export.sha256 in done
    assert "python3 -I verify.py" in done
    assert export.values == {"action": sorted(a.value for a in Action if a.value.startswith("updates:app:"))}


def test_an_export_needs_a_reason(orla: User) -> None:
    answer = signed_in(orla).post(f"{NEW}?period=everything", {"reason": "  "})
    assert "This field is required." in answer.content.decode()
    assert not Export.objects.exists()


def test_personal_values_take_a_confirmation(orla: User) -> None:
    client, address = signed_in(orla), f"{NEW}?period=everything&personal=on"
    refused = client.post(address, {"reason": REASON})
    assert refused.status_code == 200
    assert not Export.objects.exists()
    digest = hidden(client.get(address).content.decode())["digest"]
    answer = client.post(address, {"reason": REASON, "digest": digest, "code": code_of(orla)})
    assert answer.status_code == 302
    assert Export.objects.get().personal


def test_a_confirmation_of_other_entries_does_not_count(orla: User) -> None:
    client, address = signed_in(orla), f"{NEW}?period=everything&personal=on"
    digest = hidden(client.get(f"{address}&outcome=denied").content.decode())["digest"]
    answer = client.post(address, {"reason": REASON, "digest": digest, "code": code_of(orla)})
    assert answer.status_code == 200
    assert not Export.objects.exists()


def test_the_order_is_on_the_log_with_its_reason_as_a_commitment(orla: User) -> None:
    signed_in(orla).post(f"{NEW}?period=everything", {"reason": REASON})
    [order] = events_of(Action.EXPORT_ORDERED)
    assert order.detail["reason"] == REASON
    assert REASON.encode() not in bytes(order.content.content)
    assert order.object_id == str(Export.objects.get().pk)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("period=days&since=2026-03-02&until=2026-03-01", "The period ends before it begins."),
        ("period=this_year&since=2026-03-02", "You chose days as well."),
        ("period=never", "Select a valid choice."),
        ("period=everything&who=Nobody Here", "Nobody here, or more than one, is called that."),
        ("period=everything&what=updates:nothing", "Select a valid choice."),
    ],
)
def test_a_filter_that_says_nothing_is_refused(query: str, wrong: str, orla: User) -> None:
    client = signed_in(orla)
    assert wrong in client.get(f"{NEW}?{query}").content.decode()
    client.post(f"{NEW}?{query}", {"reason": REASON})
    assert not Export.objects.exists()


@pytest.mark.parametrize("who", ["Orla", "orla@example.com", "person {pk}"])
def test_a_person_is_found_by_name_address_or_number(who: str, orla: User) -> None:
    answer = signed_in(orla).get(NEW, {"period": "everything", "who": who.format(pk=orla.pk)})
    assert answer.context["wish"].values == {"actor.kind": ["person"], "actor.id": [str(orla.pk)]}


def test_what_waits_can_be_cancelled_and_made_again(orla: User) -> None:
    client = signed_in(orla)
    client.post(f"{NEW}?period=everything", {"reason": REASON})
    export = Export.objects.get()
    page = page_of(client, export, "cancel/").content.decode()
    assert ">cancelled<" in page
    assert ">failed<" not in page
    assert exports_make() == 0
    assert "It waits for the worker." in page_of(client, export, "retry/").content.decode()
    exports_make()
    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert [len(events_of(a)) for a in (Action.EXPORT_CANCELLED, Action.EXPORT_RETRIED)] == [1, 1]


@pytest.mark.parametrize("act", ["cancel/", "retry/"])
def test_what_is_ready_can_neither_be_cancelled_nor_made_again(act: str, orla: User) -> None:
    export, client = made(orla, wish_of()), signed_in(orla)
    answer = page_of(client, export, act).content.decode()
    assert "rc-alert-bad" in answer or "rc-message" in answer
    export.refresh_from_db()
    assert export.state == ExportState.READY


def test_who_else_holds_a_copy_is_noted(orla: User) -> None:
    export, client = made(orla, wish_of()), signed_in(orla)
    answer = page_of(client, export, "copies/", holder="Auditors & Sons", note="on a stick, until June")
    assert "Auditors &amp; Sons" in answer.content.decode()
    [event] = events_of(Action.EXPORT_HANDED_ON)
    assert event.detail["name"] == "Auditors & Sons"
    assert b"Auditors" not in bytes(event.content.content)


def test_a_copy_without_a_holder_is_refused(orla: User) -> None:
    export, client = made(orla, wish_of()), signed_in(orla)
    assert "This field is required." in page_of(client, export, "copies/").content.decode()
    assert not ExportCopy.objects.exists()


def test_the_file_can_be_removed_before_its_time(orla: User) -> None:
    export, client = made(orla, wish_of()), signed_in(orla)
    assert (
        "Nobody can download it here any more"
        in page_of(client, export, "remove/", ask=True).content.decode()
    )
    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert "file removed" in page_of(client, export, "remove/").content.decode()
    assert page_of(client, export, "pack.zip").status_code == 302
    assert len(events_of(Action.EXPORT_REMOVED)) == 1


@pytest.mark.parametrize("act", ["", "progress/", "pack.zip"])
def test_who_may_only_read_the_log_gets_no_export(act: str, orla: User, ada: User) -> None:
    export = made(orla, wish_of())
    answer = signed_in(ada).get(f"/console/compliance/exports/{export.pk}/{act}")
    assert answer.status_code == 403
    assert not ExportCopy.objects.exists()


def test_the_register_lists_what_was_exported(orla: User) -> None:
    export = made(orla, wish_of())
    shown = signed_in(orla).get("/console/compliance/exports/").content.decode()
    assert str(export.pk)[:8] in shown
    assert REASON in shown


def test_the_log_leads_to_an_export_who_may_make_one(orla: User, ada: User) -> None:
    address = f'href="/console/compliance/exports/{made(orla, wish_of()).pk}/"'
    assert address in signed_in(orla).get("/console/compliance/log/").content.decode()
    assert address not in signed_in(ada).get("/console/compliance/log/").content.decode()
