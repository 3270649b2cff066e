"""Pages by cursor: stable while rows are added, and as fast on the last page as on the first."""

import re
from typing import Any, ClassVar

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class ConsolePagination(CursorPagination):
    """`?page_size=` up to 200; the ordering column must be unique, its values look like `position`."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    position: ClassVar[re.Pattern[str]]

    def decode_cursor(self, request: Request) -> Any:
        """Read the cursor, which anybody may make up.

        Raises:
            NotFound: It names nothing that the ordering column can hold.
        """
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and not self.position.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor
