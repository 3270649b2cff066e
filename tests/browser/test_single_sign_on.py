"""Somebody comes in at the identity provider, in a browser that holds the console to its policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.console import RunningConsole, console_started
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, provider_started
from tests.support.operator import Operator
from tests.support.soundness import findings_on_every_screen


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with provider_started() as provider:
        yield provider


@pytest.fixture(scope="module")
def console(provider: Provider) -> Iterator[RunningConsole]:
    """A console that makes accounts for whom the provider knows."""
    with (
        console_started(
            OIDC_ISSUER=provider.issuer,
            OIDC_CLIENT_ID=CLIENT_ID,
            OIDC_CLIENT_SECRET=CLIENT_SECRET,
            OIDC_NAME="Example ID",
            OIDC_SCOPES="openid email profile groups",
            OIDC_AAL2_AMR="otp",
            OIDC_ROLE_GROUPS="shipping=release_manager",
            OIDC_JIT="1",
            OIDC_ALLOWED_DOMAINS="example.com",
            ISSUER_PRIVATE_HOSTS="localhost",
        ) as console,
        Operator(console.base_url) as operator,
    ):
        operator.set_up(console.setup_url)
        provider.order("console", url=console.base_url)
        yield console


def test_a_colleague_comes_in_with_their_groups_and_goes_on_where_they_wanted(
    page: Page, console: RunningConsole, provider: Provider
) -> None:
    provider.sign_in_as("rita", amr=["pwd", "otp"], groups=["shipping"])
    page.goto(f"{console.base_url}/console/apps/")
    page.get_by_role("button", name="Continue with Example ID").click()
    expect(page).to_have_url(f"{console.base_url}/console/apps/")
    expect(page.get_by_role("heading", name="Apps", level=1)).to_be_visible()
    expect(page.get_by_text("rita@example.com").first).to_be_attached()

    page.get_by_role("button", name="rita@example.com").click()
    page.get_by_role("link", name="Your sign-in").click()
    page.get_by_role("link", name="Single sign-on").click()
    expect(page.get_by_text("Linked to")).to_be_visible()
    assert findings_on_every_screen(page) == []


def test_who_is_not_known_here_is_told_so(page: Page, console: RunningConsole, provider: Provider) -> None:
    provider.sign_in_as("mallory", email="mallory@elsewhere.example", amr=["pwd", "otp"])
    page.goto(f"{console.base_url}/console/login/")
    page.get_by_role("button", name="Continue with Example ID").click()
    expect(page.get_by_text("No account here belongs to that one.")).to_be_visible()
    expect(page).to_have_url(f"{console.base_url}/console/login/")  # with nothing of the answer
    expect(page.get_by_role("button", name="Continue with Example ID")).to_be_visible()
