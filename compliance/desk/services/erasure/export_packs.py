"""Packs of the audit log that wait on the server to be downloaded: files with personal values of many people.

A pack is signed whole, so nobody is taken out of it: the pack goes, and can be ordered anew without them.
What was downloaded or handed on has left the console; the register of exports says who holds it.
"""

import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Final

from compliance.desk.backends.export_files import pack_path
from compliance.desk.models import Export
from compliance.desk.models.exports import ExportState
from compliance.desk.services.erasure.files import FilesHolder
from compliance.desk.services.exports import export_forget
from compliance.ledger.domain.events import ActorKind
from releaseconsole.personal_data import Found, Row, Subject, needles_of

_PLACE: Final = "export packs"
_EVENTS: Final = "events.jsonl"
# Compressed once more inside, and made of nothing but what the other files hold.
_PRINTED: Final = "report.pdf"


class ExportPacks(FilesHolder):
    """The files of exports that are ready."""

    name: Final = "packs of the audit log"
    holds: Final = (
        "Export packs on the server that name somebody, or hold personal values of what was done to them."
    )
    retention: Final = "`EXPORT_KEEP_DAYS`, then the file is removed; who holds copies stays on record."

    def find(self, subject: Subject, /) -> Found:
        """Count the packs."""
        return Found({_PLACE: len(_packs_of(subject))})

    def export(self, subject: Subject, /) -> Iterator[Row]:
        """Say how many there are: the values themselves come from the log.

        Yields:
            One row, if there's something.
        """
        if count := self.find(subject).total:
            yield Row(_PLACE, {"packs that name you": count})

    def erase(self, subject: Subject, request: str, /) -> Found:  # noqa: ARG002 (files name no request)
        """Remove the packs."""
        theirs = _packs_of(subject)
        for export in theirs:
            export_forget(export=export)
        return Found({_PLACE: len(theirs)})


def _packs_of(subject: Subject) -> list[Export]:
    ready = Export.objects.filter(state=ExportState.READY)
    return [export for export in ready if pack_path(export.pk).exists() and _is_theirs(export, subject)]


def _is_theirs(export: Export, subject: Subject) -> bool:
    needles = needles_of(subject)
    involves_them = _involving(subject) if export.personal else lambda _: False
    with zipfile.ZipFile(pack_path(export.pk)) as pack:
        for name in pack.namelist():
            if name != _PRINTED:
                with pack.open(name) as lines:
                    if any(
                        needles.are_in(line) or (name == _EVENTS and involves_them(line)) for line in lines
                    ):
                        return True
    return False


def _involving(subject: Subject) -> Callable[[bytes], bool]:
    """Tell of a line whether it's what was done to them: the values beside it are theirs.

    Of what they did to something else, the values are about that, as in the log itself.
    """
    theirs = {(ActorKind.TESTER.value, str(each)) for each in subject.tester_ids}
    if subject.person_id is not None:
        theirs.add((ActorKind.PERSON.value, str(subject.person_id)))

    def involves(line: bytes) -> bool:
        thing = json.loads(json.loads(line)["header"])["object"]
        return (thing["type"], thing["id"]) in theirs

    return involves if theirs else lambda _: False
