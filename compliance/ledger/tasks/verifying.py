"""Verifying the log every night, and when somebody asks for it."""

from celery import shared_task

from compliance.ledger.domain.events import Actor, ActorKind
from compliance.ledger.services.verification_runs import verification_nightly, verification_run
from releaseconsole.kernel import clock


@shared_task(name="ledger.tasks.log_verify")
def log_verify() -> None:
    """Verify the log, a long one from where it was verified last; once a week from its beginning."""
    verification_nightly(now=clock.now())


@shared_task(name="ledger.tasks.log_verify_asked")
def log_verify_asked(verification_id: int, person_id: str) -> None:
    """Verify the log from its beginning, for a person who asked."""
    verification_run(verification_id=verification_id, actor=Actor(ActorKind.PERSON, person_id))
