"""Rules for claims that hold more than one value."""

from typing import Any

import pytest

from releaseconsole.kernel.jose.claim_rules import ClaimRule, list_of, record, text, whole
from releaseconsole.kernel.jose.errors import TokenRefusedError

KIDS = list_of(text(most=8), least=1, most=3)
KEYS = list_of(record({"kid": text(), "from": whole()}, {"until": whole()}), most=2)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        pytest.param(KIDS, ["a"], id="one string"),
        pytest.param(KIDS, ["a", "b", "c"], id="as many as there may be"),
        pytest.param(KEYS, [], id="no object"),
        pytest.param(KEYS, [{"kid": "a", "from": 0}], id="without what is optional"),
        pytest.param(KEYS, [{"kid": "a", "from": 0, "until": 1}], id="with what is optional"),
    ],
)
def test_what_keeps_the_rule_passes(rule: ClaimRule, value: Any) -> None:
    rule("claim", value)


@pytest.mark.parametrize(
    ("rule", "value", "reason"),
    [
        pytest.param(KIDS, "abc", "claim c: not a list", id="string, which is a sequence too"),
        pytest.param(KIDS, {"a": 1}, "claim c: not a list", id="object"),
        pytest.param(KIDS, None, "claim c: not a list", id="null"),
        pytest.param(KIDS, [], "claim c: 0 items", id="too few"),
        pytest.param(KIDS, ["a"] * 4, "claim c: 4 items", id="too many"),
        pytest.param(KIDS, ["a", 7], "claim c[1]: not a string", id="number"),
        pytest.param(KIDS, ["a", ["b"]], "claim c[1]: not a string", id="list in a list"),
        pytest.param(KIDS, ["a", "b" * 9], "claim c[1]: 9 characters", id="too long"),
        pytest.param(KIDS, ["a", "b", "a"], "claim c: an item twice", id="twice"),
        pytest.param(KEYS, {"kid": "a", "from": 0}, "claim c: not a list", id="object in place of a list"),
        pytest.param(KEYS, ["a"], "claim c[0]: not an object", id="string in place of an object"),
        pytest.param(KEYS, [["kid", "from"]], "claim c[0]: not an object", id="list in place of an object"),
        pytest.param(KEYS, [{"kid": "a"}], "claim c[0]: without from", id="member missing"),
        pytest.param(KEYS, [{}], "claim c[0]: without from, kid", id="all missing"),
        pytest.param(
            KEYS,
            [{"kid": "a", "from": 0, "evil": 1}],
            "claim c[0]: a member it doesn't have",
            id="unknown member, whose name stays out of the log",
        ),
        pytest.param(KEYS, [{"kid": "a", "from": True}], "claim c[0].from: not a whole", id="boolean"),
        pytest.param(KEYS, [{"kid": "a", "from": 1.0}], "claim c[0].from: not a whole", id="float"),
        pytest.param(
            KEYS,
            [{"kid": "a", "from": 0, "until": None}],
            "claim c[0].until: not a whole",
            id="null in place of nothing",
        ),
        pytest.param(
            KEYS, [{"kid": "a", "from": 0}, {"from": 0, "kid": "a"}], "claim c: an item", id="object twice"
        ),
    ],
)
def test_what_breaks_the_rule_is_refused_with_the_place(rule: ClaimRule, value: Any, reason: str) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        rule("c", value)
    assert caught.value.reason.startswith(reason)
