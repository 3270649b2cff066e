import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from releaseconsole import environment


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "DECLARED", {})


def test_a_value_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "secret"))
    assert environment.text("A_SECRET", "", "Something secret.") == "from the file"


def test_a_file_that_is_missing_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_FILE", "/nowhere")
    with pytest.raises(ImproperlyConfigured, match="A_SECRET_FILE names /nowhere"):
        environment.text("A_SECRET", "", "Something secret.")


@pytest.mark.parametrize("value", ["maybe", "2", "truee"])
def test_a_switch_that_is_neither_on_nor_off_stops_the_start(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SWITCH", value)
    with pytest.raises(ImproperlyConfigured, match="A_SWITCH must be 1 or 0"):
        environment.boolean("A_SWITCH", default=False, meaning="A switch.")


@pytest.mark.parametrize("value", ["", "many", "0", "1.5"])
def test_a_number_that_cannot_be_stops_the_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NUMBER", value)
    with pytest.raises(ImproperlyConfigured, match="A_NUMBER must be a whole number, at least 1"):
        environment.integer("A_NUMBER", 3, "A number.", least=1)


def test_what_was_declared_can_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "value")
    monkeypatch.setenv("A_SECRET_FILE", "")
    monkeypatch.setenv("SOMETHING_ELSE", "stays")
    environment.text("A_SECRET", "", "Something secret.")
    environment.forget()
    assert {"A_SECRET", "A_SECRET_FILE"}.isdisjoint(os.environ)
    assert os.environ["SOMETHING_ELSE"] == "stays"
