"""Rules of passing requests on: to whom, with what, by when, and which answers there are."""

from datetime import date, timedelta

import pytest

from compliance.desk.domain.downstream import (
    PASSED_ON,
    FoundBy,
    Known,
    NoticeState,
    ProviderRole,
    Told,
    answer_due,
    answer_require,
    devices_named,
    told_choose,
)
from compliance.desk.domain.request_states import Kind
from compliance.desk.errors import NamesPersonError, ProviderAnswerError

KNOWN = Known(
    emails=("petra@example.org",),
    devices=(("com.example.a", "d-1"), ("com.example.b", "d-2")),
    custom_ids=(("com.example.a", "petra-4711"),),
)
TODAY = date(2026, 3, 2)
S, R, K = NoticeState, ProviderRole, Kind


@pytest.mark.parametrize(
    ("by", "apps", "told"),
    [
        (FoundBy.EMAIL, (), ["e-mail address petra@example.org"]),
        (
            FoundBy.DEVICE,
            (),
            ["device id d-1 (app com.example.a)", "device id d-2 (app com.example.b)"],
        ),
        (FoundBy.DEVICE, ("com.example.b",), ["device id d-2 (app com.example.b)"]),
        (FoundBy.CUSTOM_ID, ("com.example.a",), ["user name petra-4711 (app com.example.a)"]),
        (FoundBy.CUSTOM_ID, ("com.example.b",), []),
    ],
)
def test_a_notice_names_what_its_provider_needs_and_no_more(
    by: FoundBy, apps: tuple[str, ...], told: list[str]
) -> None:
    chosen = told_choose(KNOWN, by=[by], apps=apps)
    assert chosen.spelled == told
    assert Told.from_text(chosen.to_text()) == chosen


A, B = ("com.example.a", "d-1"), ("com.example.b", "d-1")


@pytest.mark.parametrize(
    ("devices", "found", "named"),
    [
        pytest.param({A, B}, {A}, (A,), id="where something was found"),
        pytest.param({A, B}, {A, B}, (A, B), id="in both"),
        pytest.param({A, B}, (), (("", "d-1"),), id="nowhere: as it was proved, of no app"),
        pytest.param({A}, {B}, (("", "d-1"),), id="not where somebody else has it"),
    ],
)
def test_no_app_is_named_in_which_nothing_was_found(
    devices: set[tuple[str, str]], found: set[tuple[str, str]], named: tuple[tuple[str, str], ...]
) -> None:
    assert devices_named(devices, found) == named
    (told,) = told_choose(Known((), named, ()), by=[FoundBy.DEVICE], apps=["com.example.a"]).lines[:1]
    assert told[2] in {"", "com.example.a"}


def test_a_text_that_is_kept_does_not_name_whom_a_notice_is_about() -> None:
    told = told_choose(KNOWN, by=[FoundBy.EMAIL], apps=())
    told.unnamed_require("They say that it's done.")
    with pytest.raises(NamesPersonError):
        told.unnamed_require("They deleted PETRA@example.org.")


@pytest.mark.parametrize(
    ("request_due", "due"),
    [
        pytest.param(TODAY + timedelta(days=45), TODAY + timedelta(days=15), id="time enough"),
        pytest.param(TODAY + timedelta(days=6), TODAY + timedelta(days=6), id="in time for the answer"),
        pytest.param(TODAY - timedelta(days=1), TODAY, id="never in the past"),
    ],
)
def test_an_answer_is_due_in_time_for_the_answer_to_the_request(request_due: date, due: date) -> None:
    assert answer_due(TODAY, request_due=request_due) == due


def test_each_kind_goes_on_to_whom_the_rules_name() -> None:
    told = {kind: "".join(role.value[0] for role in sorted(roles)) for kind, (roles, _) in PASSED_ON.items()}
    assert told == {K.DELETE: "cpt", K.CORRECT: "cp", K.OPT_OUT: "t", K.LIMIT: "cpt"}
    assert all("confirm with counsel" in rule.citation for _, rule in PASSED_ON.values())


@pytest.mark.parametrize(
    ("kind", "role", "state", "to", "note", "may"),
    [
        (K.DELETE, R.PROVIDER, S.SENT, S.CONFIRMED, "", True),
        (K.DELETE, R.PROVIDER, S.DUE, S.CONFIRMED, "", False),
        (K.DELETE, R.PROVIDER, S.SENT, S.REFUSED, "They need it for a warranty.", True),
        (K.DELETE, R.PROVIDER, S.SENT, S.REFUSED, " ", False),
        (K.DELETE, R.THIRD_PARTY, S.DUE, S.IMPOSSIBLE, "It's dissolved.", True),
        (K.DELETE, R.THIRD_PARTY, S.DUE, S.IMPOSSIBLE, "", False),
        (K.DELETE, R.CONTRACTOR, S.DUE, S.IMPOSSIBLE, "It's dissolved.", False),
        (K.OPT_OUT, R.THIRD_PARTY, S.DUE, S.IMPOSSIBLE, "It's dissolved.", False),
        (K.DELETE, R.PROVIDER, S.CONFIRMED, S.REFUSED, "Twice.", False),
        (K.DELETE, R.PROVIDER, S.NOBODY, S.CONFIRMED, "", False),
    ],
)
def test_which_answer_may_be_recorded(
    kind: Kind, role: ProviderRole, state: NoticeState, to: NoticeState, note: str, *, may: bool
) -> None:
    if may:
        answer_require(kind=kind, role=role, state=state, to=to, note=note)
    else:
        with pytest.raises(ProviderAnswerError):
            answer_require(kind=kind, role=role, state=state, to=to, note=note)
