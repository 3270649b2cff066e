"""Links that testers hold, and the tokens in letters to them.

An invite's secret and that of a tester's own page are 256 random bits, of which a SHA-256 is kept. What
letters link to is signed instead of kept: it says whom it's for and for what, and is over after a time.
"""

from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.core import signing

from releaseconsole.kernel import randomness
from releaseconsole.kernel.encoding import sha256_hex
from updates.errors import TesterLinkError
from updates.models import Tester

_SECRET_BYTES: Final = 32
_SALT: Final = "updates.testers.letters"
_FINGERPRINT: Final = 16


class LetterPurpose(StrEnum):
    """What a link in a letter is for."""

    CONFIRM = "confirm"
    COME_BACK = "come_back"
    STOP_MAIL = "stop_mail"


_LIVES_SECONDS: Final = {
    LetterPurpose.CONFIRM: 3 * 86_400,
    LetterPurpose.COME_BACK: 3600,
    LetterPurpose.STOP_MAIL: None,  # whoever doesn't want letters can say so from an old one
}


def secret_draw() -> tuple[str, str]:
    """Make a secret, and the hash of it that is kept."""
    secret = randomness.token_urlsafe(_SECRET_BYTES)
    return secret, sha256_hex(secret.encode())


def invite_address(secret: str) -> str:
    """Write the address of an invite (`updates.urls.beta`)."""
    return f"{settings.PUBLIC_URL}/beta/invite/{secret}/"


def letter_address(purpose: LetterPurpose, tester: Tester, *, email: str = "") -> str:
    """Write the address that a letter to a tester holds.

    Args:
        purpose: What it's for.
        tester: Whose it is. Once their own page has another secret, one to come back is used up.
        email: The address that is to be confirmed.
    """
    facts = {"for": purpose.value, "tester": tester.pk, "at": _fingerprint(tester), "email": email}
    token = signing.dumps(facts, salt=_SALT, compress=True)
    return f"{settings.PUBLIC_URL}/beta/letter/{token}/"


def letter_read(token: str) -> tuple[LetterPurpose, Tester, str]:
    """Read what a letter's link says: what it's for, whose it is, and the address that it confirms.

    Raises:
        TesterLinkError: It was never signed here, is over or used up, or its tester is gone.
    """
    try:
        facts: dict[str, Any] = signing.loads(token, salt=_SALT)
        purpose = LetterPurpose(facts["for"])
        signing.loads(token, salt=_SALT, max_age=_LIVES_SECONDS[purpose])
    except signing.BadSignature as exc:
        raise TesterLinkError from exc
    tester = Tester.objects.filter(pk=facts["tester"]).select_related("app").first()
    if tester is None or (purpose is not LetterPurpose.STOP_MAIL and facts["at"] != _fingerprint(tester)):
        raise TesterLinkError
    return purpose, tester, str(facts["email"])


def _fingerprint(tester: Tester) -> str:
    """Name the present secret of a tester without telling it: a new one makes earlier links worthless."""
    return sha256_hex(tester.secret_sha256.encode())[:_FINGERPRINT]
