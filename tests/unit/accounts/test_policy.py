"""What presets begin with, and what counts as weaker."""

import pytest

from accounts.domain.policy import ALWAYS, CHOICES, Policy, is_left_to_one, is_weaker, two_people_of
from accounts.domain.presets import Preset

REVOKE, DESTROY = "signing:key:revoke", "signing:key:destroy"


def test_solo_begins_with_nothing_and_regulated_with_everything() -> None:
    assert two_people_of(Preset.SOLO) == set()
    assert two_people_of(Preset.TEAM) == CHOICES.keys() - {"signing:recipient:remove"}
    assert two_people_of(Preset.REGULATED) == CHOICES.keys()


def test_what_always_takes_two_is_nobodys_choice() -> None:
    assert not ALWAYS.keys() & CHOICES.keys()


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        pytest.param(({REVOKE}, False), ({REVOKE}, False), False, id="the same"),
        pytest.param(({REVOKE}, False), ({REVOKE, DESTROY}, False), False, id="a rule more"),
        pytest.param(({REVOKE}, False), (set(), False), True, id="a rule less"),
        pytest.param(({REVOKE}, False), ({DESTROY}, True), True, id="one rule for another"),
        pytest.param((set(), False), (set(), True), False, id="security keys"),
        pytest.param((set(), True), ({REVOKE}, False), True, id="no security keys for a rule"),
        pytest.param((ALWAYS.keys(), False), (set(), False), False, id="what always takes two is no rule"),
    ],
)
def test_weaker_is_whatever_asks_for_less_in_any_respect(
    before: tuple[set[str], bool],
    after: tuple[set[str], bool],
    weaker: bool,  # noqa: FBT001 (a table)
) -> None:
    policy = Policy(Preset.TEAM, frozenset(before[0]), custodian_security_key=before[1])
    assert is_weaker(policy, two_people=frozenset(after[0]), custodian_security_key=after[1]) is weaker


@pytest.mark.parametrize("preset", Preset)
@pytest.mark.parametrize("entitled", [0, 1, 2])
def test_only_solo_with_nobody_else_is_left_to_one(preset: Preset, entitled: int) -> None:
    alone = preset is Preset.SOLO and entitled < 2
    assert is_left_to_one(preset, entitled=entitled, were_two=False) is alone
    assert not is_left_to_one(preset, entitled=entitled, were_two=True)


def test_the_statement_says_what_it_is_worth() -> None:
    assert "one person can do everything with two factors" in Policy(Preset.SOLO).assurance_statement
    always = Policy(Preset.TEAM, frozenset(ALWAYS))
    assert "one person can do everything" in always.assurance_statement
    assert "1 of 14" in Policy(Preset.TEAM, frozenset({REVOKE, *ALWAYS})).assurance_statement
