"""What becomes of an app's devices when it's said to handle PHI."""

from datetime import datetime

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from updates.models import App, Device
from updates.services.decision_table import decision_table_touch


def phi_app_follow(app_id: str, actor: Actor, now: datetime) -> None:
    """Forget the ids that the app gave its devices, and keep no more of them; in the caller's transaction."""
    Device.objects.filter(app=app_id).exclude(custom_id="").update(custom_id="")
    app = App.objects.select_for_update().filter(pk=app_id).exclude(custom_id_policy="off").first()
    if app is not None:
        policy, app.custom_id_policy, app.sealed_custom_id_key = app.custom_id_policy, "off", ""
        app.save(update_fields=["custom_id_policy", "sealed_custom_id_key"])
        audit_record(
            action=Action.APP_CHANGED,
            actor=actor,
            now=now,
            app_id=app_id,
            subject=("app", app_id),
            detail={"before": {"custom_id_policy": policy}, "after": {"custom_id_policy": "off"}},
        )
    decision_table_touch()
