"""Which of a person's authenticators can go."""

import pytest

from accounts.domain.assurance import AuthenticatorKind as Kind
from accounts.domain.authenticator_rules import Held, removal_refusal

APP, OTHER_APP = Held("app/1", Kind.TOTP), Held("app/2", Kind.TOTP)
KEY, OTHER_KEY = Held("key/1", Kind.SECURITY_KEY), Held("key/2", Kind.SECURITY_KEY)
BLOCKED_KEY = Held("key/3", Kind.SECURITY_KEY, is_usable=False)
CODES = Held("codes/1", Kind.RECOVERY_CODE)


@pytest.mark.parametrize(
    ("held", "removed", "custodian", "says"),
    [
        pytest.param([APP, OTHER_APP], APP, False, "", id="one of two"),
        pytest.param([APP, KEY], KEY, False, "", id="the only key of somebody who needs none"),
        pytest.param([KEY, OTHER_KEY], KEY, True, "", id="one of a custodian's keys"),
        pytest.param([APP, KEY], APP, True, "", id="a custodian's app"),
        pytest.param([APP, BLOCKED_KEY], BLOCKED_KEY, False, "", id="a blocked key"),
        pytest.param([APP], APP, False, "last one", id="the last one"),
        pytest.param([APP, CODES], APP, False, "last one", id="the last one beside codes"),
        pytest.param([APP, BLOCKED_KEY], APP, False, "last one", id="the last one beside a blocked key"),
        pytest.param([APP, KEY], KEY, True, "last security key", id="a custodian's last key"),
        pytest.param([APP, KEY, BLOCKED_KEY], KEY, True, "last security key", id="the last key that works"),
        pytest.param([APP, CODES], CODES, False, "no such", id="codes are replaced, not removed"),
        pytest.param([APP, OTHER_APP], KEY, False, "no such", id="somebody else's"),
    ],
)
def test_the_rules(held: list[Held], removed: Held, *, custodian: bool, says: str) -> None:
    refusal = removal_refusal(held, removed=removed.id, keeps_security_key=custodian)
    assert says in refusal
    assert bool(says) == bool(refusal)
