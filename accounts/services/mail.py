"""Mail: written in the transaction of what it tells, sent afterwards, again and again until it's out."""

import logging
import smtplib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string

from accounts.models import Letter, User
from accounts.models.mail import LONGEST_SUBJECT
from releaseconsole.kernel import clock
from releaseconsole.kernel.sealing import SealingError

_AT_ONCE: Final = 50
_LONGEST_WAIT: Final = timedelta(hours=1)
# Attempts after which the wait doubles; the next one is longer than the longest.
_GROWING: Final = 6
_OUTSIDE_KEPT: Final = timedelta(days=3)
# Why a letter can't be sent now. ValueError: something in it can't be written as a mail.
MAIL_ERRORS: Final = (OSError, smtplib.SMTPException, SealingError, ValueError)
_log = logging.getLogger(__name__)


class LetterFollower(Protocol):
    """What wants to know what became of letters to people outside, of which nothing is kept here."""

    def __call__(self, letter: UUID, now: datetime, /, *, is_sent: bool) -> None:
        """Note that a letter is out, or was given up, in the transaction in which it goes."""


_followers: Final[dict[str, LetterFollower]] = {}


def letter_follower_register(name: str, follower: LetterFollower) -> None:
    """Tell somebody of every letter to people outside that leaves the outbox."""
    _followers[name] = follower


def letter_write(*, to: User, template: str, context: Mapping[str, Any], is_secret: bool = False) -> Letter:
    """Write a letter, inside the transaction of what it tells.

    Args:
        to: Who gets it, at the address that they have now.
        template: Below `templates/mail/`, without `.txt`; its first line is the subject.
        context: For the template; `person` and `console_url` are added.
        is_secret: It holds a link that lets somebody in: sealed while it waits, forgotten when it's sent.

    Raises:
        RuntimeError: No transaction is open: the letter could tell of what never happened.
    """
    return _letter_write(
        Letter(person=to, address=to.email), template, {"person": to, **context}, is_secret=is_secret
    )


def letter_write_outside(
    *, address: str, template: str, context: Mapping[str, Any], is_secret: bool = False
) -> Letter:
    """Write a letter to somebody who isn't one of the console's people, such as a beta tester.

    Nothing is kept of it: it goes when it's sent, or when nobody would take it for three days.

    Args:
        address: Where it goes.
        template: As `letter_write` takes it, and the rest too.
        context: For the template.
        is_secret: It holds a link that lets somebody in.

    Raises:
        RuntimeError: No transaction is open.
    """
    return _letter_write(Letter(person=None, address=address), template, context, is_secret=is_secret)


def letters_forget(*, address: str) -> None:
    """Drop what waits to be sent to somebody outside whose data are erased."""
    Letter.objects.filter(person=None, address=address).delete()


def letter_withdraw(*, letter: UUID) -> None:
    """Take back a letter to somebody outside that still waits."""
    Letter.objects.filter(pk=letter, person=None, sent_at=None).delete()


def letters_send() -> int:
    """Send what waits and is due; return how many went out. What fails is tried again, ever more slowly."""
    now = clock.now()
    _give_up(now)
    # Only what is due counts: those that nobody takes would keep all others waiting.
    due = Letter.objects.filter(attempts_due(now), sent_at=None)
    return sum(_send(letter.pk, now) for letter in due[:_AT_ONCE])


def attempts_due(now: datetime) -> models.Q:
    """Match letters for which it's time for another attempt: after 1, 2, 4, … minutes, at most an hour."""
    waits = [timedelta(minutes=2**number) for number in range(_GROWING)]
    due = models.Q(attempted_at=None) | models.Q(attempts__gt=_GROWING, attempted_at__lte=now - _LONGEST_WAIT)
    for attempts, wait in enumerate(waits, start=1):
        due |= models.Q(attempts=attempts, attempted_at__lte=now - wait)
    return due


def _letter_write(letter: Letter, template: str, context: Mapping[str, Any], *, is_secret: bool) -> Letter:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A letter is written inside the transaction of what it tells.")
    always = {"console_url": f"{settings.PUBLIC_URL}/console/"}
    subject, _, body = render_to_string(f"mail/{template}.txt", {**always, **context}).strip().partition("\n")
    letter.subject, letter.is_secret = _one_line(subject), is_secret
    letter.body_set(body.strip() + "\n")
    letter.save()
    return letter


def _give_up(now: datetime) -> None:
    """Drop what nobody took for three days, each with word to whoever follows it."""
    old = Letter.objects.filter(person=None, sent_at=None, written_at__lt=now - _OUTSIDE_KEPT)
    for pk in old.values_list("pk", flat=True):
        with transaction.atomic():
            letter = old.select_for_update(skip_locked=True).filter(pk=pk).first()
            if letter is not None:
                _leave(letter, now, is_sent=False)


def _leave(letter: Letter, now: datetime, *, is_sent: bool) -> None:
    pk = letter.pk
    letter.delete()
    for follower in _followers.values():
        follower(pk, now, is_sent=is_sent)


def _send(pk: UUID, now: datetime) -> bool:
    """Send one letter under its row's lock, so that two workers don't send it twice."""
    with transaction.atomic():
        waiting = Letter.objects.select_for_update(skip_locked=True).filter(attempts_due(now), sent_at=None)
        letter = waiting.filter(pk=pk).first()
        if letter is None:
            return False
        letter.attempts += 1
        letter.attempted_at = now
        try:
            EmailMessage(letter.subject, letter.body_read(), to=[letter.address]).send()
        except MAIL_ERRORS as exc:  # the letters after it go out all the same
            _log.warning("Letter %s couldn't be sent (attempt %d): %s", letter.pk, letter.attempts, exc)
        else:
            if letter.person_id is None:
                _leave(letter, now, is_sent=True)
                return True
            letter.sent_at = now
            letter.body = "" if letter.is_secret else letter.body
        letter.save(update_fields=["attempts", "attempted_at", "sent_at", "body"])
        return letter.sent_at is not None


def _one_line(subject: str) -> str:
    """Make a header of what a template made of people's words: no line ends, no longer than its column."""
    return " ".join(subject.split())[:LONGEST_SUBJECT]
