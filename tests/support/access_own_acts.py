"""Operations on what is one's own: each is named for whose it is."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.identity_operations import link_operation, unlink_operation
from accounts.domain.operations import Operation
from accounts.domain.totp import seed_text
from accounts.models import Identity, User
from accounts.services import authenticators, identities, passwords, security_keys
from accounts.services.authenticator_records import record_bound
from accounts.services.people import totp_enrol
from releaseconsole.kernel import clock
from tests.support.access_act import Act
from tests.support.operator import totp
from tests.support.software_key import SoftwareKey

_ISSUER: Final = "https://id.example.com"
_SEED: Final = b"another twenty bytes"


def password_change(owner: User) -> Act:
    given = {"user": owner, "new": "another long passphrase for tests", "session_key": ""}
    return Act(lambda: passwords.password_change_operation(user=owner), passwords.password_change, given)


def totp_add(owner: User) -> Act:
    new: dict[str, Any] = {"user": owner, "seed": _SEED}
    given = new | {"name": "Tablet", "code": totp(seed_text(_SEED))}
    return Act(lambda: authenticators.totp_add_operation(**new), authenticators.totp_add, given)


def authenticator_rename(owner: User) -> Act:
    return _on_a_second_one(owner, "rename", authenticators.authenticator_rename, name="Old phone")


def authenticator_remove(owner: User) -> Act:
    return _on_a_second_one(owner, "remove", authenticators.authenticator_remove)


def recovery_codes_make(owner: User) -> Act:
    return Act(
        lambda: authenticators.recovery_codes_operation(user=owner),
        authenticators.recovery_codes_make,
        {"user": owner},
    )


def security_key_register(owner: User) -> Act:
    options, state = security_keys.security_key_begin(user=owner)
    data = SoftwareKey().registered(options)
    given = {"user": owner, "state": state, "data": data, "name": "Blue key", "actor": owner.actor}
    return Act(
        lambda: security_keys.security_key_add_operation(user=owner),
        security_keys.security_key_register,
        given,
    )


def identity_link_allow(owner: User) -> Act:
    operation = link_operation(person=owner.pk, issuer=_ISSUER)
    return Act(lambda: operation, identities.identity_link_allow, {"operation": operation})


def identity_unlink(owner: User) -> Act:
    owner.password = "one"  # so that the link isn't their only way in
    owner.save(update_fields=["password"])
    now = clock.now()
    link = Identity.objects.create(
        user=owner, issuer=_ISSUER, subject=str(owner.pk), linked_at=now, vouched_at=now, asked_at=now
    )
    record_bound(
        user=owner,
        kind=AuthenticatorKind.IDENTITY_PROVIDER,
        authenticator=link.persistent_id,
        name="",
        facts={},
        now=now,
    )
    operation = unlink_operation(person=owner.pk, identity=link.pk)
    given = {"operation": operation, "identity_pk": link.pk}
    return Act(lambda: operation, identities.identity_unlink, given)


def _on_a_second_one(owner: User, what: str, service: Callable[..., object], **given: str) -> Act:
    second = totp_enrol(user=owner, seed=_SEED, name="Old one", actor=owner.actor)
    model, _, pk = second.persistent_id.rpartition("/")

    def operation() -> Operation:
        return authenticators.authenticator_operation(user=owner, device=second, what=what)

    return Act(operation, service, {"user": owner, "model": model, "pk": int(pk), **given})


OWN_ACTS: Final[Mapping[str, Callable[[User], Act]]] = {
    each.__name__: each
    for each in (
        password_change,
        totp_add,
        authenticator_rename,
        authenticator_remove,
        recovery_codes_make,
        security_key_register,
        identity_link_allow,
        identity_unlink,
    )
}
