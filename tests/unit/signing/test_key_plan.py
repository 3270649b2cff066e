"""What is due for the keys of one purpose and app: a table, one line a rule."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.key_plan import KeyView, Step, StepKind, next_step
from signing.domain.lifecycle import KeyState
from tests.unit.signing.test_cryptoperiod import AT, PEOPLE_ROTATE, RULES

ES256, ES384 = Algorithm.ES256, Algorithm.ES384
ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)
DUE = AT + timedelta(days=30)

ACTIVE = KeyView(ONE, 1, KeyState.ACTIVE, ES256, published_at=AT, activated_at=AT)
NEXT = KeyView(TWO, 2, KeyState.PREPUBLISHED, ES256, published_at=AT)
MAKING = KeyView(TWO, 2, KeyState.GENERATING, ES256, has_private=False)
OLD = KeyView(
    THREE,
    3,
    KeyState.VERIFY_ONLY,
    ES256,
    published_at=AT,
    activated_at=AT,
    deactivated_at=AT,
)
SPENT = replace(OLD, has_private=False)
REVOKED = replace(OLD, state=KeyState.COMPROMISED)
SECRET = replace(OLD, algorithm=Algorithm.HS256)
SUSPENDED = replace(OLD, state=KeyState.SUSPENDED)

LEAD = RULES.lead
SECOND = timedelta(seconds=1)

CREATE = Step(StepKind.CREATE)
TAKE_OVER = Step(StepKind.ACTIVATE, TWO)
WITHDRAW = Step(StepKind.WITHDRAW, TWO)


@pytest.mark.parametrize(
    ("keys", "now", "step"),
    [
        pytest.param([], AT, CREATE, id="nothing: make the first"),
        pytest.param([MAKING], AT, None, id="the first is being made"),
        pytest.param([NEXT], AT, TAKE_OVER, id="the first signs at once"),
        pytest.param([ACTIVE], AT, CREATE, id="no next: make it as soon as one signs"),
        pytest.param([ACTIVE, MAKING], AT, None, id="the next is being made"),
        pytest.param([ACTIVE, NEXT], DUE - SECOND, None, id="not due"),
        pytest.param([ACTIVE, NEXT], DUE, TAKE_OVER, id="due"),
        pytest.param([ACTIVE, NEXT], DUE + timedelta(days=90), TAKE_OVER, id="long due"),
        pytest.param(
            [ACTIVE, replace(NEXT, published_at=DUE)], DUE + LEAD - SECOND, None, id="due, but published late"
        ),
        pytest.param(
            [ACTIVE, replace(NEXT, published_at=DUE)], DUE + LEAD, TAKE_OVER, id="late, and out long enough"
        ),
        pytest.param(
            [ACTIVE, replace(NEXT, is_trusted=False)], DUE, None, id="due, but no delegation names it"
        ),
        pytest.param(
            [replace(ACTIVE, rotation_requested_at=AT), NEXT],
            AT + LEAD - SECOND,
            None,
            id="asked for too soon",
        ),
        pytest.param([replace(ACTIVE, rotation_requested_at=AT), NEXT], AT + LEAD, TAKE_OVER, id="asked for"),
        pytest.param([SUSPENDED, NEXT], AT, TAKE_OVER, id="emergency: at once, published or not"),
        pytest.param(
            [REVOKED, replace(NEXT, is_trusted=False)], AT, TAKE_OVER, id="emergency: trusted or not"
        ),
        pytest.param([replace(REVOKED, has_private=False)], AT, CREATE, id="emergency without a next key"),
        pytest.param(
            [ACTIVE, NEXT, REVOKED], AT, Step(StepKind.DESTROY_MATERIAL, THREE), id="revoked: destroy at once"
        ),
        pytest.param([ACTIVE, NEXT, OLD], AT + timedelta(seconds=64), None, id="may still be signing"),
        pytest.param(
            [ACTIVE, NEXT, OLD],
            AT + timedelta(seconds=65),
            Step(StepKind.DESTROY_MATERIAL, THREE),
            id="nobody signs with it any more",
        ),
        pytest.param([ACTIVE, NEXT, SPENT], AT + timedelta(seconds=1264), None, id="a token may be alive"),
        pytest.param(
            [ACTIVE, NEXT, SPENT],
            AT + timedelta(seconds=1265),
            Step(StepKind.RETIRE, THREE),
            id="no token can be alive",
        ),
        pytest.param(
            [ACTIVE, NEXT, replace(SPENT, last_expires_at=AT + timedelta(hours=2))],
            AT + timedelta(hours=2),
            None,
            id="a token is known to be alive",
        ),
        pytest.param(
            [ACTIVE, NEXT, SECRET], AT + timedelta(seconds=1264), None, id="a secret still verifies"
        ),
        pytest.param(
            [ACTIVE, NEXT, SECRET],
            AT + timedelta(seconds=1265),
            Step(StepKind.DESTROY_MATERIAL, THREE),
            id="a secret has nothing left to verify",
        ),
        pytest.param([ACTIVE, NEXT, SUSPENDED], DUE - SECOND, None, id="suspended: kept"),
    ],
)
def test_the_step_that_is_due(keys: list[KeyView], now: datetime, step: Step | None) -> None:
    assert next_step(keys, rules=RULES, algorithm=ES256, now=now) == step
    assert next_step(keys[::-1], rules=RULES, algorithm=ES256, now=now) == step  # in any order


@pytest.mark.parametrize(
    ("keys", "now", "step"),
    [
        pytest.param([ACTIVE, NEXT], AT, WITHDRAW, id="the next one is of the old algorithm"),
        pytest.param([ACTIVE, MAKING], AT, WITHDRAW, id="even while it's made"),
        pytest.param([ACTIVE], AT, CREATE, id="then one of the new is made"),
        pytest.param(
            [ACTIVE, replace(NEXT, algorithm=ES384)], AT + LEAD - SECOND, None, id="and waits for clients"
        ),
        pytest.param([ACTIVE, replace(NEXT, algorithm=ES384)], AT + LEAD, TAKE_OVER, id="and takes over"),
        pytest.param([NEXT, REVOKED], AT, TAKE_OVER, id="emergency: rather the old algorithm than nothing"),
    ],
)
def test_a_change_of_algorithm_is_a_rotation_with_overlap(
    keys: list[KeyView], now: datetime, step: Step | None
) -> None:
    assert next_step(keys, rules=RULES, algorithm=ES384, now=now) == step


def test_a_key_that_only_people_rotate_has_no_key_in_waiting() -> None:
    assert next_step([ACTIVE], rules=PEOPLE_ROTATE, algorithm=ES256, now=DUE) is None
    assert next_step([REVOKED], rules=PEOPLE_ROTATE, algorithm=ES256, now=DUE) == CREATE
