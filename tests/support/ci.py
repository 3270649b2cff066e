"""Claims of CI jobs, as their documents describe them, and publishers that fit."""

from dataclasses import replace
from typing import Any

from accounts.domain.publishers import PublisherKind, PublisherTerms

ISSUER = "https://token.actions.githubusercontent.com"
WORKFLOW_REF = "Clinic/app/.github/workflows/release.yml@refs/heads/main"
GITHUB_TERMS = PublisherTerms(
    kind=PublisherKind.GITHUB, issuer=ISSUER, owner="clinic", repository="App", workflow="release.yml"
)
GITLAB_TERMS = PublisherTerms(
    kind=PublisherKind.GITLAB,
    issuer="https://gitlab.example.com",
    owner="clinic/mobile",
    repository="app",
    workflow="ci/release.yml",
)


def _changed(claims: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (claims | changed).items() if value is not ...}


def github_claims(**changed: Any) -> dict[str, Any]:
    """Of a job of clinic/app; a change to `...` leaves the claim out."""
    claims = {
        "sub": "repo:Clinic/app:ref:refs/heads/main",
        "repository": "Clinic/app",
        "repository_id": "74",
        "repository_owner": "Clinic",
        "repository_owner_id": "65",
        "workflow": "Release",
        "workflow_ref": WORKFLOW_REF,
        "job_workflow_ref": WORKFLOW_REF,
        "ref": "refs/heads/main",
        "ref_type": "branch",
        "ref_protected": "true",
        "event_name": "push",
        "run_id": "1234",
        "run_attempt": "1",
        "sha": "ab" * 20,
        "actor": "octocat",
        "actor_id": "12",
        "jti": "example-id",
    }
    return _changed(claims, changed)


def gitlab_claims(**changed: Any) -> dict[str, Any]:
    """Of a job of clinic/mobile/app."""
    claims = {
        "sub": "project_path:clinic/mobile/app:ref_type:branch:ref:main",
        "namespace_id": "72",
        "namespace_path": "clinic/mobile",
        "project_id": "20",
        "project_path": "clinic/mobile/app",
        "user_id": "1",
        "user_login": "sample-user",
        "user_email": "sample-user@example.com",
        "pipeline_id": "574",
        "pipeline_source": "push",
        "job_id": "302",
        "ref": "main",
        "ref_type": "branch",
        "ref_path": "refs/heads/main",
        "ref_protected": "true",
        "sha": "ab" * 20,
        "ci_config_ref_uri": "gitlab.example.com/clinic/mobile/app//ci/release.yml@refs/heads/main",
        "jti": "example-id",
    }
    return _changed(claims, changed)


def terms_with(terms: PublisherTerms, **changed: Any) -> PublisherTerms:
    return replace(terms, **changed)
