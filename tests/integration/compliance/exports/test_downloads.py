"""Downloads: whole or in parts, each copy on record."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from compliance.desk.backends.export_files import pack_path
from compliance.desk.models import Export, ExportCopy
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.exporting import happened, made, wish_of
from tests.support.operator import hidden
from tests.support.people import code_of, signed_in


@pytest.fixture
def export(orla: User) -> Export:
    happened(2, user=orla)
    return made(orla, wish_of())


def downloaded(export: Export, user: User, method: str = "get", **headers: str) -> Any:
    address = f"/console/compliance/exports/{export.pk}/pack.zip"
    return getattr(signed_in(user), method)(address, headers=headers)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def copies() -> int:
    assert (
        AuditEvent.objects.filter(action=Action.EXPORT_DOWNLOADED.value).count() == ExportCopy.objects.count()
    )
    return ExportCopy.objects.count()


def test_the_file_comes_with_its_hash_as_its_tag(export: Export, orla: User) -> None:
    answer = downloaded(export, orla)
    data = body_of(answer)
    assert hashlib.sha256(data).hexdigest() == export.sha256
    assert answer.headers["ETag"] == f'"{export.sha256}"'
    assert answer.headers["Content-Length"] == str(len(data)) == str(export.size)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"].startswith("no-store")
    assert copies() == 1


def test_a_broken_download_goes_on_as_the_same_copy(export: Export, orla: User) -> None:
    begin = body_of(downloaded(export, orla))[:1000]
    tag = {"If-Range": f'"{export.sha256}"'}
    rest = downloaded(export, orla, Range="bytes=1000-", **tag)
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 1000-{(export.size or 0) - 1}/{export.size}"
    assert hashlib.sha256(begin + body_of(rest)).hexdigest() == export.sha256
    assert copies() == 1


def test_who_asks_for_a_later_part_first_has_a_copy_too(export: Export, orla: User) -> None:
    assert downloaded(export, orla, Range="bytes=1-").status_code == 206
    assert copies() == 1


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=5-5", 5, 5), ("bytes=-7", -7, -1), ("bytes=10-99999999", 10, -1)],
)
def test_a_part_is_exactly_what_was_asked_for(
    asked: str, first: int, last: int, export: Export, orla: User
) -> None:
    whole = pack_path(export.pk).read_bytes()
    answer = downloaded(export, orla, Range=asked)
    size = len(whole)
    assert answer.status_code == 206
    assert body_of(answer) == whole[first % size : last % size + 1]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(asked: str, export: Export, orla: User) -> None:
    answer = downloaded(export, orla, Range=asked)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{export.size}")
    assert copies() == 0


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-"])
def test_what_is_not_understood_gives_the_whole(asked: str, export: Export, orla: User) -> None:
    answer = downloaded(export, orla, Range=asked)
    assert (answer.status_code, len(body_of(answer))) == (200, export.size)


def test_a_part_of_another_file_is_not_mixed_in(export: Export, orla: User) -> None:
    answer = downloaded(export, orla, Range="bytes=5-", **{"If-Range": '"another"'})
    assert (answer.status_code, len(body_of(answer))) == (200, export.size)


def test_asking_how_large_it_is_takes_no_copy(export: Export, orla: User) -> None:
    answer = downloaded(export, orla, "head")
    assert answer.headers["Content-Length"] == str(export.size)
    assert copies() == 0


def test_a_file_that_is_lost_is_told_and_not_recorded_as_taken(export: Export, orla: User) -> None:
    pack_path(export.pk).unlink()
    assert downloaded(export, orla).status_code == 302
    assert copies() == 0


def test_each_person_has_their_own_copy(export: Export, orla: User, audra: User) -> None:
    for user in (orla, audra, orla):
        body_of(downloaded(export, user))
    assert copies() == 3


@pytest.fixture
def personal(orla: User) -> Export:
    happened(2, user=orla, name="Nora")
    return made(orla, wish_of(), personal=True)


def confirmed_download(export: Export, user: User) -> Any:
    client, address = signed_in(user), f"/console/compliance/exports/{export.pk}/"
    fields = hidden(client.get(address).content.decode())
    return client.post(f"{address}pack.zip", {"digest": fields["digest"], "code": code_of(user)})


@pytest.mark.parametrize("asked", ["", "bytes=1-"])
def test_personal_values_that_somebody_else_ordered_take_a_confirmation_once(
    asked: str, personal: Export, audra: User
) -> None:
    headers = {"Range": asked} if asked else {}
    assert downloaded(personal, audra, **headers).status_code == 302
    wrong = signed_in(audra).post(f"/console/compliance/exports/{personal.pk}/pack.zip", {"code": "000000"})
    assert (wrong.headers["Content-Type"].partition(";")[0], copies()) == ("text/html", 0)
    answer = confirmed_download(personal, audra)
    assert hashlib.sha256(body_of(answer)).hexdigest() == personal.sha256
    assert copies() == 1
    assert downloaded(personal, audra, **headers).status_code in {200, 206}


def test_who_ordered_personal_values_confirmed_it_then(personal: Export, orla: User) -> None:
    assert downloaded(personal, orla).status_code == 200
    assert copies() == 1


def test_a_part_of_a_file_that_was_made_anew_is_a_copy_of_its_own(export: Export, orla: User) -> None:
    body_of(downloaded(export, orla))
    Export.objects.filter(pk=export.pk).update(made_at=clock.now() + timedelta(seconds=1))
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert downloaded(export, orla, Range="bytes=1-").status_code == 206
        assert downloaded(export, orla, Range="bytes=1-").status_code == 206
    assert copies() == 2


def test_each_download_from_the_first_byte_is_a_copy(export: Export, orla: User) -> None:
    for _ in range(2):
        downloaded(export, orla, Range="bytes=0-9")
    assert copies() == 2
