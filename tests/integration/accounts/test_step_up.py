"""A confirmation is one person's, of one operation, in one session, for minutes, once."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.domain.operations import Operation
from accounts.domain.roles import TOKEN_PERMISSIONS, Permission
from accounts.errors import StepUpRefusedError, StepUpRequiredError
from accounts.models import APIToken, StepUp, User
from accounts.services.step_up import (
    COMMAND_LINE,
    command_line_prove,
    step_up_prove,
    step_up_require,
    step_up_use,
)
from compliance.ledger.domain.events import Action
from compliance.ledger.errors import LedgerError
from releaseconsole.kernel import clock, randomness
from tests.support.another_process import run_elsewhere
from tests.support.at_once import at_once
from tests.support.people import PASSWORD, code_of, person
from tests.support.shipping import APP_ID, recorded

REVOKE = Operation("signing:key:revoke", {"kid": "k1", "state": "active"})
HERE = "ab" * 32
ELSEWHERE = "cd" * 32


class KeyUnavailable(Exception):  # noqa: N818 (a stand-in)
    pass


def prove(user: User, **changed: Any) -> StepUp:
    given: dict[str, Any] = {"operation": REVOKE, "context": HERE} | changed
    code = given.pop("code") if "code" in given else code_of(user)
    return step_up_prove(user=user, code=code, **given)


def require(step_up: StepUp, **changed: Any) -> StepUp:
    given: dict[str, Any] = {"user": step_up.user, "operation": REVOKE, "context": HERE} | changed
    with transaction.atomic():
        return step_up_require(**({"step_up_id": step_up.pk} | given))


def test_a_fresh_code_confirms_an_operation_once(kai: User) -> None:
    step_up = prove(kai)
    assert (step_up.digest, step_up.operation) == (REVOKE.digest(), "signing:key:revoke")
    assert step_up.authenticator == kai.totp_authenticators.get().persistent_id
    assert require(step_up) == step_up
    assert StepUp.objects.get().used_at is not None


def test_who_holds_the_step_up_of_this_moment_uses_it_by_itself(kai: User) -> None:
    step_up = prove(kai)
    with transaction.atomic():
        assert step_up_use(step_up=step_up, operation=REVOKE) == kai
    assert StepUp.objects.get().used_at is not None


# --- the code -----------------------------------------------------------------------------------------
def _deactivate(kai: User) -> None:
    User.objects.filter(pk=kai.pk).update(is_active=False)


def _take_authenticator(kai: User) -> None:
    kai.totp_authenticators.all().delete()


def _throttle(kai: User) -> None:
    with pytest.raises(StepUpRefusedError):
        prove(kai, code="000000")


@pytest.mark.parametrize(
    ("before", "code"),
    [
        pytest.param(lambda _: None, "000000", id="wrong"),
        pytest.param(lambda _: None, "", id="none"),
        pytest.param(lambda _: None, "12345é", id="no digits"),
        pytest.param(_deactivate, None, id="deactivated"),
        pytest.param(_take_authenticator, None, id="no authenticator"),
        pytest.param(_throttle, None, id="throttled"),
    ],
)
def test_what_is_no_proof_is_refused_on_record(
    kai: User, before: Callable[[User], None], code: str | None
) -> None:
    fresh = code_of(kai)
    before(kai)
    with pytest.raises(StepUpRefusedError) as refused:
        prove(kai, code=fresh if code is None else code)
    assert refused.value.code == "step_up_refused"
    assert not StepUp.objects.exists()
    event = recorded(Action.STEP_UP_REFUSED)[-1]
    assert (event.outcome, event.actor_id, event.object_type) == ("denied", str(kai.pk), "person")
    assert event.detail == {"operation": REVOKE.name, "digest": REVOKE.digest(), "factor": "code"}


def test_a_code_confirms_one_operation_only(kai: User) -> None:
    code = code_of(kai)
    prove(kai, code=code)
    with pytest.raises(StepUpRefusedError):
        prove(kai, code=code, operation=replace(REVOKE, name="signing:key:destroy"))
    assert StepUp.objects.count() == 1


def test_an_authenticator_of_somebody_else_confirms_nothing(kai: User, ada: User) -> None:
    ada.totp_authenticators.all().delete()
    with pytest.raises(StepUpRefusedError):
        prove(ada, code=code_of(kai))


def test_a_refused_code_counts_against_the_authenticator(kai: User) -> None:
    with pytest.raises(StepUpRefusedError):
        prove(kai, code="000000")
    assert kai.totp_authenticators.get().throttling_failure_count == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_proved_inside_another_transaction() -> None:
    olaf = person("olaf")
    with pytest.raises(RuntimeError), transaction.atomic():
        prove(olaf)
    prove(olaf)


# --- using it -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"step_up_id": UUID(int=1)}, "unknown", id="unknown"),
        pytest.param({"operation": replace(REVOKE, name="signing:key:destroy")}, "operation", id="name"),
        pytest.param(
            {"operation": replace(REVOKE, facts={"kid": "k2", "state": "active"})}, "operation", id="subject"
        ),
        pytest.param(
            {"operation": replace(REVOKE, facts={"kid": "k1", "state": "suspended"})}, "operation", id="state"
        ),
        pytest.param({"context": ELSEWHERE}, "session", id="another session"),
        pytest.param({"context": COMMAND_LINE}, "session", id="the command line"),
        pytest.param({"context": ""}, "session", id="nowhere"),
    ],
)
def test_a_confirmation_of_something_else_is_none(
    kai: User, caplog: pytest.LogCaptureFixture, changed: dict[str, Any], reason: str
) -> None:
    step_up = prove(kai)
    with pytest.raises(StepUpRequiredError) as refused:
        require(step_up, **changed)
    assert refused.value.message == StepUpRequiredError.title
    assert reason in caplog.text
    assert StepUp.objects.get().used_at is None
    require(step_up)


def test_another_persons_confirmation_is_none(kai: User, ada: User) -> None:
    step_up = prove(kai)
    with pytest.raises(StepUpRequiredError):
        require(step_up, user=ada)


def test_a_confirmation_is_used_once(kai: User) -> None:
    step_up = prove(kai)
    require(step_up)
    with pytest.raises(StepUpRequiredError):
        require(step_up)


@pytest.mark.parametrize(
    ("late", "good"), [pytest.param(-1, True, id="in time"), pytest.param(0, False, id="too late")]
)
def test_a_confirmation_expires(kai: User, late: int, good: bool) -> None:  # noqa: FBT001 (a table)
    with time_machine.travel(clock.now(), tick=False) as time:
        step_up = prove(kai)
        assert step_up.expires_at - step_up.created_at == timedelta(seconds=settings.STEP_UP_SECONDS)
        time.shift(settings.STEP_UP_SECONDS + late)
        if good:
            require(step_up)
        else:
            with pytest.raises(StepUpRequiredError):
                require(step_up)


@pytest.mark.parametrize("lost", [_deactivate, _take_authenticator])
def test_who_lost_their_access_meanwhile_does_nothing(kai: User, lost: Callable[[User], None]) -> None:
    step_up = prove(kai)
    lost(kai)
    with pytest.raises(StepUpRequiredError):
        require(step_up)


def test_a_worker_whose_clock_is_behind_can_use_it(kai: User) -> None:
    step_up = prove(kai)
    with time_machine.travel(clock.now() - timedelta(seconds=2), tick=False):
        assert require(step_up).used_at == step_up.created_at


def test_an_operation_that_is_rolled_back_has_used_nothing(kai: User) -> None:
    step_up = prove(kai)

    def fail() -> None:
        with transaction.atomic():
            require(step_up)
            raise KeyUnavailable

    with pytest.raises(KeyUnavailable):
        fail()
    assert StepUp.objects.get().used_at is None
    require(step_up)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_used_outside_the_operations_transaction() -> None:
    step_up = prove(person("olaf"))
    with pytest.raises(RuntimeError):
        step_up_use(step_up=step_up, operation=REVOKE)
    assert StepUp.objects.get().used_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_of_many_at_once_one_uses_it(round_: int) -> None:
    step_up = prove(person("olaf"))

    def use() -> bool:
        try:
            require(step_up)
        except StepUpRequiredError:
            return False
        return True

    assert sorted(at_once([use] * 8)) == [False] * 7 + [True]


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_confirms_with_a_code() -> None:
    olaf = person("olaf")
    code = code_of(olaf)

    def confirm() -> bool:
        try:
            prove(olaf, code=code)
        except StepUpRefusedError:
            return False
        return True

    assert sorted(at_once([confirm] * 4)) == [False] * 3 + [True]
    assert StepUp.objects.count() == 1


# --- the record ---------------------------------------------------------------------------------------
def test_a_confirmation_is_on_record(kai: User) -> None:
    prove(kai)
    [event] = recorded(Action.STEP_UP_PROVED)
    assert (event.outcome, event.actor_id, event.object_id) == ("done", str(kai.pk), str(kai.pk))
    assert event.detail == {"operation": REVOKE.name, "digest": REVOKE.digest()}


def test_without_its_record_there_is_no_confirmation(kai: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_event: object) -> None:
        raise LedgerError

    monkeypatch.setattr("accounts.services.step_up.audit_record", fail)
    code = code_of(kai)
    with pytest.raises(LedgerError):
        prove(kai, code=code)
    monkeypatch.undo()
    assert not StepUp.objects.exists()
    prove(kai, code=code)


def test_no_code_is_in_logs_or_on_record(kai: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    codes = [code_of(kai), "314159"]
    prove(kai, code=codes[0])
    with pytest.raises(StepUpRefusedError):
        prove(kai, code=codes[1])
    details = [str(event.detail) for action in Action for event in recorded(action)]
    rows = [str(values) for values in StepUp.objects.values()]
    for code in codes:
        assert not any(code in text for text in (caplog.text, *details, *rows))


def test_no_setting_makes_a_confirmation_good_for_longer_than_five_minutes() -> None:
    environment = {**os.environ, "STEP_UP_SECONDS": "301"}
    start = [sys.executable, "-c", "import releaseconsole.settings"]
    done = subprocess.run(start, env=environment, cwd=settings.BASE_DIR, capture_output=True, check=False)
    assert b"STEP_UP_SECONDS can't be more than 300 seconds." in done.stderr


# --- the database itself ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "shift"),
    [
        pytest.param("expires_at", timedelta(0), id="expired when made"),
        pytest.param("used_at", timedelta(seconds=-1), id="used before made"),
        pytest.param("used_at", timedelta(seconds=settings.STEP_UP_SECONDS), id="used when expired"),
    ],
)
def test_the_database_refuses_times_that_cannot_be(kai: User, field: str, shift: timedelta) -> None:
    step_up = prove(kai)
    with pytest.raises(IntegrityError), transaction.atomic():
        StepUp.objects.update(**{field: step_up.created_at + shift})


def test_the_database_refuses_a_second_confirmation_by_one_code(kai: User) -> None:
    step_up = prove(kai)
    step_up.pk = randomness.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        step_up.save(force_insert=True)


# --- the command line ---------------------------------------------------------------------------------
def test_the_command_line_takes_both_factors(kai: User) -> None:
    user, step_up = command_line_prove(
        email="Kai@example.com", password=PASSWORD, code=code_of(kai), operation=REVOKE
    )
    assert (user, step_up.user, step_up.context) == (kai, kai, COMMAND_LINE)
    require(step_up, context=COMMAND_LINE)


@pytest.mark.parametrize(
    ("changed", "factor"),
    [
        pytest.param({"password": "not his passphrase at all"}, "password", id="wrong password"),
        pytest.param({"email": "nobody@example.com"}, "password", id="unknown address"),
        pytest.param({"code": "000000"}, "code", id="wrong code"),
    ],
)
def test_the_command_line_does_not_tell_which_was_wrong(
    kai: User, changed: dict[str, str], factor: str
) -> None:
    fields = {"email": "kai@example.com", "password": PASSWORD, "code": code_of(kai)} | changed
    with pytest.raises(StepUpRefusedError) as refused:
        command_line_prove(**fields, operation=REVOKE)
    assert refused.value.message == "E-mail, password or code didn't match."
    assert [event.detail["factor"] for event in recorded(Action.STEP_UP_REFUSED)] == [factor]
    assert not StepUp.objects.exists()


def test_a_wrong_password_uses_up_no_code_at_the_command_line(kai: User) -> None:
    code = code_of(kai)
    with pytest.raises(StepUpRefusedError):
        command_line_prove(
            email="kai@example.com", password="not his passphrase at all", code=code, operation=REVOKE
        )
    assert command_line_prove(email="kai@example.com", password=PASSWORD, code=code, operation=REVOKE)


# --- machines -----------------------------------------------------------------------------------------
def test_an_api_token_cannot_step_up(kai: User) -> None:
    now = clock.now()
    token = APIToken.objects.create(
        pk=kai.pk,  # the same number as the person's: nothing may take it for them
        name="CI",
        app_id=APP_ID,
        permissions=[permission.value for permission in Permission],
        created_by=kai,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    with pytest.raises((AttributeError, ValueError)):
        step_up_prove(user=token, operation=REVOKE, code=code_of(kai), context=HERE)  # type: ignore[arg-type]
    assert not StepUp.objects.exists()
    assert Permission.KEY_OPERATE not in TOKEN_PERMISSIONS


_IN_A_WORKER = """
from django.db import transaction
from accounts.domain.operations import Operation
from accounts.errors import AccountsError
from accounts.models import User
from accounts.services.step_up import step_up_require
for step_up_id, user, context, name, facts in {given!r}:
    try:
        with transaction.atomic():
            step_up_require(step_up_id=step_up_id, user=User.objects.get(pk=user), context=context,
                            operation=Operation(name, facts))
    except AccountsError as error:
        print(error.code)
    else:
        print("used")
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_in_another_process_looks_for_itself() -> None:
    """It's handed an id, never a verdict: what is used, expired or for something else does nothing."""

    def given(step_up: StepUp, **changed: Any) -> tuple[Any, ...]:
        plain = {"user": step_up.user_id, "context": HERE, "name": REVOKE.name, "facts": dict(REVOKE.facts)}
        return (str(step_up.pk), *(plain | changed).values())

    def worker(*given: tuple[Any, ...]) -> list[str]:
        return run_elsewhere(_IN_A_WORKER.format(given=given)).splitlines()

    kai, olaf = person("kai"), person("olaf")
    good, late = prove(kai), prove(kai)
    StepUp.objects.filter(pk=late.pk).update(
        created_at=clock.now() - timedelta(minutes=6), expires_at=clock.now() - timedelta(minutes=1)
    )
    refused = (
        given(late),
        given(good, facts={"kid": "k2", "state": "active"}),
        given(good, context=ELSEWHERE),
        given(good, user=olaf.pk),
    )
    assert worker(*refused, given(good)) == ["step_up_required"] * len(refused) + ["used"]
    assert worker(given(good)) == ["step_up_required"]
