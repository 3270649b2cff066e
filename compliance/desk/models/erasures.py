"""Erasures: one run for each, its steps, and what was there before and after each of them."""

from typing import Final

from django.db import models
from django.db.models import Q

from releaseconsole.kernel import sealing
from releaseconsole.personal_data import Subject


class ErasureState(models.TextChoices):
    """Life of a run."""

    RUNNING = "running"
    # The search still finds something, or a step refuses again and again: a person has to look.
    STUCK = "stuck"
    DONE = "done"
    # Somebody looked, and says that it can't come to its end: the request is answered without one.
    GIVEN_UP = "given_up"


# An answer would say something else than what is happening.
UNDER_WAY: Final = (ErasureState.RUNNING.value, ErasureState.STUCK.value)
# What begins with it is a keyed hash in place of the reference of a record that is gone.
FORGOTTEN: Final = "~"


class StepKind(models.TextChoices):
    """What a step does."""

    SUPPRESS = "suppress", "Keep them out from now on"
    DRAIN = "drain", "Bring in what is on its way"
    HOLDER = "holder", "Erase what one holder has"
    COMPACT = "compact", "Have storage forget"
    SEARCH = "search", "Search everywhere"
    FINISH = "finish", "Sign for it"


class ErasureRun(models.Model):
    """The erasure of one person. Whom it's about rests sealed while it runs, and is gone when it's done."""

    request = models.CharField(max_length=32, db_index=True, help_text="Reference of the request.")
    is_replay = models.BooleanField(default=False, help_text="Done again after a restore.")
    sealed_subject = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=ErasureState.choices, default=ErasureState.RUNNING)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=80, help_text="Kind and id of the actor.")
    finished_at = models.DateTimeField(null=True)
    searches = models.PositiveSmallIntegerField(default=0, help_text="Searches that found something.")
    claimed_until = models.DateTimeField(null=True, help_text="Until when a worker has it.")
    error = models.CharField(max_length=300, blank=True, help_text="Why the last step didn't end; no names.")
    # The exact text that the person's receipt states, and the event that binds it.
    statement = models.TextField(blank=True)
    event = models.BigIntegerField(null=True, help_text="Number of the event that says it's done.")
    told_at = models.DateTimeField(null=True, help_text="When officers were told that it's stuck.")

    class Meta:
        default_permissions = ()
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ErasureState.values), name="desk_erasure_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=UNDER_WAY) | ~Q(sealed_subject=""),
                name="desk_erasure_under_way_of_somebody",
            ),
            # Once the record of the request is gone, so is what names it.
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(statement="") | Q(request__startswith=FORGOTTEN),
                name="desk_erasure_done_states_what",
            ),
            models.UniqueConstraint(
                fields=["request", "is_replay"],
                condition=Q(state__in=UNDER_WAY),
                name="desk_erasure_under_way_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(sealed_subject="", finished_at__isnull=False, event__isnull=False),
                name="desk_erasure_done_forgets",
            ),
            models.CheckConstraint(
                condition=~Q(state="given_up") | Q(sealed_subject="", finished_at__isnull=False),
                name="desk_erasure_given_up_forgets",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure for {self.request}"

    def subject_context(self) -> str:
        """What the sealed subject is bound to."""
        return f"desk-erasure:{self.request}"

    def subject_set(self, subject: Subject) -> None:
        """Keep whom it's about (unsaved)."""
        kek = sealing.kek_current()
        self.sealed_subject = kek.seal(subject.to_text().encode(), context=self.subject_context())

    def subject_read(self) -> Subject:
        """Open whom it's about; nobody, once it's done."""
        if not self.sealed_subject:
            return Subject()
        opened = sealing.kek_current().unseal(self.sealed_subject, context=self.subject_context())
        return Subject.from_text(opened.decode())


class ErasureStep(models.Model):
    """One step: a holder's data, or what comes before and after all of them. Counts only."""

    run = models.ForeignKey(ErasureRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=StepKind.choices)
    name = models.CharField(max_length=80, blank=True, help_text="Of the holder.")
    before = models.JSONField(default=dict, help_text="Counts by place.")
    erased = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    kept = models.JSONField(default=list, help_text="What stays, on which ground, until when.")
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="desk_erasure_step_once"),
            models.CheckConstraint(
                condition=Q(kind__in=StepKind.values), name="desk_erasure_step_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()
