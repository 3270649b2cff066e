"""The register of privacy requests: deadlines as columns, and a person only as long as the request runs."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Least

from compliance.desk.domain.denials import GROUNDS, Basis, Ground
from compliance.desk.domain.request_states import ONCE, Channel, Kind, Outcome, Scope, State, Step
from compliance.desk.domain.subjects import Contact, SubjectKind
from compliance.desk.domain.verification import METHODS, Authority, Method, Verification
from compliance.desk.models.request_constraints import REQUEST_CONSTRAINTS
from releaseconsole.kernel import sealing


class PrivacyRequestQuerySet(models.QuerySet["PrivacyRequest"]):
    """Requests in the order in which they press."""

    def by_deadline(self) -> "PrivacyRequestQuerySet":
        """The one of which something is due first comes first: its acknowledgement, or its answer."""
        answer = Coalesce(F("extended_due"), F("due"))
        unacknowledged = When(state=State.OPEN.value, ack_due__isnull=False, then=Least("ack_due", answer))
        return self.annotate(deadline=Case(unacknowledged, default=answer)).order_by("deadline", "pk")


class PrivacyRequest(models.Model):
    """One request, from the day of receipt until 24 months after its answer.

    While it runs, who asks rests in `sealed_contact`. Closed, it holds a reference and keyed hashes. All
    dates are days of the operator's zone.
    """

    reference = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=8)
    scope = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=12, default=State.OPEN.value)
    app_id = models.CharField(
        max_length=255, blank=True, help_text="Which app it's about, as far as is known."
    )
    signals_gpc = models.BooleanField(default=False, help_text="The browser sent Sec-GPC: 1.")

    received_at = models.DateTimeField()
    received_on = models.DateField()
    recorded_at = models.DateTimeField(help_text="When it was entered here.")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    backdate_reason = models.CharField(max_length=500, blank=True)

    ack_due = models.DateField(null=True)
    ack_sent_at = models.DateTimeField(null=True)
    due = models.DateField()
    extended_at = models.DateTimeField(null=True)
    extended_on = models.DateField(null=True)
    extension_reason = models.CharField(max_length=500, blank=True)
    extended_due = models.DateField(null=True)

    authority = models.CharField(max_length=17, blank=True, help_text="Of the agent, if one asks.")
    verification = models.CharField(max_length=10)
    verification_method = models.CharField(max_length=17, blank=True)
    verified_at = models.DateTimeField(null=True)

    closed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    kept_until = models.DateField(null=True)
    outcome = models.CharField(max_length=9, blank=True)
    denial_bases = models.CharField(max_length=200, blank=True, help_text="Grounds, between spaces.")
    explanation = models.CharField(max_length=2000, blank=True)
    result = models.JSONField(default=dict, help_text="What was done, in counts; nothing personal.")

    sealed_contact = models.TextField(blank=True)
    reminded_on = models.DateField(null=True)

    objects: ClassVar[models.Manager["PrivacyRequest"]] = PrivacyRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        default_permissions = ()
        constraints = REQUEST_CONSTRAINTS
        indexes = [
            models.Index(fields=["state", "due"], name="desk_request_deadline"),
            models.Index(fields=["received_on"], name="desk_request_received"),
            models.Index(fields=["kept_until"], name="desk_request_kept"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def asks(self) -> Kind:
        """What is asked for."""
        return Kind(self.kind)

    @property
    def came_by(self) -> Channel:
        """How it came."""
        return Channel(self.channel)

    @property
    def stands(self) -> State:
        """Where it stands."""
        return State(self.state)

    @property
    def is_closed(self) -> bool:
        """Whether it's answered."""
        return self.stands is State.CLOSED

    @property
    def ended(self) -> Outcome:
        """How it ended; nothing while it runs."""
        return Outcome(self.outcome)

    @property
    def how_much(self) -> Scope:
        """How much somebody wants to know."""
        return Scope(self.scope)

    @property
    def speaks_by(self) -> Authority:
        """By what an agent speaks."""
        return Authority(self.authority)

    @property
    def identity(self) -> Verification:
        """Where verification stands."""
        return Verification(self.verification)

    @property
    def verified_by(self) -> str:
        """How identity was verified, in words."""
        return METHODS[Method(self.verification_method)].words if self.verification_method else ""

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The grounds on which something was refused."""
        return tuple(Basis(each) for each in self.denial_bases.split())

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """The same, with their sections."""
        return tuple(GROUNDS[basis] for basis in self.bases)

    @property
    def answer_due(self) -> date:
        """The last day on which the answer is in time; what pages, letters, lists and files all show."""
        return self.extended_due or self.due

    @property
    def is_extension_late(self) -> bool:
        """Whether notice of the extension was given after the first 45 days, so that it extends nothing."""
        return self.extended_on is not None and self.extended_due is None

    @property
    def waits_for_ack(self) -> bool:
        """Whether the acknowledgement is still to be sent."""
        return self.ack_due is not None and self.stands is State.OPEN

    @property
    def is_late(self) -> bool:
        """Whether it was answered after the deadline."""
        return self.closed_on is not None and self.closed_on > self.answer_due

    def contact_context(self) -> str:
        """What the sealed contact is bound to."""
        return f"privacy-request:{self.reference}"

    def contact_set(self, contact: Contact) -> None:
        """Keep who asks (unsaved)."""
        kek = sealing.kek_current()
        self.sealed_contact = kek.seal(contact.to_text().encode(), context=self.contact_context())

    def contact_read(self) -> Contact:
        """Open who asks; nobody, once the request is closed."""
        if not self.sealed_contact:
            return Contact(authority=self.speaks_by)
        opened = sealing.kek_current().unseal(self.sealed_contact, context=self.contact_context())
        return Contact.from_text(opened.decode())


class PrivacyRequestStep(models.Model):
    """One line of a request's timeline."""

    request = models.ForeignKey(PrivacyRequest, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=20)
    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["request", "step"],
                condition=Q(step__in=[step.value for step in ONCE]),
                name="desk_request_step_once",
            ),
            models.CheckConstraint(
                condition=Q(step__in=[step.value for step in Step]), name="desk_request_step_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.request_id}"

    @property
    def words(self) -> str:
        """What happened, for people."""
        return Step(self.step).words


class PrivacyRequestSubject(models.Model):
    """The keyed hash of one identifier of whom a request is about, and what proved that it's theirs.

    Whoever asks can type anybody's address or device: only what is proved is looked for.
    """

    request = models.ForeignKey(PrivacyRequest, on_delete=models.CASCADE, related_name="subjects")
    kind = models.CharField(max_length=10)
    digest = models.CharField(max_length=64, help_text="HMAC-SHA256 under the subject key.")
    proved_by = models.CharField(
        max_length=17, blank=True, db_default="", help_text="By which method; empty: not proved."
    )

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "digest"], name="desk_request_subject_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in SubjectKind]),
                name="desk_request_subject_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(proved_by__in=[method.value for method in Method]),
                name="desk_request_subject_proof_known",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="desk_request_subject_found")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request_id}"

    @property
    def words(self) -> str:
        """What it is, and which of several, in the order in which they were named."""
        alike = PrivacyRequestSubject.objects.filter(request=self.request_id, kind=self.kind)
        words = SubjectKind(self.kind).words
        if alike.count() == 1:
            return words
        return f"{words} {alike.filter(pk__lte=self.pk).count()}"

    @property
    def proof_words(self) -> str:
        """What proved it, in words; nothing, where nothing has."""
        return METHODS[Method(self.proved_by)].words if self.proved_by else ""
