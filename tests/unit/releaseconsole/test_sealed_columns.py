"""Every sealed column is sealed anew when the KEK changes, or it's lost with the earlier KEK."""

from django.apps import apps

from accounts.services.rewrap import SealedRows
from releaseconsole.kernel.sealed_holders import sealed_holders


def test_every_sealed_column_is_sealed_anew_in_all_its_rows() -> None:
    declared = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.startswith("sealed_")
    }
    rows = [getattr(holder.rewrap, "__self__", None) for holder in sealed_holders()]
    registered = {
        f"{each.rows.model._meta.label}.{each.field}"
        for each in rows
        if isinstance(each, SealedRows) and not each.rows.query.where  # some rows wouldn't be enough
    }
    assert declared
    assert declared <= registered, "Give services/rewrap.py or the app's ready() these columns"
