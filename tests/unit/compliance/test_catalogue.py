"""The catalogue of events: every action is in it, with what the code records of it; the docs say the same."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.desk.domain.catalogue import COLUMNS, catalogue, catalogue_by_source, catalogue_document
from compliance.desk.domain.event_facts import FACTS
from compliance.desk.domain.objects import OBJECT_WORDS, id_short, object_words
from compliance.ledger.domain.commitments import COMMITTED
from compliance.ledger.domain.events import Action

ROOT = Path(__file__).parents[3]
FLOORS = ("accounts", "signing", "updates", "compliance", "releaseconsole")


def calls() -> Iterator[tuple[str, dict[str, ast.expr]]]:
    """Calls in the product's code with names for their arguments, and where they are."""
    for floor in FLOORS:
        for file in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", named


def constants(nodes: list[ast.expr | None]) -> set[str]:
    return {str(node.value) for node in nodes if isinstance(node, ast.Constant)}


def actions(node: ast.expr) -> Iterator[Action]:
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == "Action"
        ):
            yield Action[inner.attr]


def test_the_document_is_what_the_code_says() -> None:
    assert (ROOT / "docs" / "audit-events.md").read_text() == catalogue_document(), (
        "run manage.py audit_catalogue"
    )


def test_every_action_is_in_it_once_under_its_source() -> None:
    codes = [kind.code for kind in catalogue()]
    assert codes == [action.value for action in Action]
    assert sorted(kind.code for _, kinds in catalogue_by_source() for kind in kinds) == sorted(codes)


def test_what_the_code_records_of_an_action_is_in_it() -> None:
    unlisted = {
        (where, action.name, fact)
        for where, named in calls()
        if isinstance(detail := named.get("detail"), ast.Dict) and "action" in named
        for action in actions(named["action"])
        for fact in constants(detail.keys) - set(FACTS.get(action, ()))
    }
    assert unlisted == set()


def test_every_kind_of_object_has_words() -> None:
    unnamed = {
        (where, kind)
        for where, named in calls()
        if isinstance(subject := named.get("subject"), ast.Tuple)
        for kind in constants(list(subject.elts[:1])) - OBJECT_WORDS.keys()
    }
    assert unnamed == set()


def test_what_can_be_erased_is_told_apart() -> None:
    (shut_off,) = (kind for kind in catalogue() if kind.code == Action.APP_SHUT_OFF)
    assert (shut_off.facts, shut_off.erasable) == ((), ("reason",))
    assert all(set(kind.erasable) <= COMMITTED and not set(kind.facts) & COMMITTED for kind in catalogue())


def test_a_row_has_a_cell_for_each_column() -> None:
    assert {len(kind.cells()) for kind in catalogue()} == {len(COLUMNS)}


@pytest.mark.parametrize(
    ("object_id", "shown"),
    [("1.4.0", "1.4.0"), ("9d757932-696d-448d-9eb4-04071da8916a", "9d757932…"), ("", "")],
)
def test_only_ids_that_nobody_reads_are_shortened(object_id: str, shown: str) -> None:
    assert id_short(object_id) == shown


def test_a_kind_of_a_later_version_stays_readable() -> None:
    assert object_words("new_thing") == "New thing"
