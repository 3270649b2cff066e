"""What officers record about cryptographic modules: each record is kept, a newer one takes its place."""

from datetime import date
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from compliance.desk.domain.modules.advisories import AuditTool
from compliance.desk.domain.modules.certificates import (
    CERTIFIABLE,
    HISTORICAL_SINCE,
    CertificateClaim,
    CertificateStatus,
    Standard,
)
from compliance.desk.domain.modules.evidence import Standing
from compliance.desk.domain.modules.history import ProcessRole
from compliance.desk.domain.modules.libraries import LIBRARY_TITLES, Library
from compliance.desk.domain.modules.upkeep import Maintenance, Upkeep
from compliance.desk.domain.modules.watchlist import ReviewKind, ReviewState

_STANDARDS: Final = [(each.value, f"FIPS {each.value}") for each in Standard]
_STATUSES: Final = [(each.value, each.value) for each in CertificateStatus]
_LIBRARIES: Final = [(each.value, LIBRARY_TITLES[each]) for each in CERTIFIABLE]


class ModuleCertificate(models.Model):
    """A certificate as somebody read it at CMVP. What the console measures is never stored here."""

    library = models.CharField(max_length=16, choices=_LIBRARIES)
    number = models.CharField(max_length=16)
    module = models.CharField(max_length=120)
    version = models.CharField(max_length=60)
    standard = models.CharField(max_length=8, choices=_STANDARDS)
    level = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=_STATUSES)
    sunset_on = models.DateField(null=True, blank=True)
    checked_on = models.DateField()
    environment = models.CharField(max_length=200, blank=True, help_text="Tested operating environment.")
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["library", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["library"], condition=Q(superseded_at=None), name="desk_certificate_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(library__in=[each.value for each in CERTIFIABLE]),
                name="desk_certificate_of_a_module",
            ),
            models.CheckConstraint(
                condition=Q(standard__in=[each.value for each in Standard])
                & Q(status__in=[each.value for each in CertificateStatus])
                & Q(level__gte=1, level__lte=4)
                & ~Q(number="")
                & ~Q(version=""),
                name="desk_certificate_is_whole",
            ),
            # CMVP moved all of them on that day; whoever looked after it can't have seen an active one.
            models.CheckConstraint(
                condition=~Q(standard="140-2", status="active", checked_on__gte=HISTORICAL_SINCE),
                name="desk_certificate_140_2_is_history",
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.number} of {self.library}"

    @property
    def claim(self) -> CertificateClaim:
        """What it says, apart from who wrote it down."""
        sunset_on: date | None = self.sunset_on
        return CertificateClaim(
            library=Library(self.library),
            number=self.number,
            module=self.module,
            version=self.version,
            standard=Standard(self.standard),
            level=self.level,
            status=CertificateStatus(self.status),
            sunset_on=sunset_on,
            checked_on=self.checked_on,
        )


class ModuleEvidence(models.Model):
    """What one process measured of itself at one moment. The audit log has an entry with the same digest."""

    taken_at = models.DateTimeField()
    role = models.CharField(max_length=8, choices=[(each.value, each.value) for each in ProcessRole])
    host = models.CharField(max_length=255, help_text="Name of the machine.")
    standing = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Standing])
    facts = models.CharField(max_length=64, help_text="Digest of what doesn't change while nothing changes.")
    sha256 = models.CharField(max_length=64, help_text="Of the document.")
    document = models.TextField(help_text="As it was digested, byte for byte.")

    class Meta:
        ordering = ["taken_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["role", "host", "-taken_at"], name="desk_evidence_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[each.value for each in ProcessRole])
                & Q(standing__in=[each.value for each in Standing]),
                name="desk_evidence_is_known",
            ),
            models.UniqueConstraint(fields=["sha256"], name="desk_evidence_once"),
        ]

    def __str__(self) -> str:
        return f"evidence of {self.role} on {self.host}, {self.taken_at:%Y-%m-%d %H:%M}"


class WatchReview(models.Model):
    """A review of a law, a standard or a library; kept when a newer one takes its place."""

    kind = models.CharField(max_length=8, choices=[(each.value, each.value) for each in ReviewKind])
    key = models.CharField(max_length=60)
    version = models.CharField(max_length=200, help_text="That was read, or looked at.")
    reviewed_on = models.DateField()
    next_on = models.DateField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    # Of a library only: how it's kept up, as the reviewer found it.
    last_release_on = models.DateField(null=True, blank=True)
    maintenance = models.CharField(
        max_length=12, blank=True, choices=[(each.value, each.words) for each in Maintenance]
    )
    adoption = models.CharField(max_length=300, blank=True)
    audits = models.CharField(max_length=300, blank=True)
    common_criteria = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "key", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(superseded_at=None), name="desk_review_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(next_on__gt=F("reviewed_on")) & ~Q(version="") & ~Q(key=""),
                name="desk_review_comes_again",
            ),
            models.CheckConstraint(
                condition=Q(last_release_on=None) | Q(last_release_on__lte=F("reviewed_on")),
                name="desk_review_of_what_is_out",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.key}"

    @property
    def state(self) -> ReviewState:
        """How the review stands."""
        return ReviewState(self.version, self.reviewed_on, self.next_on, self.owner.name, self.note)

    @property
    def upkeep(self) -> Upkeep:
        """How a library is kept up, as the reviewer found it."""
        last_release_on: date | None = self.last_release_on
        return Upkeep(
            last_release_on=last_release_on,
            maintenance=Maintenance(self.maintenance) if self.maintenance else None,
            adoption=self.adoption,
            audits=self.audits,
            common_criteria=self.common_criteria,
            read_on=self.reviewed_on,
            source="recorded here",
        )


class AdvisoryImport(models.Model):
    """What pip-audit or npm audit said at one time; the newest of each tool counts."""

    tool = models.CharField(max_length=16, choices=[(each.value, each.value) for each in AuditTool])
    ran_on = models.DateField(help_text="When the tool was run, as the officer says.")
    packages = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, help_text="Of the text that was imported.")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.tool} of {self.ran_on}"


class ModuleAdvisory(models.Model):
    """One advisory of one import."""

    found_in = models.ForeignKey(AdvisoryImport, on_delete=models.PROTECT, related_name="advisories")
    package = models.CharField(max_length=200)
    version = models.CharField(max_length=200)
    advisory = models.CharField(max_length=200)
    aliases = models.JSONField(default=list)
    severity = models.CharField(max_length=200, blank=True)
    fixed_in = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["package", "advisory"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["found_in", "package", "version", "advisory"], name="desk_advisory_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.advisory} of {self.package}"
