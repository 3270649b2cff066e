"""Apps go on with custom ids as before when they get a policy in place of a switch."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from releaseconsole.kernel import clock
from tests.support.shipping import app_made
from updates.models import App, Device

MIGRATION = ("updates", "0006_custom_id_policy")


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite rebuilds the table without the old column in a later one"
)
def test_apps_that_kept_ids_allow_them_and_the_way_back_keeps_no_hash(db: None) -> None:
    app, kept, hashed = app_made(), app_made("com.example.kept"), app_made("com.example.hashed")
    loader = MigrationLoader(connection)
    migration = loader.get_migration(*MIGRATION)
    state = loader.project_state(("updates", "0005_webhooks_by_sequence"))
    for operation in migration.operations[:2]:
        operation.state_forwards("updates", state)
    apps = state.apps.get_model("updates", "App").objects
    apps.filter(pk=kept.pk).update(keeps_custom_id=True)
    run: Any = migration.operations[2]
    run.code(state.apps, None)
    assert dict(App.objects.values_list("pk", "custom_id_policy")) == {
        app.pk: "off",
        kept.pk: "allowed",
        hashed.pk: "off",
    }
    App.objects.filter(pk=hashed.pk).update(custom_id_policy="hashed", sealed_custom_id_key="k")
    for each in (kept, hashed):
        Device.objects.create(
            app=each, device_id="d", custom_id="id", first_seen_at=clock.now(), last_seen_at=clock.now()
        )
    run.reverse_code(state.apps, None)
    assert apps.filter(keeps_custom_id=True).values_list("pk", flat=True).get() == kept.pk
    assert dict(Device.objects.values_list("app", "custom_id")) == {kept.pk: "id", hashed.pk: ""}
