"""What the identity provider's word is worth: no claim, no credit."""

from typing import Any

import pytest

from accounts.domain.assurance import AAL
from accounts.domain.roles import Role
from accounts.domain.single_sign_on import (
    CreditRules,
    RoleChanges,
    assurance_from_claims,
    email_is_of,
    role_changes,
    role_groups_parse,
    roles_of_groups,
)

RULES = CreditRules(acr=frozenset({"two"}), amr=frozenset({"mfa", "otp", "hwk"}))
ALL_WORDS = ["mfa", "otp", "hwk", "pwd", "pin", "fpt"]


@pytest.mark.parametrize(
    ("acr", "amr", "aal"),
    [
        pytest.param(None, None, AAL.ONE, id="nothing"),
        pytest.param("two", None, AAL.TWO, id="acr"),
        pytest.param("TWO", None, AAL.ONE, id="acr-in-another-case"),
        pytest.param("two three", None, AAL.ONE, id="acr-among-others"),
        pytest.param(["two"], None, AAL.ONE, id="acr-a-list"),
        pytest.param(2, None, AAL.ONE, id="acr-a-number"),
        pytest.param("", [], AAL.ONE, id="empty"),
        pytest.param(None, ["mfa"], AAL.TWO, id="mfa"),
        pytest.param(None, "mfa", AAL.ONE, id="amr-a-string"),
        pytest.param(None, {"mfa": True}, AAL.ONE, id="amr-an-object"),
        pytest.param(None, [["mfa"]], AAL.ONE, id="amr-nested"),
        pytest.param(None, ["pwd"], AAL.ONE, id="password"),
        pytest.param(None, ["otp"], AAL.ONE, id="code-alone"),
        pytest.param(None, ["hwk", "otp"], AAL.ONE, id="two-things-one-has"),
        pytest.param(None, ["pwd", "pin"], AAL.ONE, id="two-things-one-knows"),
        pytest.param(None, ["pwd", "otp"], AAL.TWO, id="password-and-code"),
        pytest.param(None, ["hwk", "fpt"], AAL.TWO, id="key-and-finger"),
        pytest.param(None, ["pwd", "sms"], AAL.ONE, id="a-method-that-does-not-count"),
    ],
)
def test_a_sign_in_elsewhere_is_judged_by_what_it_says(acr: Any, amr: Any, aal: AAL) -> None:
    assert assurance_from_claims(acr=acr, amr=amr, rules=RULES, needs_security_key=False) is aal


def test_nothing_counts_unless_the_operator_says_so() -> None:
    aal = assurance_from_claims(acr="two", amr=ALL_WORDS, rules=CreditRules(), needs_security_key=False)
    assert aal is AAL.ONE


def test_no_word_replaces_a_custodians_security_key() -> None:
    aal = assurance_from_claims(acr="two", amr=ALL_WORDS, rules=RULES, needs_security_key=True)
    assert aal is AAL.ONE


def test_a_knowledge_word_the_operator_lists_is_still_one_factor() -> None:
    rules = CreditRules(amr=frozenset({"pwd", "pin"}))
    aal = assurance_from_claims(acr=None, amr=["pwd", "pin"], rules=rules, needs_security_key=False)
    assert aal is AAL.ONE


def test_pairs_are_read_as_they_are_written() -> None:
    mapping = role_groups_parse(["qa = approver", "cn=Audit=auditor"], privileged=False)
    assert mapping == {"qa": Role.APPROVER, "cn=Audit": Role.AUDITOR}


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param(["qa"], id="no-role"),
        pytest.param(["=approver"], id="no-group"),
        pytest.param(["qa="], id="empty-role"),
        pytest.param(["qa=boss"], id="no-such-role"),
        pytest.param(["qa=Approver"], id="another-case"),
        pytest.param(["qa=approver", "qa=auditor"], id="twice"),
        pytest.param(["ops=administrator"], id="administrator"),
        pytest.param(["ops=key_custodian"], id="custodian"),
    ],
)
def test_pairs_that_cannot_be_right_are_refused(pairs: list[str]) -> None:
    with pytest.raises(ValueError, match=r"group|role"):
        role_groups_parse(pairs, privileged=False)


def test_privileged_roles_come_from_groups_if_the_operator_says_so() -> None:
    assert role_groups_parse(["ops=administrator"], privileged=True) == {"ops": Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        pytest.param(["qa", "x"], {Role.APPROVER}, id="list"),
        pytest.param("qa", set(), id="string"),
        pytest.param(None, set(), id="missing"),
        pytest.param([1, None, ["qa"]], set(), id="not-strings"),
    ],
)
def test_groups_are_a_list_of_strings(groups: Any, roles: set[Role]) -> None:
    assert roles_of_groups(groups, {"qa": Role.APPROVER}) == roles


def test_what_was_given_by_hand_stays() -> None:
    changes = role_changes(
        mapped={Role.APPROVER},
        held={Role.RELEASE_MANAGER, Role.AUDITOR},
        from_groups={Role.AUDITOR},
    )
    assert changes == RoleChanges(frozenset({Role.APPROVER}), frozenset({Role.AUDITOR}))


@pytest.mark.parametrize(
    ("email", "is_of"),
    [
        ("a@example.com", True),
        ("a@EXAMPLE.com", True),
        ("a@b@example.com", True),
        ("a@sub.example.com", False),
        ("a@badexample.com", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_an_address_is_of_its_own_domain(email: str, *, is_of: bool) -> None:
    assert email_is_of(email, ["Example.com"]) is is_of
