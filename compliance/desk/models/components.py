"""What officers say of the components of a cybersecurity audit: kept when a newer word takes its place."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from compliance.desk.domain.cybersecurity import COMPONENTS, STANDING_WORDS, Component, Standing

# Nobody says that nobody said anything.
SAID: Final = [(each.value, STANDING_WORDS[each]) for each in Standing if each is not Standing.UNSAID]


class ComponentStatement(models.Model):
    """Whether a component applies, where else evidence of it is, or why it doesn't apply; and who says so."""

    component = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=14, choices=SAID)
    reason = models.CharField(max_length=1000, help_text="Why; or where the evidence is.")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["component", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["component"], condition=Q(replaced_at=None), name="desk_component_said_once"
            ),
            models.CheckConstraint(
                condition=Q(component__gte=1, component__lte=len(COMPONENTS))
                & Q(standing__in=[value for value, _ in SAID])
                & ~Q(reason=""),
                name="desk_component_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"component {self.component}: {self.standing}"

    @property
    def declared(self) -> Component:
        """What it's about."""
        return COMPONENTS[self.component]
