"""The key of the hashes that stand for people in records of requests."""

from django.db import models
from django.db.models import Q


class SubjectKey(models.Model):
    """The one key, sealed: the KEK that opens it is outside the database and its backups.

    It's never changed: the hashes it made couldn't be compared with any that another key makes.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sealed_key = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="desk_subject_key_only_one")]

    def __str__(self) -> str:
        return "subject key"

    def key_context(self) -> str:
        """What the sealed key is bound to."""
        return "desk-subject-key"
