"""Who has data from the operator, and the notices by which requests are passed on to them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from compliance.desk.domain.downstream import (
    PASSED_ON,
    FoundBy,
    NoticeState,
    ProviderRole,
    Told,
    Unsent,
)
from compliance.desk.domain.request_states import Kind
from compliance.desk.models.parties import RegisteredParty
from compliance.desk.models.requests import PrivacyRequest
from releaseconsole.kernel import sealing

_ANSWERED: Final = Q(state__in=[NoticeState.CONFIRMED.value, NoticeState.REFUSED.value])
_EXPLAINED: Final = Q(state__in=[NoticeState.REFUSED.value, NoticeState.IMPOSSIBLE.value])
_OPEN: Final = Q(state__in=[NoticeState.DUE.value, NoticeState.SENT.value])


def _among(field: str, values: Iterable[StrEnum], name: str) -> CheckConstraint:
    condition = Q(**{f"{field}__in": sorted(value.value for value in values)})
    return CheckConstraint(condition=condition, name=name)


class ServiceProvider(RegisteredParty):
    """Somebody who has data from the operator, under a contract; never deleted, it ends."""

    role = models.CharField(max_length=11)
    address = models.EmailField(max_length=254, help_text="Where notices go.")
    holds = models.CharField(max_length=500, help_text="What they hold.")
    app_ids = models.TextField(blank=True, help_text="Of which apps, between spaces; empty: of all.")
    found_by = models.CharField(max_length=40, help_text="By what they find somebody, between spaces.")
    contract_on = models.DateField(null=True, help_text="Day of the contract; empty: there's none.")

    class Meta:
        default_permissions = ()
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_on=None), name="desk_provider_once_at_a_time"
            ),
            _among("role", ProviderRole, "desk_provider_role_known"),
            CheckConstraint(
                condition=~Q(name="") & ~Q(address="") & ~Q(holds="") & ~Q(found_by=""),
                name="desk_provider_says_what",
            ),
            CheckConstraint(
                condition=Q(ended_on=None, ended_reason="") | Q(ended_on__isnull=False) & ~Q(ended_reason=""),
                name="desk_provider_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_a(self) -> ProviderRole:
        """What they are."""
        return ProviderRole(self.role)

    @property
    def apps(self) -> tuple[str, ...]:
        """Of which apps they hold something; none: of all."""
        return tuple(self.app_ids.split())

    @property
    def finds_by(self) -> tuple[FoundBy, ...]:
        """By what they find somebody."""
        return tuple(FoundBy(each) for each in self.found_by.split())


class ProviderNotice(models.Model):
    """One notice to one provider about one request; whom it's about rests sealed until it's settled."""

    request = models.ForeignKey(PrivacyRequest, on_delete=models.CASCADE, related_name="notices")
    provider = models.ForeignKey(ServiceProvider, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=8, help_text="What the request asks for.")
    role = models.CharField(max_length=11, help_text="What the provider was then.")
    address = models.EmailField(max_length=254, db_default="", help_text="Where it goes, then and again.")
    state = models.CharField(max_length=10, default=NoticeState.DUE.value)
    made_at = models.DateTimeField()
    due_on = models.DateField(help_text="By when an answer is expected.")
    forget_on = models.DateField(help_text="After this day nobody is named any more, answered or not.")
    sealed_told = models.TextField(blank=True)
    letter = models.UUIDField(null=True, help_text="That waits to be sent.")
    # Why no letter waits any more and none is out.
    unsent_why = models.CharField(max_length=11, blank=True, db_default="")
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)
    reminded_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "provider"], name="desk_notice_once"),
            _among("state", NoticeState, "desk_notice_state_known"),
            _among("role", ProviderRole, "desk_notice_role_known"),
            _among("kind", PASSED_ON, "desk_notice_kind_passed_on"),
            _among("unsent_why", Unsent, "desk_notice_unsent_why_known"),
            CheckConstraint(
                condition=Q(unsent_why="") | Q(state=NoticeState.DUE.value, letter=None),
                name="desk_notice_unsent_is_due",
            ),
            CheckConstraint(
                condition=~Q(state=NoticeState.DUE.value) | Q(sent_at=None), name="desk_notice_due_unsent"
            ),
            CheckConstraint(
                condition=~(_ANSWERED | Q(state=NoticeState.SENT.value)) | Q(sent_at__isnull=False),
                name="desk_notice_answered_was_sent",
            ),
            CheckConstraint(
                condition=_OPEN & Q(settled_at=None, settled_by=None)
                | ~_OPEN & Q(settled_at__isnull=False, letter=None),
                name="desk_notice_settled_whole",
            ),
            # Nobody settles what the console itself found to be about nobody; everything else somebody does.
            CheckConstraint(
                condition=_OPEN | (Q(state=NoticeState.NOBODY.value) ^ Q(settled_by__isnull=False)),
                name="desk_notice_settled_by_somebody",
            ),
            CheckConstraint(condition=~_EXPLAINED | ~Q(note=""), name="desk_notice_refused_why"),
            CheckConstraint(
                condition=~Q(state=NoticeState.IMPOSSIBLE.value)
                | Q(role=ProviderRole.THIRD_PARTY.value, kind=Kind.DELETE.value),
                name="desk_notice_impossible_third_party",
            ),
            CheckConstraint(condition=_OPEN | Q(sealed_told=""), name="desk_notice_settled_names_nobody"),
            CheckConstraint(
                condition=(Q(sent_at=None) | Q(sent_at__gte=F("made_at")))
                & (Q(settled_at=None) | Q(settled_at__gte=F("made_at"))),
                name="desk_notice_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} of {self.request_id}"

    @property
    def stands(self) -> NoticeState:
        """Where it stands."""
        return NoticeState(self.state)

    @property
    def was_a(self) -> ProviderRole:
        """What the provider was."""
        return ProviderRole(self.role)

    @property
    def is_open(self) -> bool:
        """Whether it isn't settled."""
        return self.settled_at is None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the provider has another address by now than this notice went to."""
        return self.address != self.provider.address

    @property
    def is_undelivered(self) -> bool:
        """Whether it's due and no letter waits: nobody would take it."""
        return self.stands is NoticeState.DUE and self.letter is None

    @property
    def unsent_words(self) -> str:
        """Why nobody was told by letter."""
        return Unsent(self.unsent_why or Unsent.UNDELIVERED).words

    def told_context(self) -> str:
        """What the sealed content is bound to."""
        return f"provider-notice:{self.request_id}:{self.provider_id}"

    def told_set(self, told: Told) -> None:
        """Keep whom it's about (unsaved)."""
        self.sealed_told = sealing.kek_current().seal(told.to_text().encode(), context=self.told_context())

    def told_read(self) -> Told:
        """Open whom it's about; nobody, once it's settled or too old."""
        if not self.sealed_told:
            return Told(())
        opened = sealing.kek_current().unseal(self.sealed_told, context=self.told_context())
        return Told.from_text(opened.decode())
