"""Creating apps."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from compliance.ledger.domain.events import Action, Actor, ActorKind
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from signing.services import app_keys_ensure
from updates.domain.names import app_id_check, platforms_check
from updates.errors import ConflictError, InvalidValueError
from updates.models import App
from updates.services.decision_table import decision_table_touch


def app_create(*, app_id: str, name: str, platforms: Iterable[str], actor: Actor) -> App:
    """Create an app together with its first signing keys.

    Raises:
        InvalidValueError: Not a reverse-domain id, no name, or no known platform.
        ConflictError: The id is taken, whatever its case (stores tell apps apart without it).
    """
    now = clock.now()
    app_id_check(app_id)
    if not name.strip():
        raise InvalidValueError("Give the app a name.")
    chosen = platforms_check(platforms)
    try:
        with transaction.atomic():
            if App.objects.filter(app_id__iexact=app_id).exists():
                raise ConflictError(f"There is an app {app_id} already.")
            app = App.objects.create(
                app_id=app_id,
                name=name.strip(),
                platforms=chosen,
                created_at=now,
                created_by_id=int(actor.id) if actor.kind is ActorKind.PERSON else None,
            )
            app_keys_ensure(app_id=app_id, actor=actor, now=now)
            decision_table_touch()
            audit_record(
                action=Action.APP_CREATED,
                actor=actor,
                now=now,
                app_id=app_id,
                subject=("app", app_id),
                detail={"platforms": chosen},
            )
    except IntegrityError as error:  # two requests at once; the primary key decides
        raise ConflictError(f"There is an app {app_id} already.") from error
    return app
