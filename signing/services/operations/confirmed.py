"""A locked key, and the person in whose name is done what is about to be done to it."""

from dataclasses import dataclass
from uuid import UUID

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import User
from accounts.services.authority import Authority, authority_use
from signing.domain.key_operations import KeyOperation, key_operation, may_start
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyNotFoundError, KeyStateError
from signing.models import SigningKey
from signing.services.key_rows import keys_lock


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What an operation works with: the key, its siblings (itself among them), and who acts."""

    key: SigningKey
    rows: list[SigningKey]
    user: User

    @property
    def successor(self) -> SigningKey | None:
        """The key in waiting."""
        return successor_of(self.key, self.rows)


def key_confirmed(what: KeyOperation, *, key_id: UUID, authority: Authority) -> Confirmed:
    """Lock a key and its siblings, and use up the authority to do `what` to it as it is now.

    Raises:
        KeyNotFoundError: There is no such key.
        KeyStateError: It isn't in a state in which this can be done.
        AccountsError: The authority doesn't cover this, or the person may not operate keys.
    """
    key, rows = key_locked(key_id)
    start_check(what, key)
    return Confirmed(key, rows, operator_confirmed(authority, operation_of(what, key, rows)))


def key_locked(key_id: UUID) -> tuple[SigningKey, list[SigningKey]]:
    """Lock and read a key with all keys of its purpose and app.

    Raises:
        KeyNotFoundError: There is no such key, or it's destroyed.
    """
    found = SigningKey.objects.filter(pk=key_id).first()
    if found is not None:
        rows = keys_lock(KeyPurpose(found.purpose), found.app_id)
        for row in rows:
            if row.pk == key_id:
                return row, rows
    raise KeyNotFoundError


def operation_of(what: KeyOperation, key: SigningKey, rows: list[SigningKey]) -> Operation:
    """Name what would be done, as things are now."""
    successor = successor_of(key, rows)
    return key_operation(
        what,
        kid=key.key_id,
        app_id=key.app_id,
        purpose=key.purpose,
        state=KeyState(key.state),
        successor=successor.key_id if successor else "",
    )


def successor_of(key: SigningKey, rows: list[SigningKey]) -> SigningKey | None:
    """Find the key in waiting, other than this one."""
    waiting = (row for row in rows if row.state == KeyState.PREPUBLISHED and row.pk != key.pk)
    return next(waiting, None)


def start_check(what: KeyOperation, key: SigningKey) -> None:
    """Make sure that this can be done to a key in its state.

    Raises:
        KeyStateError: It can't.
    """
    if not may_start(what, state=KeyState(key.state), purpose=KeyPurpose(key.purpose)):
        done = what.value.rpartition(":")[2].replace("_", " ")
        state = key.state.replace("_", "-")
        raise KeyStateError(
            f"This can't be done to a {key.purpose.replace('_', '-')} key that is {state}: {done}."
        )


def operator_confirmed(authority: Authority, operation: Operation) -> User:
    """Use up the authority for an operation, and return whoever has it done.

    Raises:
        AccountsError: The authority doesn't cover this.
        PermissionDeniedError: Whoever has it done may not operate keys.
    """
    user = authority_use(authority=authority, operation=operation)
    if not user.may(Permission.KEY_OPERATE):
        raise PermissionDeniedError(Permission.KEY_OPERATE.value)
    return user
