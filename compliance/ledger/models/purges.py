"""What deleted data whose time was over, when it last ran, how much went, and how much holds kept."""

from django.db import models


class PurgeRun(models.Model):
    """One kind of data; not on the log, since a purge that finds nothing is no event. It names nobody."""

    name = models.CharField(max_length=40, primary_key=True)
    ran_at = models.DateTimeField(help_text="Last time, whether anything was due or not.")
    removed = models.PositiveBigIntegerField(help_text="Then.")
    removed_at = models.DateTimeField(null=True, help_text="Last time that anything went.")
    total = models.PositiveBigIntegerField(default=0)
    # By number of the legal hold; a row that two of them keep counts for both.
    held = models.JSONField(default=dict, db_default={}, help_text="Whose time was over, and stayed.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.removed} at {self.ran_at:%Y-%m-%d %H:%M}"
