"""Which jobs a publisher's terms admit: each claim wrong once, and the traps of both CIs."""

from typing import Any

import pytest

from accounts.domain.publisher_claims import claims_recorded, publisher_choose, publisher_match
from accounts.domain.publishers import PublisherTerms, publisher_terms_check
from accounts.domain.roles import Permission
from accounts.errors import PublisherRefusedError, PublisherTermsError
from tests.support.ci import (
    GITHUB_TERMS,
    GITLAB_TERMS,
    WORKFLOW_REF,
    github_claims,
    gitlab_claims,
    terms_with,
)

GITLAB_FILE = "gitlab.example.com/clinic/mobile/app//ci/release.yml"
TAG_REF = "Clinic/app/.github/workflows/release.yml@refs/tags/v1.0.0"
TAG = {"ref": "refs/tags/v1.0.0", "workflow_ref": TAG_REF, "job_workflow_ref": TAG_REF}


def refusal(terms: PublisherTerms, claims: dict[str, Any]) -> str:
    with pytest.raises(PublisherRefusedError) as caught:
        publisher_match(terms, claims)
    assert str(caught.value) == caught.value.title
    return caught.value.reason


ADMITTED = [
    pytest.param(GITHUB_TERMS, github_claims(), id="GitHub, in another case"),
    pytest.param(GITHUB_TERMS, github_claims(**TAG), id="GitHub, a tag"),
    pytest.param(GITHUB_TERMS, github_claims(environment="any"), id="GitHub, an environment nobody asks for"),
    pytest.param(
        terms_with(GITHUB_TERMS, environment="Production"),
        github_claims(environment="production"),
        id="GitHub, environment in another case",
    ),
    pytest.param(terms_with(GITHUB_TERMS, ref="refs/heads/main"), github_claims(), id="GitHub, its branch"),
    pytest.param(terms_with(GITHUB_TERMS, ref="refs/tags/v*"), github_claims(**TAG), id="GitHub, its tags"),
    pytest.param(terms_with(GITHUB_TERMS, owner_id="65"), github_claims(), id="GitHub, its owner"),
    pytest.param(terms_with(GITHUB_TERMS, protected_only=True), github_claims(), id="GitHub, protected"),
    pytest.param(GITLAB_TERMS, gitlab_claims(), id="GitLab"),
    pytest.param(GITLAB_TERMS, gitlab_claims(project_path="Clinic/Mobile/App"), id="GitLab, in another case"),
    pytest.param(
        terms_with(GITLAB_TERMS, environment="production", ref="refs/heads/*", protected_only=True),
        gitlab_claims(environment="production"),
        id="GitLab, all of it",
    ),
    pytest.param(terms_with(GITLAB_TERMS, owner_id="72"), gitlab_claims(), id="GitLab, its namespace"),
]


@pytest.mark.parametrize(("terms", "claims"), ADMITTED)
def test_a_job_that_fits_is_admitted(terms: PublisherTerms, claims: dict[str, Any]) -> None:
    publisher_terms_check(terms)
    publisher_match(terms, claims)


@pytest.mark.parametrize("event", ["push", "release", "workflow_dispatch", "schedule"])
def test_an_event_that_no_stranger_causes_is_admitted(event: str) -> None:
    publisher_match(GITHUB_TERMS, github_claims(event_name=event))


@pytest.mark.parametrize("terms", [GITHUB_TERMS, GITLAB_TERMS], ids=["GitHub", "GitLab"])
def test_who_publishes_is_bound_to_more_than_the_repository(terms: PublisherTerms) -> None:
    publishing = terms_with(terms, channels=("production",))
    for ref in ("", "refs/heads/*"):
        with pytest.raises(PublisherTermsError, match="environment, a branch or tag"):
            publisher_terms_check(terms_with(publishing, ref=ref))
    bounds: list[dict[str, Any]] = [
        {"ref": "refs/heads/main"},
        {"ref": "refs/tags/v*"},
        {"environment": "production"},
        {"protected_only": True},
    ]
    for bound in bounds:
        publisher_terms_check(terms_with(publishing, **bound))


def other(ref: str) -> dict[str, str]:
    return {"workflow_ref": ref, "job_workflow_ref": ref}


GITHUB_REFUSED = [
    pytest.param({"repository": "Clinic/other"}, "repository", id="another repository"),
    pytest.param({"repository": "evil/app"}, "repository", id="another owner's"),
    pytest.param({"repository_owner": "evil"}, "repository_owner", id="another owner"),
    pytest.param({"repository": ["Clinic/app"]}, "repository", id="a list of repositories"),
    pytest.param({"repository": ...}, "repository", id="no repository"),
    pytest.param(other(WORKFLOW_REF.replace("release", "test")), "workflow_ref", id="another workflow"),
    pytest.param(other(WORKFLOW_REF.replace("release", "Release")), "workflow_ref", id="in another case"),
    pytest.param(other(WORKFLOW_REF.replace(".github", "x/.github")), "workflow_ref", id="another folder"),
    pytest.param(other("evil/.github/workflows/release.yml@refs/heads/main"), "workflow_ref", id="no owner"),
    pytest.param(other(""), "workflow_ref", id="empty"),
    pytest.param(other("@"), "workflow_ref", id="only an at"),
    pytest.param(
        {"job_workflow_ref": "evil/shared/.github/workflows/release.yml@refs/heads/main"},
        "job_workflow_ref: another workflow",
        id="a reusable workflow of somebody else, called by ours",
    ),
    pytest.param(
        {"job_workflow_ref": WORKFLOW_REF.replace("release", "shared")},
        "job_workflow_ref: another workflow",
        id="a reusable workflow of our own, called by ours",
    ),
    pytest.param(
        {"workflow_ref": WORKFLOW_REF.replace("release", "anything")},
        "workflow_ref: another workflow",
        id="ours, called by another workflow",
    ),
    pytest.param(
        {"job_workflow_ref": WORKFLOW_REF.replace("refs/heads/main", "refs/heads/evil")},
        "job_workflow_ref: at another ref",
        id="ours, as it is on another branch",
    ),
    pytest.param({"job_workflow_ref": ...}, "job_workflow_ref: missing", id="nothing said of the job"),
    pytest.param({"event_name": "pull_request_target"}, "event_name", id="a stranger's pull request"),
    pytest.param({"event_name": "workflow_run"}, "event_name", id="after a stranger's pull request"),
    *(
        pytest.param({"event_name": event}, "event_name", id=event)
        for event in ("pull_request", "issue_comment", "issues", "fork", "watch", "repository_dispatch")
    ),
    pytest.param({"event_name": ...}, "event_name", id="no event"),
    pytest.param(
        {"ref": "refs/pull/1/merge"} | other(WORKFLOW_REF.replace("refs/heads/main", "refs/pull/1/merge")),
        "ref: neither a branch nor a tag",
        id="a pull request's ref",
    ),
]


@pytest.mark.parametrize(("changed", "reason"), GITHUB_REFUSED)
def test_a_github_job_that_doesnt_fit_is_refused(changed: dict[str, Any], reason: str) -> None:
    assert refusal(GITHUB_TERMS, github_claims(**changed)).startswith(reason)


GITLAB_REFUSED = [
    pytest.param({"project_path": "clinic/mobile/other"}, "project_path", id="another project"),
    pytest.param({"project_path": "evil/app"}, "project_path", id="another namespace's"),
    pytest.param({"namespace_path": "clinic"}, "namespace_path", id="another namespace"),
    pytest.param({"ci_config_ref_uri": ...}, "ci_config_ref_uri", id="a pipeline from outside"),
    pytest.param({"ci_config_ref_uri": None}, "ci_config_ref_uri", id="a pipeline from nowhere"),
    *(
        pytest.param({"ci_config_ref_uri": uri}, "ci_config_ref_uri: another pipeline", id=uri)
        for uri in (
            "gitlab.example.com/clinic/mobile/app//ci/other.yml@refs/heads/main",
            "gitlab.example.com/clinic/mobile/app//ci/release.yml@refs/heads/evil",
            "gitlab.example.com/evil/app//ci/release.yml@refs/heads/main",
            "gitlab.com/clinic/mobile/app//ci/release.yml@refs/heads/main",
            "gitlab.example.com/clinic/mobile/app//CI/release.yml@refs/heads/main",
        )
    ),
    pytest.param({"ref_path": "refs/merge-requests/1/head"}, "ci_config_ref_uri", id="a merge request"),
    pytest.param(
        {
            "ref_path": "refs/merge-requests/1/head",
            "ci_config_ref_uri": f"{GITLAB_FILE}@refs/merge-requests/1/head",
        },
        "ref: neither a branch nor a tag",
        id="a pipeline of a merge request",
    ),
]


@pytest.mark.parametrize(("changed", "reason"), GITLAB_REFUSED)
def test_a_gitlab_job_that_doesnt_fit_is_refused(changed: dict[str, Any], reason: str) -> None:
    assert refusal(GITLAB_TERMS, gitlab_claims(**changed)).startswith(reason)


@pytest.mark.parametrize("terms", [GITHUB_TERMS, GITLAB_TERMS], ids=["GitHub", "GitLab"])
@pytest.mark.parametrize(
    ("asked", "claims", "reason"),
    [
        pytest.param(
            {"environment": "production"}, {"environment": "staging"}, "environment: another", id="env"
        ),
        pytest.param({"environment": "production"}, {}, "environment: missing", id="no env"),
        pytest.param({"ref": "refs/heads/release"}, {}, "ref: another", id="branch"),
        pytest.param({"ref": "refs/heads/mai"}, {}, "ref: another", id="half a branch"),
        pytest.param({"ref": "refs/tags/v*"}, {}, "ref: another", id="a branch, not a tag"),
        pytest.param({"protected_only": True}, {"ref_protected": "false"}, "ref_protected", id="unprotected"),
        pytest.param({"protected_only": True}, {"ref_protected": ...}, "ref_protected", id="nothing said"),
        pytest.param({"protected_only": True}, {"ref_protected": True}, "ref_protected", id="a boolean"),
    ],
)
def test_what_is_asked_beyond_the_repository_is_looked_at(
    terms: PublisherTerms, asked: dict[str, Any], claims: dict[str, Any], reason: str
) -> None:
    make = github_claims if terms is GITHUB_TERMS else gitlab_claims
    assert refusal(terms_with(terms, **asked), make(**claims)).startswith(reason)


def test_gitlab_tells_environments_apart_by_case() -> None:
    terms = terms_with(GITLAB_TERMS, environment="Production")
    assert refusal(terms, gitlab_claims(environment="production")) == "environment: another one"


@pytest.mark.parametrize(
    ("terms", "claims"),
    [
        (GITHUB_TERMS, github_claims(repository_owner_id="66")),
        (GITLAB_TERMS, gitlab_claims(namespace_id="73")),
    ],
)
def test_a_name_that_came_back_with_another_owner_is_refused(
    terms: PublisherTerms, claims: dict[str, Any]
) -> None:
    publisher_match(terms, claims)
    pinned = terms_with(terms, owner_id="65" if terms is GITHUB_TERMS else "72")
    assert refusal(pinned, claims).endswith("the name has another owner now")


def test_of_several_that_fit_the_narrowest_is_taken() -> None:
    claims = github_claims(environment="production")
    broad = (GITHUB_TERMS, "broad")
    narrow = (terms_with(GITHUB_TERMS, environment="production"), "narrow")
    wrong = (terms_with(GITHUB_TERMS, environment="staging", ref="refs/heads/main"), "wrong")
    assert publisher_choose([broad, narrow, wrong], claims) == "narrow"
    assert publisher_choose([wrong, narrow, broad], claims) == "narrow"


def test_where_none_fits_all_reasons_are_told() -> None:
    wrong = [
        (terms_with(GITHUB_TERMS, **more), 0) for more in ({"environment": "x"}, {"ref": "refs/heads/x"})
    ]
    with pytest.raises(PublisherRefusedError) as caught:
        publisher_choose(wrong, github_claims())
    assert caught.value.reason == "environment: missing; ref: another branch or tag"
    with pytest.raises(PublisherRefusedError) as caught:
        publisher_choose([], github_claims())
    assert caught.value.reason == "no publisher of this repository"


def test_nothing_about_a_person_is_recorded_and_nothing_long() -> None:
    recorded = claims_recorded(github_claims(environment="e" * 500) | gitlab_claims())
    assert not {"actor", "actor_id", "sub", "user_login", "user_email", "user_id"} & recorded.keys()
    assert recorded["repository"] == "Clinic/app"
    assert len(recorded["environment"]) == 200


@pytest.mark.parametrize("terms", [GITHUB_TERMS, GITLAB_TERMS], ids=["GitHub", "GitLab"])
def test_what_a_publisher_may_do_depends_on_its_channels(terms: PublisherTerms) -> None:
    assert terms.permissions == (Permission.APP_VIEW, Permission.BUNDLE_UPLOAD)
    published = terms_with(terms, channels=("production",)).permissions
    assert published == (Permission.APP_VIEW, Permission.BUNDLE_UPLOAD, Permission.RELEASE_PUBLISH)


BAD_TERMS = [
    pytest.param(GITHUB_TERMS, {"owner": ""}, id="no owner"),
    pytest.param(GITHUB_TERMS, {"owner": "a/b"}, id="an owner with a slash"),
    pytest.param(GITHUB_TERMS, {"owner": "ev\u0131l"}, id="letters that look like others"),
    pytest.param(GITHUB_TERMS, {"repository": "a/b"}, id="a repository with a slash"),
    pytest.param(GITHUB_TERMS, {"repository": ".."}, id="a repository that is a way up"),
    pytest.param(GITHUB_TERMS, {"workflow": ".github/workflows/release.yml"}, id="a whole path"),
    pytest.param(GITHUB_TERMS, {"workflow": "release.sh"}, id="no workflow"),
    pytest.param(GITHUB_TERMS, {"workflow": "a@b.yml"}, id="a workflow with an at"),
    pytest.param(GITHUB_TERMS, {"environment": "a\nb"}, id="an environment of two lines"),
    pytest.param(GITHUB_TERMS, {"environment": "a\x85b"}, id="an environment of two lines, otherwise"),
    pytest.param(GITHUB_TERMS, {"ref": "refs/heads/a\x01b"}, id="a control character in a ref"),
    pytest.param(GITHUB_TERMS, {"ref": "main"}, id="half a ref"),
    pytest.param(GITHUB_TERMS, {"ref": "refs/heads/*x"}, id="a star inside"),
    pytest.param(GITHUB_TERMS, {"ref": "refs/pull/1/merge"}, id="a pull request"),
    pytest.param(GITHUB_TERMS, {"owner_id": "x"}, id="an id that isn't a number"),
    pytest.param(GITLAB_TERMS, {"owner": "clinic/"}, id="a namespace with a slash too many"),
    pytest.param(GITLAB_TERMS, {"owner": "clinic//mobile"}, id="a namespace with a hole"),
    pytest.param(GITLAB_TERMS, {"workflow": "../release.yml"}, id="a pipeline above"),
    pytest.param(GITLAB_TERMS, {"workflow": "/release.yml"}, id="a pipeline from the root"),
]


@pytest.mark.parametrize(("terms", "changed"), BAD_TERMS)
def test_terms_that_no_job_could_fit_are_refused(terms: PublisherTerms, changed: dict[str, str]) -> None:
    with pytest.raises(PublisherTermsError):
        publisher_terms_check(terms_with(terms, **changed))
