"""How tables and fields are named, to people and to each other."""

from typing import Any, Final

from django.db.models import Manager, Model

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
    """Return the column that says of which app a row is; None: it has none."""
    names = {field.attname for field in model._meta.concrete_fields}  # noqa: SLF001 (as above)
    return APP_COLUMN if APP_COLUMN in names else None
