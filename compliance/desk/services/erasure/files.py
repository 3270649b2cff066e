"""What holders of files have in common: nothing of a file stays, and nobody is learned of or named by one."""

from collections.abc import Iterable, Sequence
from typing import Final

from releaseconsole.personal_data import DataClass, Identifier, Kept, Subject


class FilesHolder:
    """Files on the server that may name somebody; what a kind of them is, and how it goes, is its own."""

    data_class: Final = DataClass.TRANSIENT
    fields: Sequence[str] = ()

    def kept(self, subject: Subject, /) -> Sequence[Kept]:  # noqa: ARG002 (nothing stays)
        """Keep nothing."""
        return ()

    def related(self, subject: Subject, /) -> Subject:  # noqa: ARG002 (nothing is learned here)
        """Learn nothing."""
        return Subject()

    def everybody(self) -> Iterable[tuple[Identifier, Subject]]:
        """Name nobody: a restored database has no files."""
        return ()
