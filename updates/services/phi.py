"""What becomes of an app's devices when it's said to handle PHI."""

from datetime import datetime

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from updates.models import App, Device
from updates.services.decision_table import decision_table_touch


def phi_app_follow(app_id: str, actor: Actor, now: datetime) -> None:
    """Forget the ids that the app gave its devices, and keep no more of them; in the caller's transaction."""
    Device.objects.filter(app=app_id).exclude(custom_id="").update(custom_id="")
    if App.objects.filter(pk=app_id, keeps_custom_id=True).update(keeps_custom_id=False):
        audit_record(
            action=Action.APP_CHANGED,
            actor=actor,
            now=now,
            app_id=app_id,
            subject=("app", app_id),
            detail={"before": {"keeps_custom_id": True}, "after": {"keeps_custom_id": False}},
        )
    decision_table_touch()
