"""The database itself refuses what no rule allows: raw inserts, on both engines."""

from typing import Any, Final

import pytest
from django.db import IntegrityError, connection, transaction

from compliance.desk.domain.request_states import ONCE, Step

pytestmark = pytest.mark.django_db

BASE: Final[dict[str, Any]] = {
    "reference": "PR-RAWRAWRA",
    "kind": "delete",
    "scope": "",
    "channel": "mail",
    "state": "in_progress",
    "app_id": "",
    "signals_gpc": False,
    "received_at": "2026-03-02 12:00:00+00:00",
    "received_on": "2026-03-02",
    "recorded_at": "2026-03-02 12:00:00+00:00",
    "backdate_reason": "",
    "ack_due": "2026-03-16",
    "ack_sent_at": "2026-03-03 12:00:00+00:00",
    "due": "2026-04-16",
    "extended_at": None,
    "extended_on": None,
    "extension_reason": "",
    "extended_due": None,
    "authority": "",
    "verification": "verified",
    "verification_method": "two_points",
    "verified_at": "2026-03-03 12:00:00+00:00",
    "closed_at": None,
    "closed_on": None,
    "kept_until": None,
    "outcome": "",
    "denial_bases": "",
    "explanation": "",
    "result": "{}",
    "sealed_contact": "v1.x.y",
}
EXTENDED: Final = {
    "extended_at": "2026-04-16 12:00:00+00:00",
    "extended_on": "2026-04-16",
    "extension_reason": "Many at once.",
    "extended_due": "2026-05-31",
}
CLOSED: Final = {
    "state": "closed",
    "closed_at": "2026-04-01 12:00:00+00:00",
    "closed_on": "2026-04-01",
    "kept_until": "2028-04-01",
    "outcome": "complete",
    "sealed_contact": "",
}
EXTENDED_LATE: Final = EXTENDED | {
    "extended_at": "2026-04-17 12:00:00+00:00",
    "extended_on": "2026-04-17",
    "extended_due": None,
}
OPT_OUT: Final = {
    "kind": "opt_out",
    "ack_due": None,
    "ack_sent_at": None,
    "due": "2026-03-23",
    "verification": "not_needed",
    "verification_method": "",
    "verified_at": None,
}
DENIED: Final = CLOSED | {"outcome": "denied", "denial_bases": "105d8", "explanation": "Tax law."}


def insert(**changed: Any) -> None:
    row = BASE | changed
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    with transaction.atomic(), connection.cursor() as cursor:
        statement = f"INSERT INTO desk_privacyrequest ({names}) VALUES ({places})"  # noqa: S608 (names of ours)
        cursor.execute(statement, list(row.values()))


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({}, id="running"),
        pytest.param(EXTENDED, id="extended on day 45"),
        pytest.param(EXTENDED_LATE, id="extended too late, as it turned out"),
        pytest.param(CLOSED, id="closed"),
        pytest.param(EXTENDED | CLOSED, id="extended and closed"),
        pytest.param(DENIED, id="denied"),
        pytest.param(OPT_OUT, id="opt-out"),
        pytest.param({"kind": "know", "scope": "specific"}, id="to know"),
    ],
)
def test_what_the_rules_allow_goes_in(row: dict[str, Any]) -> None:
    insert(**row)


@pytest.mark.parametrize(
    ("constraint", "row"),
    [
        ("kind_known", {"kind": "forget"}),
        ("scope_known", {"kind": "know", "scope": "some"}),
        ("channel_known", {"channel": "fax"}),
        ("state_known", {"state": "paused"}),
        ("outcome_known", CLOSED | {"outcome": "lost"}),
        ("authority_known", {"authority": "hearsay"}),
        ("verification_method_known", {"verification_method": "passport"}),
        ("scope_of_know", {"scope": "specific"}),
        ("scope_of_know", {"kind": "know"}),
        ("received_before_recorded", {"recorded_at": "2026-03-02 11:59:59+00:00", "backdate_reason": "x"}),
        ("backdated_why", {"recorded_at": "2026-03-09 12:00:00+00:00"}),
        ("ack_unless_opt_out", {"ack_due": None}),
        ("ack_unless_opt_out", OPT_OUT | {"ack_due": "2026-03-16"}),
        ("ack_due_bounds", {"ack_due": "2026-03-13"}),
        ("ack_due_bounds", {"ack_due": "2026-04-17"}),
        ("ack_after_receipt", {"ack_sent_at": "2026-03-02 11:00:00+00:00"}),
        ("due", {"due": "2026-04-15"}),
        ("due", {"due": "2026-04-17"}),
        ("opt_out_due_bounds", OPT_OUT | {"due": "2026-03-20"}),
        ("opt_out_due_bounds", OPT_OUT | {"due": "2026-04-17"}),
        ("extension_whole", {"extension_reason": "Many at once."}),
        ("extension_whole", EXTENDED | {"extension_reason": ""}),
        ("extension_whole", EXTENDED | {"extended_on": None}),
        ("extension_whole", EXTENDED | {"extended_at": None}),
        ("extended_in_time", EXTENDED | {"extended_due": None}),
        ("extended_in_time", EXTENDED | {"extended_on": "2026-04-17"}),
        ("extension_whole", {"extended_due": "2026-05-31"}),
        ("extended_after_receipt", EXTENDED | {"extended_at": "2026-03-02 11:00:00+00:00"}),
        ("extended_due", EXTENDED | {"extended_due": "2026-05-30"}),
        ("extended_due", EXTENDED | {"extended_due": "2026-06-01"}),
        ("opt_out_not_extended", OPT_OUT | EXTENDED),
        ("opt_out_not_verified", OPT_OUT | {"verification": "pending"}),
        ("opt_out_not_verified", {**OPT_OUT, "kind": "delete", "ack_due": "2026-03-16", "due": "2026-04-16"}),
        ("verified_how", {"verification_method": ""}),
        ("verified_how", {"verified_at": None}),
        ("verified_how", {"verification": "pending"}),
        ("closed_whole", {"outcome": "complete"}),
        ("closed_whole", {"closed_at": "2026-04-01 12:00:00+00:00"}),
        ("closed_whole", CLOSED | {"outcome": ""}),
        ("closed_whole", CLOSED | {"kept_until": None}),
        ("closed_after_receipt", CLOSED | {"closed_at": "2026-03-02 11:00:00+00:00"}),
        ("refused_why", DENIED | {"denial_bases": ""}),
        ("refused_why", DENIED | {"explanation": ""}),
        ("refused_why", DENIED | {"outcome": "partial", "denial_bases": ""}),
        (
            "complied_verified",
            CLOSED | {"verification": "failed", "verification_method": "", "verified_at": None},
        ),
        ("kept_24_months", CLOSED | {"kept_until": "2028-03-30"}),
        ("closed_holds_nobody", CLOSED | {"sealed_contact": "v1.x.y"}),
    ],
)
def test_what_no_rule_allows_is_refused(constraint: str, row: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=f"desk_request_{constraint}"):
        insert(**row)


def test_a_reference_is_given_once() -> None:
    insert()
    with pytest.raises(IntegrityError):
        insert()


def step_insert(step: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM desk_privacyrequest")
        (number,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO desk_privacyrequeststep (request_id, step, at, note) VALUES (%s, %s, %s, '')",
            [number, step, "2026-04-16 12:00:00+00:00"],
        )


@pytest.mark.parametrize("step", ONCE)
def test_a_request_is_extended_and_answered_once(step: Step) -> None:
    insert()
    step_insert(step.value)
    with pytest.raises(IntegrityError):
        step_insert(step.value)


def test_several_attempts_to_verify_may_fail() -> None:
    insert()
    step_insert(Step.VERIFICATION_FAILED.value)
    step_insert(Step.VERIFICATION_FAILED.value)


def test_a_step_is_one_that_is_known() -> None:
    insert()
    with pytest.raises(IntegrityError, match="desk_request_step_known"):
        step_insert("paused")


def test_there_is_one_subject_key() -> None:
    with (
        pytest.raises(IntegrityError, match="desk_subject_key_only_one"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO desk_subjectkey (id, sealed_key) VALUES (2, 'v1.x.y')")
