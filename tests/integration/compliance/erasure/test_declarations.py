"""Every field of every model is declared: personal, with a holder, or impersonal, with a reason."""

from collections import Counter
from pathlib import Path

from django.apps import apps
from django.db import models

from releaseconsole.personal_data import field_label, holders
from tests.support.impersonal_fields import IMPERSONAL
from tools.personal_data_page import page_write

COULD = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.GenericIPAddressField,
    models.FileField,
    models.BinaryField,
)


def _fields() -> set[str]:
    return {
        field_label(model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, COULD)
    }


def _impersonal() -> set[str]:
    return {f"{model}.{field}" for model, (_, fields) in IMPERSONAL.items() for field in fields}


def _declared() -> list[str]:
    return [field for holder in holders() for field in holder.fields]


def test_every_field_that_could_hold_personal_data_is_declared_or_said_to_hold_none() -> None:
    assert _fields() - set(_declared()) - _impersonal() == set()


def test_no_field_is_declared_twice_or_both_ways() -> None:
    assert [field for field, count in Counter(_declared()).items() if count > 1] == []
    assert set(_declared()) & _impersonal() == set()


def test_nothing_is_declared_that_no_model_has() -> None:
    every = {
        field_label(model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
    }
    assert (set(_declared()) | _impersonal()) - every == set()


def test_a_reason_is_given_for_each_table_that_holds_none() -> None:
    assert all(reason for reason, _ in IMPERSONAL.values())


def test_the_page_of_personal_data_is_what_the_declarations_say() -> None:
    assert Path("docs/personal-data.md").read_text() == page_write()
