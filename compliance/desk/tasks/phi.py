"""Measuring what protects PHI, every day and when somebody asks."""

from celery import shared_task

from compliance.desk.services.phi.measuring import phi_measure as measure
from compliance.ledger.domain.events import SYSTEM, Actor, ActorKind
from releaseconsole.kernel import clock


@shared_task(name="desk.tasks.phi_measure")
def phi_measure() -> None:
    """Measure once a day."""
    measure(actor=SYSTEM, now=clock.now())


@shared_task(name="desk.tasks.phi_measure_asked")
def phi_measure_asked(person_id: str) -> None:
    """Measure for a person who asked."""
    measure(actor=Actor(ActorKind.PERSON, person_id), now=clock.now())
