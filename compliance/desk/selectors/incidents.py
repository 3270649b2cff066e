"""Reading the registers of incidents and of drills."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from compliance.desk.models.drills import Drill, DrillKind
from compliance.desk.models.incidents import Incident, IncidentNotice
from releaseconsole.kernel.errors import NotFoundError


def incidents_all() -> QuerySet[Incident]:
    """List all incidents, those noticed last first, each with how many notices are open."""
    return (
        Incident.objects
        .select_related("recorded_by", "closed_by")
        .annotate(open_notices=Count("notices", filter=Q(notices__settled_at=None)))
        .order_by("-noticed_at", "-pk")
    )


def incident_get(*, incident_id: int) -> Incident:
    """Find one.

    Raises:
        NotFoundError: There's none.
    """
    found = incidents_all().filter(pk=incident_id).first()
    if found is None:
        raise NotFoundError("There's no such incident.")
    return found


def notice_get(*, incident_id: int, notice_id: int) -> IncidentNotice:
    """Find a notice of an incident.

    Raises:
        NotFoundError: There's none.
    """
    found = (
        IncidentNotice.objects.select_related("incident").filter(pk=notice_id, incident=incident_id).first()
    )
    if found is None:
        raise NotFoundError("There's no such notice.")
    return found


def incident_notices_open() -> QuerySet[IncidentNotice]:
    """List notices that nobody has settled, the first due one first."""
    return IncidentNotice.objects.select_related("incident").filter(settled_at=None).order_by("due_on", "pk")


def drills_all() -> QuerySet[Drill]:
    """List all drills and restores, the latest first."""
    return Drill.objects.select_related("recorded_by", "checkpoint")


def drills_due(today: date) -> list[Drill]:
    """List the last drill of each kind that was to be repeated by now."""
    newest = (drills_all().filter(kind=kind).first() for kind in DrillKind.values)
    return [drill for drill in newest if drill and drill.next_due_on and drill.next_due_on <= today]
