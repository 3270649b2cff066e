"""Rows of “policy and exceptions to it”: each choice of the policy, then what was done around it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accounts.domain.policy import ALWAYS, CHOICES, custodian_security_key_of, two_people_of
from accounts.models import ConsolePolicy, ReviewTask, TwoPersonRule
from accounts.selectors.policy import policy_current
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.phi.papers import SPECIFICATIONS, Decision
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.models import AddressableDecision
from compliance.desk.selectors.reports.times import time_cell

_CHUNK: Final = 200
_TWO, _ONE = "two people", "one person"


def exception_rows(_now: datetime, _period: Period) -> Iterator[Row]:
    """Read the policy, addressable decisions, and everything that one person did without a second.

    Yields:
        A row for each.
    """
    policy, row = policy_current(), ConsolePolicy.objects.first()
    made = dict(TwoPersonRule.objects.values_list("operation", "made_at"))
    wanted = two_people_of(policy.preset)
    chosen = time_cell(row.chosen_at) if row else None
    yield _row("preset", "the policy that the console began with", policy.preset.value, policy.preset.value)
    for name, choice in sorted(CHOICES.items()):
        asked, has = (_TWO if name in there else _ONE for there in (wanted, policy.two_people))
        since = time_cell(made.get(name)) or chosen
        yield _row("operation", f"{choice.words} ({name})", asked, has, since=since)
    for name, words in sorted(ALWAYS.items()):
        has = _TWO if name in policy.two_people else _ONE
        yield _row("operation", f"{words} ({name})", _TWO, has, since=chosen)
    asked, has = (
        "a device-bound security key" if needed else "any authenticator"
        for needed in (custodian_security_key_of(policy.preset), policy.custodian_security_key)
    )
    yield _row("custodians", "what they confirm with", asked, has, since=chosen)
    yield from _addressable()
    for task in ReviewTask.objects.order_by("done_at", "pk").iterator(chunk_size=_CHUNK):
        yield _review(task)


def _addressable() -> Iterator[Row]:
    decided = {each.specification: each for each in AddressableDecision.objects.filter(replaced_at=None)}
    for section, words in SPECIFICATIONS.items():
        what, each = f"{words} ({section})", decided.get(section)
        if each is None:
            yield _row("addressable", what, "a decision", "none is recorded")
            continue
        decision = Decision(each.decision)
        is_less = "no" if decision is Decision.IMPLEMENT else "yes"
        said = "; ".join(filter(None, (each.reason, each.alternative, f"review on {each.review_on}")))
        by, at = f"person {each.decided_by_id}", time_cell(each.decided_at)
        yield Row(("addressable", what, "a decision", decision.words, is_less, at, by, None, None, said))


def _review(task: ReviewTask) -> Row:
    said = "; ".join(filter(None, (task.reason, task.note)))
    return Row((
        task.why.replace("_", " "),
        task.operation,
        _TWO,
        _ONE,
        "yes" if task.reviewed_at else "yes, not reviewed",
        time_cell(task.done_at),
        f"person {task.done_by_id}",
        f"person {task.reviewed_by_id}" if task.reviewed_by_id else None,
        time_cell(task.reviewed_at),
        said,
    ))


def _row(kind: str, what: str, asked: str, has: str, *, since: Cell = None) -> Row:
    is_less = asked != has and has in {_ONE, "any authenticator"}
    return Row((kind, what, asked, has, "yes" if is_less else "no", since, None, None, None, None))
