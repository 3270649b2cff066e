"""How tables and fields are named, to people and to each other."""

from collections.abc import Sequence
from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, JSONField, Manager, Model

# In every table that has one.
APP_COLUMN: Final = "app_id"


def table_name(model: type[Model]) -> str:
    """Return the table's name in the database."""
    return str(model._meta.db_table)  # noqa: SLF001 (Django's own documented name for it)


def field_label(model: type[Model], field: str) -> str:
    """Return `app.Model.field`."""
    return f"{model._meta.label}.{field}"  # noqa: SLF001 (as above)


def field_length(model: type[Model], field: str) -> int | None:
    """Return how long a text may be; None: as long as it likes."""
    return getattr(model._meta.get_field(field), "max_length", None)  # noqa: SLF001 (as above)


def rows_of(model: type[Model]) -> "Manager[Any]":
    """Return all rows."""
    return model._default_manager  # noqa: SLF001 (as above)


def app_column(model: type[Model]) -> str | None:
    """Return how to ask a row of which app it is: by its own column, or by the row that it belongs to."""
    if _has_app(model):
        return APP_COLUMN
    owners = (field for field in _fields(model) if isinstance(field, ForeignKey))
    return next((f"{each.name}__{APP_COLUMN}" for each in owners if _has_app(each.related_model)), None)


def app_asked(model: type[Model]) -> str | None:
    """Write the same as an expression of SQL; table and column are quoted."""
    name, _, column = (app_column(model) or "").rpartition("__")
    if not name:
        return connection.ops.quote_name(column) if column else None
    owner = next(field for field in _fields(model) if field.name == name)
    table, key = table_name(owner.related_model), owner.target_field.column
    quoted = [connection.ops.quote_name(each) for each in (table, key, table_name(model), owner.column)]
    return "(SELECT {0}.app_id FROM {0} WHERE {0}.{1} = {2}.{3})".format(*quoted)  # noqa: S608 (own names)


def model_of(table: str) -> type[Model] | None:
    """Return what a table's rows are; None: nothing of the console's."""
    return next((each for each in apps.get_models() if table_name(each) == table), None)


def json_columns(model: type[Model]) -> set[str]:
    """Name its columns that hold JSON."""
    return {str(field.column) for field in _fields(model) if isinstance(field, JSONField)}


def _has_app(model: type[Model]) -> bool:
    return any(field.attname == APP_COLUMN for field in _fields(model))


def _fields(model: type[Model]) -> Sequence[Any]:
    return model._meta.concrete_fields  # noqa: SLF001 (as above)
