"""Trusted publishers of an app: registered with a fresh second factor, removed at once."""

from django.db import IntegrityError, transaction

from accounts.domain.operations import Operation
from accounts.domain.publishers import PublisherTerms, publisher_terms_check
from accounts.errors import PublisherTermsError
from accounts.models import APIToken, StepUp, TrustedPublisher
from accounts.services.publisher_rights import publisher_rights_check, publishing_issuers
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def publisher_register_operation(*, app_id: str, terms: PublisherTerms) -> Operation:
    """Name the registering of a publisher.

    Raises:
        PublisherTermsError: Nobody can register it.
    """
    publisher_terms_check(terms)
    if publishing_issuers().get(terms.issuer) is not terms.kind:
        raise PublisherTermsError("Tokens of this issuer aren't looked at (TRUSTED_PUBLISHING_ISSUERS).")
    facts = {
        "app_id": app_id,
        "kind": terms.kind.value,
        "issuer": terms.issuer,
        "path": terms.path,
        "workflow": terms.workflow,
        "environment": terms.environment,
        "ref": terms.ref,
        "protected_only": terms.protected_only,
        "owner_id": terms.owner_id,
        "permissions": [permission.value for permission in terms.permissions],
        "channels": list(terms.channels),
    }
    return Operation("accounts:publisher:register", facts)


def publisher_register(*, app_id: str, terms: PublisherTerms, step_up: StepUp) -> TrustedPublisher:
    """Let the jobs of a CI publish an app.

    Raises:
        PublisherTermsError: They are impossible, or such a publisher is registered already.
        PermissionDeniedError: The person may not do themselves what the publisher would.
        AccountsError: The confirmation doesn't cover this.
    """
    operation = publisher_register_operation(app_id=app_id, terms=terms)
    now = clock.now()
    try:
        with transaction.atomic():
            user = step_up_use(step_up=step_up, operation=operation)
            publisher_rights_check(user=user, app_id=app_id, terms=terms)
            publisher = TrustedPublisher.objects.create(
                app_id=app_id,
                kind=terms.kind.value,
                issuer=terms.issuer,
                owner=terms.owner,
                repository=terms.repository,
                workflow=terms.workflow,
                environment=terms.environment,
                ref=terms.ref,
                protected_only=terms.protected_only,
                owner_id=terms.owner_id,
                channels=list(terms.channels),
                created_by=user,
                created_at=now,
            )
            audit_record(
                action=Action.PUBLISHER_REGISTERED,
                actor=user.actor,
                now=now,
                app_id=app_id,
                subject=("publisher", str(publisher.pk)),
                detail=dict(operation.facts),
            )
    except IntegrityError as exc:
        raise PublisherTermsError("This publisher is registered already.") from exc
    return publisher


def publisher_remove(*, app_id: str, publisher_id: int, actor: Actor) -> TrustedPublisher:
    """Admit no further job, and revoke the tokens of those that were; a second time changes nothing.

    Raises:
        PublisherTermsError: The app has no such publisher.
    """
    now = clock.now()
    with transaction.atomic():
        rows = TrustedPublisher.objects.select_for_update().filter(app_id=app_id, pk=publisher_id)
        publisher = rows.first()
        if publisher is None:
            raise PublisherTermsError("There is no such publisher.")
        if publisher.removed_at is not None:
            return publisher
        publisher.removed_at = now
        publisher.save(update_fields=["removed_at"])
        live = APIToken.objects.filter(publisher=publisher, revoked_at=None, expires_at__gt=now)
        audit_record(
            action=Action.PUBLISHER_REMOVED,
            actor=actor,
            now=now,
            app_id=app_id,
            subject=("publisher", str(publisher.pk)),
            detail={"tokens_revoked": live.update(revoked_at=now)},
        )
    return publisher
