"""What a digest covers: the name and every fact, whatever their order, and nothing that may change later."""

import hashlib
from random import Random  # noqa: TID251 (hypothesis's own, seeded)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.operations import Operation

NAMES = st.sampled_from(["signing:key:revoke", "signing:key:destroy", "signing:root:rotate"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FACTS = st.dictionaries(st.text(), JSON, max_size=4)


def test_the_digest_never_changes() -> None:
    operation = Operation("signing:key:revoke", {"state": "active", "kid": "k1"})
    text = b'{"facts":{"kid":"k1","state":"active"},"name":"signing:key:revoke"}'
    assert operation.digest() == hashlib.sha256(text).hexdigest()


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(facts: dict[str, object], shuffle: Random) -> None:
    turned = list(facts.items())
    shuffle.shuffle(turned)
    name = "signing:key:revoke"
    assert Operation(name, facts).digest() == Operation(name, dict(turned)).digest()


@given(NAMES, FACTS, NAMES, FACTS)
def test_operations_that_differ_have_digests_that_differ(
    name: str, facts: dict[str, object], other_name: str, other_facts: dict[str, object]
) -> None:
    one, other = Operation(name, facts), Operation(other_name, other_facts)
    if one.digest() == other.digest():
        assert (one.name, one.facts) == (other.name, other.facts)
    else:
        assert (name, repr(facts)) != (other_name, repr(other_facts))


def test_facts_that_change_later_do_not_change_the_operation() -> None:
    facts = {"kids": ["k1"]}
    operation = Operation("signing:key:revoke", facts)
    before = operation.digest()
    facts["kids"].append("k2")
    assert operation.digest() == before


@pytest.mark.parametrize(
    "name",
    [
        "",
        "revoke",
        "signing:key",
        "signing:key:revoke:now",
        "Signing:key:revoke",
        "a:b:c\n",
        "a:b:" + "c" * 61,
    ],
)
def test_a_name_is_spelled_as_the_audit_log_spells_it(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Operation(name, {})


@pytest.mark.parametrize("fact", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_no_fact(fact: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        Operation("signing:key:revoke", {"fact": fact})
