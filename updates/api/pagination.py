"""Pages by cursor: stable while rows are added, and as fast on the last page as on the first."""

from rest_framework.pagination import CursorPagination


class ConsolePagination(CursorPagination):
    """`?page_size=` up to 200; the ordering column must be unique."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class AppPagination(ConsolePagination):
    """By id."""

    ordering = "app_id"


class ChannelPagination(ConsolePagination):
    """By name, which is unique within an app."""

    ordering = "name"


class BundlePagination(ConsolePagination):
    """Newest first."""

    ordering = "-id"


class ReleasePagination(ConsolePagination):
    """Newest first."""

    ordering = "-release_seq"
