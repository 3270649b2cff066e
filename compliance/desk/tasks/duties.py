"""What the calendar asks of the desk: reviews of access to open, and reminders of what is due."""

from celery import shared_task

from compliance.desk.services.downstream import provider_notices_forget, provider_notices_remind
from compliance.desk.services.engagements import asked_remind, samples_draw
from compliance.desk.services.incidents import notices_remind
from compliance.desk.services.recertification import recertification_tend
from compliance.ledger.services.purges import Purged, purge_run


@shared_task(name="desk.tasks.duties_tend", ignore_result=True, acks_late=True)
def duties_tend() -> None:
    """Look at all of it; what is done already isn't done again."""
    recertification_tend()
    notices_remind()
    asked_remind()
    samples_draw()
    provider_notices_remind()
    purge_run(Purged.PROVIDER_NOTICES, provider_notices_forget)
