"""Counting sign-offs."""

from hypothesis import given
from hypothesis import strategies as st

from updates.domain.sign_off_rules import Requirement
from updates.domain.sign_offs import Missing, required_of, roles_to_sign_for, standing_of

NEEDED = (Requirement("", 1), Requirement("approver", 2), Requirement("compliance_officer", 1))


def test_each_word_counts_for_one_role_alone() -> None:
    standing = standing_of(NEEDED, ["approver", "approver", "approver"])
    assert standing.missing == (Missing("", 1), Missing("compliance_officer", 1))
    assert not standing.complete


def test_what_everybody_gave_is_complete() -> None:
    assert standing_of(NEEDED, ["approver", "", "compliance_officer", "approver"]).complete


def test_where_nothing_is_needed_nothing_is_missing() -> None:
    assert standing_of((), []).complete


def test_an_override_of_native_checks_needs_somebody_wherever_it_is() -> None:
    assert required_of((), native_override=True) == (Requirement("", 1),)
    assert required_of((), native_override=False) == ()
    assert required_of(NEEDED, native_override=True) == NEEDED


def test_who_could_sign_for_several_is_offered_the_rarest_first() -> None:
    missing = standing_of(NEEDED, []).missing
    assert roles_to_sign_for(missing, ["approver"]) == ("approver", "")
    assert roles_to_sign_for(missing, []) == ("",)
    assert roles_to_sign_for(missing[1:], ["auditor"]) == ()


def test_words_say_how_many_of_whom() -> None:
    missing = standing_of(NEEDED, []).missing
    assert [one.words for one in missing] == [
        "1 by anyone who may sign off",
        "2 by approver",
        "1 by compliance officer",
    ]


@given(st.lists(st.sampled_from(["", "approver", "auditor"])))
def test_one_more_word_never_makes_more_missing(signed: list[str]) -> None:
    def left(words: list[str]) -> int:
        return sum(each.count for each in standing_of(NEEDED, words).missing)

    for role in ("", "approver", "compliance_officer"):
        assert left([*signed, role]) <= left(signed)
