"""Which rows an auditor looks at more closely: nobody chose them.

The choice follows from the root of the checkpoint that the pack is under, which nobody knew when the report
was ordered. Whoever has the pack chooses again and must find the same (`offline/verify_report.py` does).
"""

import hashlib
import heapq
from typing import Final

from compliance.desk.domain.reports.declaration import Row

SAMPLE_AT_MOST: Final = 200
# The same in offline/verify_report.py.
_BEGINS: Final = b"release-console report sample v1\n"
SAMPLE_RULE: Final = (
    "Every row n, counted from 1, has the rank SHA-256(“release-console report sample v1”, line end, the"
    " checkpoint's 32-byte root, the report's id, line end, n in decimal). The rows of the smallest ranks"
    " are the sample."
)


def sample_rank(*, root: bytes, report: str, place: int) -> bytes:
    """Say how early a row's turn comes.

    Args:
        root: Of the checkpoint.
        report: Id of the report.
        place: Of the row, counted from 1.
    """
    return hashlib.sha256(_BEGINS + root + f"{report}\n{place}".encode()).digest()


class Sample:
    """Chooses while rows go by; keeps no more of them than it's to choose."""

    def __init__(self, *, root: bytes, report: str, size: int) -> None:
        self._root, self._report, self._size = root, report, size
        # Greatest rank first, so that it is what goes when a smaller one comes.
        self._kept: list[tuple[int, int, Row]] = []

    def offer(self, place: int, row: Row) -> None:
        """Look at one row; each place once."""
        if not self._size:
            return
        rank = sample_rank(root=self._root, report=self._report, place=place)
        kept = (-int.from_bytes(rank), place, row)
        if len(self._kept) < self._size:
            heapq.heappush(self._kept, kept)
        elif kept[:2] > self._kept[0][:2]:
            heapq.heapreplace(self._kept, kept)

    def chosen(self) -> list[tuple[int, Row]]:
        """List what was chosen, in the order of the rows."""
        return sorted(((place, row) for _, place, row in self._kept), key=lambda each: each[0])
