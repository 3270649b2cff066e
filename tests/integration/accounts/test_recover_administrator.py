"""`manage.py recover_administrator`: the way in for the last administrator, from the host."""

import getpass
import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.domain.roles import Role
from accounts.errors import RecoveryRefusedError
from accounts.models import AuthenticatorRecord, Letter, PersonLink, User
from accounts.services.links import link_require
from accounts.services.people import person_create, totp_enrol
from accounts.services.recovery import person_recover_at_host
from compliance.ledger.domain.events import Action, ActorKind
from tests.support.people import PASSWORD, SEED, signed_in
from tests.support.shipping import recorded

EMAIL = "ada@example.com"


def another_administrator(name: str) -> User:
    user = person_create(
        email=f"{name}@example.com",
        name=name.title(),
        password=PASSWORD,
        roles={Role.ADMINISTRATOR},
        actor=None,
    )
    totp_enrol(user=user, seed=SEED, name="Authenticator app", actor=user.actor)
    return user


@pytest.fixture
def lost(ada: User) -> User:
    """Ada, who was in once."""
    signed_in(ada)
    ada.refresh_from_db()
    return ada


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the operator types when asked."""

    def types(answer: str) -> None:
        monkeypatch.setattr("builtins.input", lambda _question: answer)

    types(EMAIL)
    return types


def run(email: str = EMAIL) -> str:
    out = StringIO()
    call_command("recover_administrator", email, stdout=out)
    return out.getvalue()


def stands(person: User) -> bool:
    person.refresh_from_db()
    return person.has_usable_password() and person.totp_authenticators.exists()


def test_the_last_administrator_gets_a_link_that_works(lost: User, typed: Callable[[str], None]) -> None:
    said = run()
    found = re.search(r"/console/login/invited/([\w-]{43})/", said)
    assert found is not None
    assert link_require(token=found[1], purpose=PersonLink.Purpose.INVITE).person == lost
    assert not stands(lost)
    assert AuthenticatorRecord.objects.get(person=lost).removed_why == "recovery at the host"


def test_it_is_on_the_audit_log_with_who_ran_it(lost: User, typed: Callable[[str], None]) -> None:
    said = run()
    [event] = recorded(Action.PERSON_RECOVERED_AT_HOST)
    assert (event.actor_kind, event.object_id) == (ActorKind.SYSTEM.value, str(lost.pk))
    assert event.detail == {"os_user": getpass.getuser(), "authenticators": 1}
    assert said.strip().rpartition("/")[0].rpartition("/")[2] not in str(event.detail)


def test_everybody_in_charge_hears_of_it_and_nobody_of_the_link(
    lost: User, kai: User, rita: User, typed: Callable[[str], None]
) -> None:
    officer = person_create(
        email="otto@example.com", name="Otto", password=PASSWORD, roles={Role.COMPLIANCE_OFFICER}, actor=None
    )
    run()
    told = {letter.person for letter in Letter.objects.filter(subject="Ada was let in anew")}
    assert told == {lost, kai, officer}
    assert "/invited/" not in " ".join(Letter.objects.values_list("body", flat=True))


def test_one_other_administrator_alone_could_not_do_it_either(
    lost: User, typed: Callable[[str], None]
) -> None:
    another_administrator("bea")
    assert "/invited/" in run()


def test_where_two_others_can_do_it_the_command_names_them(lost: User, typed: Callable[[str], None]) -> None:
    another_administrator("bea")
    another_administrator("cleo")
    with pytest.raises(CommandError, match=r"Bea <bea@example.com>, Cleo <cleo@example.com>"):
        run()
    assert stands(lost)


@pytest.mark.parametrize("how", ["deactivated", "without an authenticator"])
def test_others_who_cannot_come_in_do_not_count(lost: User, typed: Callable[[str], None], how: str) -> None:
    another_administrator("bea")
    cleo = another_administrator("cleo")
    if how == "deactivated":
        User.objects.filter(pk=cleo.pk).update(is_active=False)
    else:
        cleo.totp_authenticators.all().delete()
    assert "/invited/" in run()


@pytest.mark.parametrize(
    "email", ["nobody@example.com", "rita@example.com", ""], ids=["nobody", "no administrator", "nothing"]
)
def test_it_lets_in_administrators_only(
    lost: User, rita: User, typed: Callable[[str], None], email: str
) -> None:
    with pytest.raises(CommandError, match="no administrator with this address"):
        run(email)
    assert stands(rita)


def test_a_deactivated_administrator_stays_out(lost: User, typed: Callable[[str], None]) -> None:
    User.objects.filter(pk=lost.pk).update(is_active=False)
    with pytest.raises(CommandError):
        run()


@pytest.mark.parametrize("answer", ["", "yes", "bea@example.com"])
def test_without_the_address_typed_again_nothing_happens(
    lost: User, typed: Callable[[str], None], answer: str
) -> None:
    typed(answer)
    with pytest.raises(CommandError, match="Nothing was changed"):
        run()
    assert stands(lost)
    assert not recorded(Action.PERSON_RECOVERED_AT_HOST)


def test_without_a_terminal_nothing_happens(lost: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", ended)
    with pytest.raises(CommandError, match="Nobody confirmed it"):
        run()
    assert stands(lost)


def test_the_service_looks_again_under_its_own_lock(lost: User) -> None:
    another_administrator("bea")
    another_administrator("cleo")
    with pytest.raises(RecoveryRefusedError):
        person_recover_at_host(email=EMAIL, os_user="root")
    assert stands(lost)
