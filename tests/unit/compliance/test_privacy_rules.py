"""Rules of privacy requests beside their clocks: who is asked what, on which grounds, and what is kept."""

from datetime import date

import pytest

from compliance.desk.domain import rules
from compliance.desk.domain.denials import GROUNDS, Basis, Category, bases_for, bases_require
from compliance.desk.domain.metrics import Answered, metrics_compute
from compliance.desk.domain.request_states import (
    OPT_OUTS,
    Kind,
    Outcome,
    Scope,
    State,
    acknowledgement_require,
    running_require,
)
from compliance.desk.domain.subjects import (
    Contact,
    SubjectKind,
    masked,
    record_text_require,
    reference_spell,
    subject_normalise,
)
from compliance.desk.domain.verification import METHODS, Authority, Method, method_require, methods_for
from compliance.desk.errors import (
    DenialBasisError,
    IdentityNotAskedError,
    NamesPersonError,
    RequestStateError,
    VerificationMethodError,
)

EVERY_RULE = [
    *(value for value in vars(rules).values() if isinstance(value, rules.Rule)),
    *(ground.rule for ground in GROUNDS.values()),
    *(terms.rule for terms in METHODS.values()),
]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.section)
def test_no_rule_is_quoted_without_its_section_text_and_caveat(rule: rules.Rule) -> None:
    assert rule.section in rule.citation
    assert "text of 2023" in rule.citation or "text not read" in rule.citation
    assert rule.citation.endswith("confirm with counsel")


@pytest.mark.parametrize("kind", sorted(OPT_OUTS))
def test_nobody_is_asked_who_they_are_to_opt_out_or_limit(kind: Kind) -> None:
    assert methods_for(kind, Scope.NONE, Authority.NONE) == ()
    for method in METHODS:
        with pytest.raises(IdentityNotAskedError):
            method_require(method, kind=kind, scope=Scope.NONE, authority=Authority.NONE)


@pytest.mark.parametrize(
    ("kind", "scope", "method", "is_enough"),
    [
        pytest.param(Kind.DELETE, Scope.NONE, Method.TWO_POINTS, True, id="two points to delete"),
        pytest.param(Kind.CORRECT, Scope.NONE, Method.TWO_POINTS, True, id="two points to correct"),
        pytest.param(Kind.KNOW, Scope.CATEGORIES, Method.TWO_POINTS, True, id="two points for categories"),
        pytest.param(Kind.KNOW, Scope.SPECIFIC, Method.TWO_POINTS, False, id="not for specific pieces"),
        pytest.param(Kind.KNOW, Scope.SPECIFIC, Method.THREE_POINTS, True, id="three points for those"),
        pytest.param(Kind.DELETE, Scope.NONE, Method.ACCOUNT, True, id="an account, proved anew"),
        pytest.param(Kind.DELETE, Scope.NONE, Method.DEVICE, True, id="the device itself"),
        pytest.param(Kind.DELETE, Scope.NONE, Method.AGENT, False, id="an agent's permission of no agent"),
        pytest.param(Kind.DELETE, Scope.NONE, Method.NONE, False, id="nothing"),
    ],
)
def test_a_method_is_enough_by_what_is_asked_for(
    kind: Kind, scope: Scope, method: Method, *, is_enough: bool
) -> None:
    if is_enough:
        method_require(method, kind=kind, scope=scope, authority=Authority.NONE)
    else:
        with pytest.raises(VerificationMethodError):
            method_require(method, kind=kind, scope=scope, authority=Authority.NONE)


def test_an_agent_is_verified_by_what_they_speak_by() -> None:
    """Whoever has a power of attorney isn't asked for a signed permission, and the other way round."""
    by_power = methods_for(Kind.DELETE, Scope.NONE, Authority.POWER_OF_ATTORNEY)
    by_permission = methods_for(Kind.DELETE, Scope.NONE, Authority.SIGNED_PERMISSION)
    assert (by_power, by_permission) == ((Method.POWER_OF_ATTORNEY,), (Method.AGENT,))


def test_exceptions_to_deletion_deny_no_other_kind() -> None:
    assert {Basis.SECURITY, Basis.LEGAL} <= set(bases_for(Kind.DELETE))
    for kind in set(Kind) - {Kind.DELETE}:
        assert not {basis for basis in bases_for(kind) if basis.value.startswith("105d")}
    for kind in OPT_OUTS:
        assert Basis.NOT_VERIFIED not in bases_for(kind)


@pytest.mark.parametrize(
    ("bases", "explanation", "kind"),
    [
        pytest.param((), "Because.", Kind.DELETE, id="no section"),
        pytest.param((Basis.SECURITY,), " \n", Kind.DELETE, id="no word"),
        pytest.param((Basis.SECURITY,), "Because.", Kind.KNOW, id="a section of another kind"),
        pytest.param((Basis.NO_DATA, Basis.NOT_VERIFIED), "Because.", Kind.OPT_OUT, id="one of two"),
    ],
)
def test_a_denial_needs_a_section_that_fits_and_a_word(
    bases: tuple[Basis, ...], explanation: str, kind: Kind
) -> None:
    with pytest.raises(DenialBasisError):
        bases_require(bases, explanation, kind=kind)


def test_a_section_counts_once() -> None:
    named = bases_require([Basis.LEGAL, Basis.LEGAL], "Tax law.", kind=Kind.DELETE)
    assert named == (Basis.LEGAL,)


def test_a_closed_request_is_only_a_record() -> None:
    with pytest.raises(RequestStateError):
        running_require(State.CLOSED)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        pytest.param(Kind.DELETE, State.IN_PROGRESS, id="acknowledged already"),
        pytest.param(Kind.DELETE, State.CLOSED, id="closed"),
        pytest.param(Kind.OPT_OUT, State.OPEN, id="a kind that isn't acknowledged"),
    ],
)
def test_what_cannot_be_acknowledged(kind: Kind, state: State) -> None:
    with pytest.raises(RequestStateError):
        acknowledgement_require(kind, state)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param("8f0f2f4e-0000-4000-8000-00000000beef", "…beef", id="a device"),
        pytest.param("petra@example.org", "….org", id="an address"),
        pytest.param("bobby", "…by", id="a short one"),
        pytest.param("x", "…", id="one character"),
    ],
)
def test_of_an_identifier_only_the_end_is_shown(value: str, shown: str) -> None:
    assert masked(value) == shown


@pytest.mark.parametrize(
    ("kind", "proves"),
    [
        pytest.param(SubjectKind.EMAIL, {Method.ACCOUNT, Method.TWO_POINTS}, id="address"),
        pytest.param(SubjectKind.TESTER, {Method.ACCOUNT, Method.TWO_POINTS}, id="tester"),
        pytest.param(SubjectKind.DEVICE, {Method.DEVICE, Method.TWO_POINTS}, id="device"),
        pytest.param(SubjectKind.CUSTOM_ID, {Method.TWO_POINTS}, id="user name"),
    ],
)
def test_a_method_proves_what_it_can_know(kind: SubjectKind, proves: set[Method]) -> None:
    asked = {Method.ACCOUNT, Method.DEVICE, Method.TWO_POINTS}
    assert {method for method in asked if kind.is_proved_by(method)} == proves


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        pytest.param(SubjectKind.EMAIL, " Tess@Example.COM", "tess@example.com", id="e-mail"),
        pytest.param(SubjectKind.PHONE, "+1 (555) 010-9999", "15550109999", id="phone"),
        pytest.param(SubjectKind.DEVICE, " 8f0f ", "8f0f", id="device"),
        pytest.param(SubjectKind.CUSTOM_ID, "\uff54\uff45\uff53\uff53", "tess", id="full-width letters"),
    ],
)
def test_an_identifier_has_one_spelling(kind: SubjectKind, one: str, other: str) -> None:
    assert subject_normalise(kind, one) == subject_normalise(kind, other)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Mail of TESS@example.com", id="e-mail"),
        pytest.param("tess tester called again", id="name"),
        pytest.param("the phone 8f0f2f4e", id="device"),
        pytest.param("Agent Smith is on holiday", id="the agent"),
    ],
)
def test_a_text_that_is_kept_names_nobody(text: str) -> None:
    contact = Contact(
        name="Tess Tester", email="tess@example.com", device_ids=("8f0f2f4e",), agent_name="Agent Smith"
    )
    with pytest.raises(NamesPersonError):
        record_text_require(text, contact)
    record_text_require("Many requests came at once.", contact)


def test_a_short_name_or_a_testers_number_keeps_no_text_out() -> None:
    record_text_require("It took 123 days to go on.", Contact(name="Jo", tester="123"))


def test_a_contact_comes_back_as_it_was() -> None:
    contact = Contact(
        name="Ünal 张",
        email="u@example.com",
        device_ids=("a", "b"),
        statement='line\n"quoted" <b>',
        agent_name="An Agent",
        authority=Authority.SIGNED_PERMISSION,
    )
    assert Contact.from_text(contact.to_text()) == contact


def test_a_reference_can_be_read_out() -> None:
    assert reference_spell(bytes(5)) == "PR-AAAAAAAA"


def test_yearly_figures_count_each_request_once() -> None:
    first = date(2026, 1, 1)
    asked = [
        Answered(Kind.DELETE, Outcome.COMPLETE, (), first, date(2026, 1, 11)),
        Answered(Kind.DELETE, Outcome.PARTIAL, (Basis.SECURITY,), first, date(2026, 1, 21)),
        Answered(Kind.DELETE, Outcome.DENIED, (Basis.NOT_VERIFIED, Basis.LEGAL), first, date(2026, 2, 15)),
        Answered(Kind.DELETE, Outcome.WITHDRAWN, (), first, date(2026, 1, 2)),
        Answered(Kind.DELETE, Outcome.NONE, (), first, None),
    ]
    delete, *others = metrics_compute(asked)
    counted = (delete.complied, delete.complied_in_part, delete.denied, delete.withdrawn, delete.running)
    assert (delete.received, counted) == (5, (1, 1, 1, 1, 1))
    assert (delete.median_days, delete.mean_days) == (20.0, 25.0)
    assert delete.denials[Category.NOT_VERIFIABLE] == 1
    assert sum(delete.denials.values()) == delete.denied
    assert [(line.kind, line.received, line.median_days) for line in others] == [
        (kind, 0, None) for kind in list(Kind)[1:]
    ]


def test_a_device_is_found_however_its_id_is_typed() -> None:
    typed = Contact(device_ids=(" E5A0B1E0-7E57-4E57-A000-0000000DEAD1 ", ""))
    assert typed.device_ids == ("e5a0b1e0-7e57-4e57-a000-0000000dead1",)
    assert Contact.from_text(typed.to_text()) == typed
    spelled = subject_normalise(SubjectKind.DEVICE, "E5A0B1E0-7E57-4E57-A000-0000000DEAD1")
    assert typed.identifiers() == [(SubjectKind.DEVICE, spelled)]
