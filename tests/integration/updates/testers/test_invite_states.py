"""Every state that an invite can be in, at once: which it lets somebody in, and how it refuses."""

from datetime import timedelta
from itertools import product

import pytest

from releaseconsole.kernel import clock
from tests.support.beta import group_link, invited, secret_of
from updates.errors import BetaFullError, InviteOverError
from updates.models import TesterGroup, TesterInvite
from updates.services.testers import invite_open

_PASSED = timedelta(minutes=-1)
_TO_COME = timedelta(days=7)


@pytest.mark.parametrize("is_personal", [True, False], ids=["for one person", "for whoever has it"])
def test_an_invite_opens_only_while_nothing_speaks_against_it(
    nurses: TesterGroup, *, is_personal: bool
) -> None:
    link = invited(nurses).link if is_personal else group_link(nurses).link
    invite, now = TesterInvite.objects.get(), clock.now()
    for revoked, expired, ended, over, used_up in product((False, True), repeat=5):
        TesterInvite.objects.filter(pk=invite.pk).update(
            revoked_at=now if revoked else None,
            expires_at=now + (_PASSED if expired else _TO_COME),
            uses=invite.cap if used_up else 0,
        )
        TesterGroup.objects.filter(pk=nurses.pk).update(
            ended_at=now if ended else None, ends_at=now + (_PASSED if over else _TO_COME)
        )
        state = (revoked, expired, ended, over, used_up)
        if revoked or expired or ended or over or (used_up and is_personal):
            with pytest.raises(InviteOverError):
                invite_open(secret=secret_of(link))
        elif used_up:
            with pytest.raises(BetaFullError):
                invite_open(secret=secret_of(link))
        else:
            assert invite_open(secret=secret_of(link)).pk == invite.pk, state
