"""The doctor says whether the identity provider can be used, and for how long it hasn't been heard."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.models import Identity
from releaseconsole.doctor.findings import Level
from releaseconsole.doctor.single_sign_on import single_sign_on_examine
from releaseconsole.kernel import clock
from tests.support.oidc_provider import Provider


def levels() -> list[Level]:
    return [finding.level for finding in single_sign_on_examine()]


def test_without_a_provider_there_is_nothing_to_say() -> None:
    assert single_sign_on_examine() == []


def test_a_provider_that_answers_is_fine(provider: Provider, db: None) -> None:
    assert levels() == [Level.OK]


def test_a_provider_that_does_not_is_a_problem(provider: Provider, db: None) -> None:
    provider.order("set", discovery={"issuer": "https://other.example"})
    (finding,) = single_sign_on_examine()
    assert finding.level is Level.PROBLEM
    assert "the discovery document is of another issuer" in finding.said


def test_nobody_asked_daily_is_a_warning(provider: Provider, settings: Settings, db: None) -> None:
    settings.OIDC_SCOPES = "openid email"
    assert levels() == [Level.OK, Level.WARNING]


@pytest.mark.parametrize("trouble", ["answer: status 503", ""])
def test_two_days_of_silence_are_a_warning(linked: Identity, trouble: str) -> None:
    linked.vouched_at = clock.now() - timedelta(hours=49)
    linked.sealed_refresh_token, linked.trouble = "sealed", trouble
    linked.save()
    _, finding = single_sign_on_examine()
    assert finding.level is Level.WARNING
    assert (trouble or "the worker is idle") in finding.said
