"""What waits for a second person, and what one person did alone that somebody else has to look at."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.domain.approvals import ApprovalState, ReviewReason, Sentence, sentences_unpack
from accounts.domain.operations import LONGEST_NAME, Operation
from accounts.models.people import User
from accounts.models.step_up import StepUp
from releaseconsole.kernel import randomness, sealing

_DECIDED_BY_ANOTHER = (ApprovalState.EXECUTED, ApprovalState.REJECTED)


class ApprovalRequest(models.Model):
    """One operation that a person asked for, and that another one decides; it runs once or never."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    operation = models.CharField(max_length=LONGEST_NAME)
    facts = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the operation, in hex.")
    app_id = models.CharField(max_length=155, blank=True)
    sealed_payload = models.TextField(
        blank=True, help_text="What the operation needs beside its facts, under the KEK; gone once decided."
    )
    headline = models.CharField(max_length=250)
    sentences = models.JSONField(help_text="What its page said when it was asked for.")
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approval_requests")
    requester_step_up = models.OneToOneField(StepUp, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ApprovalState],
        default=ApprovalState.PENDING.value,
    )
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approver_step_up = models.OneToOneField(StepUp, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "expires_at"], name="accounts_approval_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(state=ApprovalState.PENDING.value),
                name="accounts_approval_pending_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="accounts_approval_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[state.value for state in _DECIDED_BY_ANOTHER])
                | Q(decided_by__isnull=False),
                name="accounts_approval_decided_by",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApprovalState.EXECUTED.value) | Q(approver_step_up__isnull=False),
                name="accounts_approval_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state=ApprovalState.PENDING.value, decided_at=None)
                | (~Q(state=ApprovalState.PENDING.value) & Q(decided_at__isnull=False)),
                name="accounts_approval_decided_at",
            ),
            models.CheckConstraint(
                condition=Q(state=ApprovalState.PENDING.value) | Q(sealed_payload=""),
                name="accounts_approval_payload_gone",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="accounts_approval_expires"
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def subject(self) -> Operation:
        """What was asked for."""
        return Operation(self.operation, self.facts)

    @property
    def told(self) -> list[Sentence]:
        """What the page said when it was asked for."""
        return sentences_unpack(self.sentences)

    def payload_context(self) -> str:
        """What the sealed payload is bound to."""
        return f"approval-payload:request:{self.pk}"

    def payload_set(self, payload: bytes) -> None:
        """Seal what the operation needs (unsaved)."""
        kek = sealing.kek_current()
        self.sealed_payload = kek.seal(payload, context=self.payload_context()) if payload else ""

    def payload_read(self) -> bytes:
        """Open what the operation needs; empty if it needs nothing."""
        if not self.sealed_payload:
            return b""
        return sealing.kek_current().unseal(self.sealed_payload, context=self.payload_context())

    def state_at(self, now: datetime) -> ApprovalState:
        """Its state; nobody decides what has expired, also before that is written down."""
        state = ApprovalState(self.state)
        return ApprovalState.EXPIRED if state is ApprovalState.PENDING and now >= self.expires_at else state


class ReviewTask(models.Model):
    """What one person did without the second one that it needs; open until somebody else has looked."""

    id = models.UUIDField(primary_key=True, default=randomness.uuid4, editable=False)
    why = models.CharField(max_length=16, choices=[(r.value, r.value) for r in ReviewReason])
    operation = models.CharField(max_length=LONGEST_NAME)
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="review_tasks")
    step_up = models.OneToOneField(StepUp, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    reviewer_step_up = models.OneToOneField(StepUp, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=1000, blank=True)

    # Whether who looks at it may close it; set for them by `accounts.services.approval_inbox`.
    is_for_reader = False

    class Meta:
        default_permissions = ()
        ordering = ["-done_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("done_by")),
                name="accounts_review_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, reviewer_step_up=None, note="")
                | (
                    Q(reviewed_at__isnull=False, reviewed_by__isnull=False, reviewer_step_up__isnull=False)
                    & ~Q(note="")
                ),
                name="accounts_review_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} ({self.why})"
