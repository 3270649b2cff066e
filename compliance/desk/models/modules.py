"""What officers record about cryptographic modules: each record is kept, a newer one takes its place."""

from datetime import date
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.desk.domain.modules.certificates import (
    CERTIFIABLE,
    HISTORICAL_SINCE,
    CertificateClaim,
    CertificateStatus,
    Standard,
)
from compliance.desk.domain.modules.libraries import LIBRARY_TITLES, Library

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
