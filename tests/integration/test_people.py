"""The people fixtures hold what their names promise."""

from accounts.domain.roles import Permission
from accounts.models import User
from tests.support.people import signed_in


def test_each_person_may_do_what_their_role_says(
    ada: User, rita: User, ansel: User, kai: User, audra: User, olaf: User
) -> None:
    assert ada.may(Permission.PEOPLE_MANAGE)
    assert rita.may(Permission.RELEASE_PUBLISH)
    assert ansel.may(Permission.RELEASE_APPROVE)
    assert kai.may(Permission.KEY_OPERATE)
    assert audra.may(Permission.AUDIT_VIEW)
    assert not any(olaf.may(permission) for permission in Permission)


def test_a_signed_in_client_has_passed_both_factors(rita: User) -> None:
    assert signed_in(rita).session["otp_device_id"] == rita.totp_authenticators.get().persistent_id
