"""What makes a repeated API call safe."""

from django.db import models

from updates.models.apps import App


class IdempotencyRecord(models.Model):
    """The answer once given to a key, so that a retry gets it again instead of acting twice."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    key_sha256 = models.CharField(max_length=64, help_text="Hash of token and Idempotency-Key.")
    request_sha256 = models.CharField(max_length=64, help_text="Hash of what was asked.")
    status = models.PositiveSmallIntegerField()
    # Text, not JSON: PostgreSQL would reorder keys, and a repetition gives the same bytes.
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "key_sha256"], name="updates_idempotency_once")]

    def __str__(self) -> str:
        return self.key_sha256[:12]
