"""Rows that are only ever added: refused here before the database refuses it."""

from typing import Any, NoReturn

from django.db import models

from compliance.ledger.errors import LedgerError


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads and inserts only."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ARG002 (refused whatever it carries)
        """Refuse.

        Raises:
            LedgerError: Always.
        """
        raise LedgerError("What the audit log holds is never changed.")

    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            LedgerError: Always.
        """
        raise LedgerError("What the audit log holds is never deleted.")


class AppendOnlyModel(models.Model):
    """A row that is inserted once and then only read."""

    class Meta:
        abstract = True
        default_permissions = ("view",)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a second save of the same row is refused.

        Raises:
            LedgerError: The row is in the database already.
        """
        if not self._state.adding:
            raise LedgerError("What the audit log holds is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 (refused whatever it carries)
        """Refuse.

        Raises:
            LedgerError: Always.
        """
        raise LedgerError("What the audit log holds is never deleted.")
