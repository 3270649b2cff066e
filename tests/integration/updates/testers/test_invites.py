from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts.models import Letter
from accounts.services.mail import letters_send
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.beta import beta_made, group_link, group_made, invited, joins, mailed, secret_of
from tests.support.shipping import recorded
from updates.errors import (
    BetaFullError,
    ConflictError,
    ConsentMissingError,
    InvalidValueError,
    InviteOverError,
    TesterStateError,
)
from updates.models import Tester, TesterGroup, TesterInvite
from updates.selectors.testers import tester_of_secret
from updates.services.testers import (
    group_link_make,
    invite_accept,
    invite_open,
    invite_resend,
    invite_revoke,
    tester_deletion_request,
    tester_group_end,
    tester_invite,
)


@pytest.fixture
def nurses(db: None) -> TesterGroup:
    return group_made(beta_made())


def test_an_invite_lets_one_person_in_once(nurses: TesterGroup) -> None:
    link = invited(nurses).link
    tester = joins(link, name="").tester
    assert (tester.name, tester.email, list(tester.groups.all())) == ("Tess", "tess@example.com", [nurses])
    with pytest.raises(InviteOverError):
        joins(link)


def test_only_a_hash_of_a_secret_is_kept(nurses: TesterGroup) -> None:
    made = invited(nurses)
    arrival = joins(made.link)
    secrets = {secret_of(made.link), arrival.secret}
    assert all(len(secret) == 43 for secret in secrets)  # 256 bits of base64url
    kept = [*TesterInvite.objects.values_list("secret_sha256", flat=True), arrival.tester.secret_sha256]
    assert not secrets & set(kept)
    assert not any(
        secret in str(event.detail) for secret in secrets for event in recorded(Action.TESTER_INVITED)
    )


def test_a_mailed_invite_is_told_to_its_reader_only(nurses: TesterGroup, mailoutbox: list[object]) -> None:
    made = invited(nurses, send=True)
    letter = Letter.objects.get()
    assert made.link == ""
    assert "/beta/invite/" not in letter.body  # sealed while it waits
    assert letters_send() == 1
    (mail,) = mailoutbox
    assert mail.to == ["tess@example.com"]  # type: ignore[attr-defined]
    assert "/beta/invite/" in mail.body  # type: ignore[attr-defined]
    assert not Letter.objects.exists()


def test_sending_again_ends_the_earlier_link(nurses: TesterGroup) -> None:
    made = invited(nurses)
    again = invite_resend(invite=made.invite, send=False, actor=SYSTEM)
    with pytest.raises(InviteOverError):
        joins(made.link)
    assert joins(again.link).tester.email == "tess@example.com"


def test_an_invite_that_is_over_can_be_sent_again(nurses: TesterGroup) -> None:
    made = invited(nurses)
    with time_machine.travel(clock.now() + timedelta(days=15), tick=True):
        with pytest.raises(InviteOverError):
            joins(made.link)
        again = invite_resend(invite=made.invite, send=False, actor=SYSTEM)
        assert joins(again.link).tester.email == "tess@example.com"


@pytest.mark.parametrize("what", ["revoked", "expired", "ended", "over", "asked for deletion"])
def test_a_link_that_is_over_neither_opens_nor_lets_in(nurses: TesterGroup, what: str) -> None:
    made = invited(nurses)
    moment = clock.now()
    if what == "revoked":
        invite_revoke(invite=made.invite, actor=SYSTEM)
    elif what == "expired":
        moment += timedelta(days=14)
    elif what == "ended":
        tester_group_end(group=nurses, actor=SYSTEM)
    elif what == "over":
        TesterGroup.objects.update(ends_at=moment + timedelta(days=1))
        moment += timedelta(days=1)
    else:
        tester_deletion_request(tester=made.invite.tester)  # type: ignore[arg-type]
    with time_machine.travel(moment, tick=True):
        for tried in (lambda: invite_open(secret=secret_of(made.link)), lambda: joins(made.link)):
            with pytest.raises(InviteOverError):
                tried()


def test_nobody_joins_without_agreeing_to_the_notice_in_force(nurses: TesterGroup) -> None:
    secret = secret_of(invited(nurses).link)
    for consent in ("", "2020-01-01"):
        with pytest.raises(ConsentMissingError):
            invite_accept(secret=secret, name="", email="", wants_mail=False, consents_to=consent)
    assert not Tester.objects.filter(accepted_at__isnull=False).exists()


def test_a_copied_link_never_opens_the_page_of_somebody_in_another_beta(nurses: TesterGroup) -> None:
    other = group_made(nurses.channels.get(), name="Owls")
    copied = invited(other)  # before she was in any
    tess = joins(mailed(nurses))
    with pytest.raises(InviteOverError):
        joins(copied.link)
    with pytest.raises(TesterStateError, match="mailed"):
        invite_resend(invite=copied.invite, send=False, actor=SYSTEM)
    invite_revoke(invite=copied.invite, actor=SYSTEM)
    with pytest.raises(TesterStateError, match="mailed"):
        invited(group_made(nurses.channels.get(), name="Larks"))
    assert tester_of_secret(secret=tess.secret) == tess.tester
    assert list(tess.tester.groups.all()) == [nurses]


def test_a_link_that_was_mailed_and_then_copied_counts_as_copied(nurses: TesterGroup) -> None:
    other = group_made(nurses.channels.get(), name="Owls")
    copied = invite_resend(invite=invited(other, send=True).invite, send=False, actor=SYSTEM)
    joins(mailed(nurses))
    with pytest.raises(InviteOverError):
        joins(copied.link)


def test_a_group_s_link_lets_in_as_many_as_it_says(nurses: TesterGroup) -> None:
    link = group_link(nurses, cap=2).link
    joins(link, name="One")
    joins(link, name="Two")
    with pytest.raises(BetaFullError):
        joins(link, name="Three")
    with pytest.raises(BetaFullError):
        invite_open(secret=secret_of(link))
    assert Tester.objects.count() == 2


def test_the_database_itself_holds_the_cap(nurses: TesterGroup) -> None:
    invite = group_link(nurses, cap=1).invite
    with pytest.raises(DatabaseError), transaction.atomic():
        TesterInvite.objects.filter(pk=invite.pk).update(uses=2)


def test_opening_uses_nothing_up(nurses: TesterGroup) -> None:
    made = invited(nurses)
    first = invite_open(secret=secret_of(made.link))
    invite_open(secret=secret_of(made.link))
    kept = TesterInvite.objects.get()
    assert (kept.uses, kept.opened_at is not None) == (0, True)
    assert joins(made.link).tester == first.tester


def test_nobody_is_invited_twice_into_a_group(nurses: TesterGroup) -> None:
    made = invited(nurses)
    with pytest.raises(ConflictError, match="invited already"):
        invited(nurses, "TESS@example.com")
    joins(made.link)
    with pytest.raises(ConflictError, match="in this group"):
        invited(nurses)


def test_a_tester_joins_another_group_as_the_same_tester(nurses: TesterGroup) -> None:
    first = joins(invited(nurses).link).tester
    other = group_made(nurses.channels.get(), name="Doctors")
    assert joins(mailed(other)).tester == first
    assert set(first.groups.all()) == {nurses, other}


def test_what_no_letter_can_go_to_is_refused(nurses: TesterGroup) -> None:
    for email in ("", "tess", "tess@example.com\nBcc: all@example.com", "tess@example.com,x@example.com"):
        with pytest.raises(InvalidValueError):
            invited(nurses, email, send=True)
    assert not Tester.objects.exists()


def test_an_invite_has_an_end_within_bounds(nurses: TesterGroup) -> None:
    for days in (-1, 0, 91):
        with pytest.raises(InvalidValueError):
            group_link_make(
                group=nurses, cap=5, actor=SYSTEM, person=None, expires_at=clock.now() + timedelta(days=days)
            )
    for cap in (0, 100_001):
        with pytest.raises(InvalidValueError):
            group_link(nurses, cap=cap)


def test_what_is_accepted_or_revoked_is_not_sent_again(nurses: TesterGroup) -> None:
    accepted, revoked = invited(nurses), invited(nurses, "other@example.com")
    joins(accepted.link)
    invite_revoke(invite=revoked.invite, actor=SYSTEM)
    for invite in (accepted.invite, revoked.invite):
        with pytest.raises(TesterStateError):
            invite_resend(invite=invite, send=False, actor=SYSTEM)
    with pytest.raises(InvalidValueError):
        invite_resend(invite=group_link(nurses).invite, send=True, actor=SYSTEM)


def test_no_link_is_made_into_a_group_that_ended(nurses: TesterGroup) -> None:
    tester_group_end(group=nurses, actor=SYSTEM)
    with pytest.raises(TesterStateError):
        tester_invite(group=nurses, name="", email="", send=False, actor=SYSTEM, person=None)
