"""The record of every authenticator ever bound (NIST SP 800-63B-4, 4.1): added to, never taken from."""

from typing import Any, NoReturn

from django.db import models

from accounts.domain.assurance import AuthenticatorKind
from accounts.errors import AuthenticatorRecordError
from accounts.models.people import User


class AuthenticatorRecordQuerySet(models.QuerySet["AuthenticatorRecord"]):
    """Refuses what the database would refuse too, with better words."""

    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            AuthenticatorRecordError: Always.
        """
        raise AuthenticatorRecordError


class AuthenticatorRecord(models.Model):
    """One authenticator, from its binding to its removal.

    Triggers in both databases refuse deletion and every change but one: the removal, once. A person is named
    by id without a foreign key's hold, as the audit log does, so that erasing them doesn't touch the record.
    """

    person = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, db_constraint=False, related_name="authenticator_records"
    )
    authenticator = models.CharField(max_length=100, unique=True, help_text="As django-otp names it.")
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in AuthenticatorKind])
    name = models.CharField(max_length=64, help_text="As it was called when it was bound.")
    facts = models.JSONField(default=dict, help_text="What it said of itself, such as an AAGUID.")
    bound_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=80, blank=True, help_text="Kind and id of the actor.")
    removed_why = models.CharField(max_length=200, blank=True)

    objects = AuthenticatorRecordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-bound_at", "-pk"]
        indexes = [models.Index(fields=["person", "-bound_at"], name="accounts_records_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in AuthenticatorKind]),
                name="accounts_record_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at=None, removed_by="", removed_why="")
                | (
                    models.Q(removed_at__isnull=False, removed_at__gte=models.F("bound_at"))
                    & ~models.Q(removed_by="")
                    & ~models.Q(removed_why="")
                ),
                name="accounts_record_removed_later",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            AuthenticatorRecordError: Always.
        """
        raise AuthenticatorRecordError
