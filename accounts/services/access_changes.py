"""What every change of somebody's access has in common: who may make it, the lock, and the letter.

Only who manages people changes what others may do, and nobody their own access: not even what they have
themselves can be passed on by anybody else. So every right leads back to an administrator, and there are no
chains to follow when one of them leaves.
"""

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import OwnAccessError, PermissionDeniedError
from accounts.models import User
from accounts.services.authority import Authority, authority_use
from accounts.services.mail import letter_write


def person_lock(person: User) -> User:
    """Lock somebody, and read them as they are; what was cached before is left behind."""
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def manager_of(*, authority: Authority, operation: Operation) -> User:
    """Use up the authority for something that is done to people; give who does it.

    Raises:
        AccountsError: It's for something else, or isn't good any more.
        PermissionDeniedError: Whoever has it done may not manage people.
    """
    confirmed = authority_use(authority=authority, operation=operation)
    manager = User.objects.get(pk=confirmed.pk)  # anew: the one above remembers what it was allowed
    if not manager.may(Permission.PEOPLE_MANAGE):
        raise PermissionDeniedError(Permission.PEOPLE_MANAGE.value)
    return manager


def changer_of(*, authority: Authority, operation: Operation, person: User) -> User:
    """Use up the authority for a change of `person`'s access; give who makes it.

    Raises:
        AccountsError: It's for something else, or isn't good any more.
        PermissionDeniedError: Whoever has it done may not manage people.
        OwnAccessError: It's their own access.
    """
    changer = manager_of(authority=authority, operation=operation)
    if changer.pk == person.pk:
        raise OwnAccessError
    return changer


def change_tell(*, person: User, changer: User, sentence: str) -> None:
    """Write to somebody what has changed for them, and who changed it."""
    letter_write(
        to=person, template="access_changed", context={"sentence": sentence, "changer": changer.name}
    )
