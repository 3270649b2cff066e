"""Recovery codes: made as a whole, shown once, each good for one sign-in."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django_otp import match_token

from accounts.domain.recovery_codes import CODES, MOST_FAILURES
from accounts.errors import RecoveryCodeRefusedError
from accounts.models import AuthenticatorRecord, Letter, RecoveryCode, RecoveryCodeDevice, User
from accounts.services.recovery_codes import recovery_code_use, recovery_codes_replace
from accounts.services.rewrap import recovery_code_peppers
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.sealing import KeyEncryptionKey, SealingError
from tests.support.at_once import at_once
from tests.support.shipping import recorded

WRONG = "0000-0000-0000-0000"


def made(user: User) -> list[str]:
    with transaction.atomic():
        return recovery_codes_replace(user=user, actor=user.actor, now=clock.now())


def is_taken(user: User, code: str) -> bool:
    try:
        recovery_code_use(user=user, code=code)
    except RecoveryCodeRefusedError:
        return False
    return True


@pytest.fixture
def codes(ada: User) -> list[str]:
    return made(ada)


def test_there_are_ten_different_ones_of_80_bits(codes: list[str]) -> None:
    assert len(set(codes)) == CODES == 10
    assert all(len(code.replace("-", "")) * 5 == 80 for code in codes)


def test_each_works_once(ada: User, codes: list[str]) -> None:
    assert [is_taken(ada, code) for code in codes] == [True] * 10
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert not is_taken(ada, codes[0])


def test_a_code_may_be_typed_carelessly(ada: User, codes: list[str]) -> None:
    assert is_taken(ada, f" {codes[0].lower().replace('-', ' ')} ")


def test_the_database_holds_no_code(ada: User, codes: list[str]) -> None:
    kept = str(list(RecoveryCode.objects.values())) + str(list(RecoveryCodeDevice.objects.values()))
    told = str([event.detail for event in AuditEvent.objects.all()]) + str(list(Letter.objects.values()))
    for code in codes:
        for spelling in (code, code.replace("-", ""), code.lower()):
            assert spelling not in kept + told


def test_new_codes_stop_the_old_ones(ada: User, codes: list[str]) -> None:
    fresh = made(ada)
    assert not is_taken(ada, codes[0])
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert is_taken(ada, fresh[0])
    assert RecoveryCodeDevice.objects.filter(user=ada).count() == 1


def test_both_sets_stay_on_record(ada: User, codes: list[str]) -> None:
    made(ada)
    kept = AuthenticatorRecord.objects.filter(person=ada, kind="recovery_code").order_by("bound_at", "pk")
    assert [row.removed_why for row in kept] == ["replaced by new codes", ""]


def test_somebody_elses_codes_do_not_work(olaf: User, ada: User, codes: list[str]) -> None:
    made(olaf)
    assert not is_taken(olaf, codes[0])


def test_who_has_none_is_refused_like_who_is_wrong(ada: User) -> None:
    assert not is_taken(ada, WRONG)
    assert [event.detail for event in recorded(Action.SIGN_IN_REFUSED)] == [{"factor": "recovery_code"}]


def test_a_deactivated_person_uses_none(ada: User, codes: list[str]) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not is_taken(ada, codes[0])


def test_a_wrong_code_makes_the_next_one_wait(ada: User, codes: list[str]) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        assert not is_taken(ada, WRONG)
        assert not is_taken(ada, codes[0])
        time.shift(timedelta(seconds=1))
        assert is_taken(ada, codes[0])


def test_what_was_refused_while_waiting_was_not_used_up_and_counts_for_nothing(
    ada: User, codes: list[str]
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        assert [is_taken(ada, code) for code in (WRONG, codes[0], codes[0], codes[0])] == [False] * 4
        time.shift(timedelta(seconds=1))
        assert is_taken(ada, codes[0])


def test_after_a_hundred_wrong_ones_in_a_row_none_is_looked_at(ada: User, codes: list[str]) -> None:
    RecoveryCodeDevice.objects.update(
        throttling_failure_count=MOST_FAILURES, throttling_failure_timestamp=clock.now()
    )
    with time_machine.travel(clock.now() + timedelta(days=400)):
        assert not is_taken(ada, codes[0])
        assert is_taken(ada, made(ada)[0])


def test_what_cannot_be_a_code_does_not_make_anybody_wait(ada: User, codes: list[str]) -> None:
    assert not is_taken(ada, "123456")
    assert is_taken(ada, codes[0])


def test_no_form_for_one_time_codes_takes_one_or_uses_it_up(ada: User, codes: list[str]) -> None:
    assert match_token(ada, codes[0]) is None
    assert is_taken(ada, codes[0])


def test_a_wrong_one_time_code_makes_no_recovery_code_wait(ada: User, codes: list[str]) -> None:
    assert match_token(ada, "000000") is None
    assert is_taken(ada, codes[0])


@pytest.mark.django_db(transaction=True)
def test_of_many_uses_at_once_one_wins(olaf: User) -> None:
    code = made(olaf)[0]
    taken = at_once([lambda: is_taken(olaf, code)] * 4)
    assert taken.count(True) == 1
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sets_made_at_once_leave_one(olaf: User) -> None:
    at_once([lambda: made(olaf)] * 3)
    assert RecoveryCodeDevice.objects.filter(user=olaf).count() == 1
    assert RecoveryCode.objects.count() == CODES
    assert AuthenticatorRecord.objects.filter(kind="recovery_code", removed_at=None).count() == 1


def test_use_is_told_by_mail_with_how_many_are_left(ada: User, codes: list[str]) -> None:
    is_taken(ada, codes[0])
    letter = Letter.objects.latest("written_at")
    assert letter.subject == "A recovery code opened your account"
    assert "9 of your codes are left." in letter.body
    assert "Make new ones soon" not in letter.body


def test_from_three_on_the_letter_asks_for_new_ones(ada: User, codes: list[str]) -> None:
    for code in codes[:7]:
        is_taken(ada, code)
    assert "3 of your codes are left. Make new ones soon" in Letter.objects.latest("written_at").body


def test_making_and_using_are_on_the_audit_log(ada: User, codes: list[str]) -> None:
    used = recovery_code_use(user=ada, code=codes[0])
    [making], [use] = recorded(Action.RECOVERY_CODES_MADE), recorded(Action.RECOVERY_CODE_USED)
    assert making.detail == {"authenticator": used.device.persistent_id, "codes": 10}
    assert use.detail == {"authenticator": used.device.persistent_id, "left": 9}
    assert recorded(Action.SIGNED_IN)[-1].detail["kind"] == "recovery_code"


def test_codes_go_on_working_when_the_kek_changes(ada: User) -> None:
    before, old, new = (
        sealing.kek_current(),
        KeyEncryptionKey(b"o" * 32),
        KeyEncryptionKey(b"n" * 32),
    )
    try:
        sealing.kek_install(old)
        codes = made(ada)
        sealing.kek_install(new, [old])
        assert is_taken(ada, codes[0])
        assert recovery_code_peppers().rewrap().renewed == 1
        sealing.kek_install(new)
        assert is_taken(ada, codes[1])
    finally:
        sealing.kek_install(before)


def test_a_pepper_copied_to_another_person_does_not_open(olaf: User, ada: User, codes: list[str]) -> None:
    made(olaf)
    stolen = RecoveryCodeDevice.objects.get(user=ada).sealed_pepper
    RecoveryCodeDevice.objects.filter(user=olaf).update(sealed_pepper=stolen)
    with pytest.raises(SealingError):
        recovery_code_use(user=olaf, code=codes[0])
