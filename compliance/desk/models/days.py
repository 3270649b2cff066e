"""Whole days between two dates, as an expression that constraints can have on both databases."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler


class DaysBetween(Func):
    """`DaysBetween(a, b)` is a minus b, in days; nothing where one of them is nothing.

    On SQLite by `julianday`, which every SQLite has: Django's own arithmetic of dates is a function that only
    Django's connections know. A constraint also holds for whoever opens the file with another program.
    """

    template = "(%(expressions)s)"
    arg_joiner = " - "
    arity = 2
    output_field = IntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Write it for SQLite, where dates are text."""
        return self.as_sql(
            compiler,
            connection,
            template="CAST(julianday(%(expressions)s) AS INTEGER)",
            arg_joiner=") - julianday(",
            **extra_context,
        )
