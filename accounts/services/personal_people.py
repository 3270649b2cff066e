"""Finding a person of the console by what they're known by, and stripping their account."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q

from accounts.models import User
from accounts.services.activity import person_close, person_leave
from releaseconsole.personal_data import Identifier, IdentifierKind, Subject

# A domain that can't exist (RFC 2606), so nobody is written to and nobody signs in.
_ERASED: Final = "erased.invalid"


def person_row(person: User) -> str:
    """Name a person's row across a restore."""
    return f"person:{person.pk}:{int(person.created_at.timestamp() * 1_000_000)}"


def people_related(subject: Subject) -> Subject:
    """Find the person of a number or an address, and what they're known by."""
    found = Q(pk__in=_number(subject))
    for address in subject.emails:
        found |= Q(email__iexact=address)
    person = User.objects.filter(found).exclude(email__endswith=f"@{_ERASED}").first()
    if person is None:
        return Subject()
    return Subject(
        person_id=person.pk,
        emails=frozenset({person.email}),
        names=frozenset({person.name} if person.name else ()),
        rows=frozenset({person_row(person)}),
    )


def people_everybody() -> Iterator[tuple[Identifier, Subject]]:
    """Name everybody who has an account.

    Not by their address: an erasure of that address which led to no account, and so took no administrator's
    word, would close one when it's done again.

    Yields:
        Each by their row.
    """
    for person in User.objects.exclude(email__endswith=f"@{_ERASED}").iterator():
        yield Identifier(IdentifierKind.ROW, person_row(person)), Subject(person_id=person.pk)


def person_strip(subject: Subject) -> None:
    """Close an account and take out of it whose it was; its number stays, for what names who acted.

    Raises:
        TooFewLeftError: Too few administrators or key custodians would be left; nothing has changed.
    """
    person = None if subject.person_id is None else person_leave(pk=subject.person_id)
    if person is None:
        return
    person.email, person.name = f"person-{person.pk}@{_ERASED}", f"Erased person {person.pk}"
    person.password, person.time_zone, person.last_login = "", "UTC", None
    person.save()
    person_close(person=person)


def _number(subject: Subject) -> list[int]:
    return [] if subject.person_id is None else [subject.person_id]
