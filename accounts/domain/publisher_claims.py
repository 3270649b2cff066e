"""Whether a CI's token is of a registered publisher: pure comparison of verified claims.

What is compared without case is what the CI itself treats so: paths of repositories on both, and names of
environments on GitHub. Files and refs are compared exactly.

The traps, and what closes them:

- *A workflow that calls another one's.* GitHub's `workflow_ref` names the workflow that was started,
  `job_workflow_ref` the file in which this job is written: a reusable one, perhaps of another repository,
  perhaps at somebody's branch. Both must be the registered file, so a reusable workflow never gets in.
- *Somebody else's code under the repository's name.* `pull_request_target`, `issue_comment`,
  `workflow_run` and others run with the rights of the base repository at a stranger's request. Only events
  that a stranger can't cause are admitted, and only runs of a branch or a tag: GitLab's merge requests have
  refs of their own.
- *A name that came back.* Who deletes or renames an account leaves its name to others. The owner's number is
  pinned with the first token that is admitted, or when the publisher is registered.
- *A pipeline's file from elsewhere.* GitLab's `ci_config_ref_uri` must be the registered file, in this very
  project and at the ref of the run.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from accounts.domain.publishers import PublisherKind, PublisherTerms
from accounts.errors import PublisherRefusedError

T = TypeVar("T")
# Begun by who may push, or by the clock. All else may be begun by a stranger (a pull request, a comment) or
# by a run that a stranger began; what GitHub adds is refused until somebody has looked at it.
_TRUSTED_EVENTS: Final = frozenset({"push", "release", "workflow_dispatch", "schedule"})
_BRANCH_OR_TAG: Final = ("refs/heads/", "refs/tags/")
_OWNER_ID: Final = {PublisherKind.GITHUB: "repository_owner_id", PublisherKind.GITLAB: "namespace_id"}
# What the audit log keeps of a token. None of it is about a person: `actor`, `user_login`, `user_email` and
# their ids are, and `sub` may hold one of them.
RECORDED_CLAIMS: Final = (
    *("repository", "repository_id", "repository_owner_id", "workflow_ref", "job_workflow_ref", "event_name"),
    *("project_path", "project_id", "namespace_id", "ci_config_ref_uri", "pipeline_source", "pipeline_id"),
    *("environment", "ref", "ref_path", "ref_protected", "sha", "run_id", "run_attempt", "job_id"),
)
_LONGEST_RECORDED: Final = 200


def owner_id_of(kind: PublisherKind, claims: Mapping[str, Any]) -> str:
    """Return the owner's number that a token tells.

    Raises:
        PublisherRefusedError: It tells none.
    """
    return _text(claims, _OWNER_ID[kind])


def claims_recorded(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return what the audit log keeps of a token's claims, shortened."""
    found = {name: claims[name] for name in RECORDED_CLAIMS if isinstance(claims.get(name), str)}
    return {name: value[:_LONGEST_RECORDED] for name, value in found.items()}


def publisher_choose(candidates: Iterable[tuple[PublisherTerms, T]], claims: Mapping[str, Any]) -> T:
    """Return the publisher that a token is of; where several fit, the one that asks for most.

    Raises:
        PublisherRefusedError: None fits, for the reasons that it lists.
    """
    fitting: list[tuple[int, T]] = []
    reasons: list[str] = []
    for terms, candidate in candidates:
        try:
            publisher_match(terms, claims)
        except PublisherRefusedError as exc:
            reasons.append(exc.reason)
        else:
            fitting.append((terms.narrowness, candidate))
    if not fitting:
        raise PublisherRefusedError("; ".join(dict.fromkeys(reasons)) or "no publisher of this repository")
    return max(fitting, key=lambda pair: pair[0])[1]


def publisher_match(terms: PublisherTerms, claims: Mapping[str, Any]) -> None:
    """Check that verified claims are those of a publisher.

    Args:
        terms: As registered.
        claims: Of a token that the publisher's issuer signed for this console.

    Raises:
        PublisherRefusedError: One isn't; `reason` says which.
    """
    match = _github_match if terms.kind is PublisherKind.GITHUB else _gitlab_match
    match(terms, claims)
    if terms.owner_id and terms.owner_id != owner_id_of(terms.kind, claims):
        raise PublisherRefusedError(f"{_OWNER_ID[terms.kind]}: the name has another owner now")
    if terms.protected_only and claims.get("ref_protected") != "true":
        raise PublisherRefusedError("ref_protected: the ref isn't protected")


def _github_match(terms: PublisherTerms, claims: Mapping[str, Any]) -> None:
    _same(claims, "repository", terms.path, case_matters=False)
    _same(claims, "repository_owner", terms.owner, case_matters=False)
    if _text(claims, "event_name") not in _TRUSTED_EVENTS:
        raise PublisherRefusedError("event_name: may run at a stranger's request")
    for name in ("workflow_ref", "job_workflow_ref"):
        path, _, ref = _text(claims, name).rpartition("@")
        owner, repository, file = (*path.split("/", 2), "", "")[:3]
        if f"{owner}/{repository}".lower() != terms.path.lower() or file != terms.workflow_path:
            raise PublisherRefusedError(f"{name}: another workflow")
        if ref != _text(claims, "ref"):
            raise PublisherRefusedError(f"{name}: at another ref than the run's")
    _ref_match(terms, _text(claims, "ref"))
    if terms.environment:
        _same(claims, "environment", terms.environment, case_matters=False)


def _gitlab_match(terms: PublisherTerms, claims: Mapping[str, Any]) -> None:
    _same(claims, "project_path", terms.path, case_matters=False)
    _same(claims, "namespace_path", terms.owner, case_matters=False)
    ref = _text(claims, "ref_path")
    config = _text(claims, "ci_config_ref_uri")
    project, _, file = config.partition("//")
    host = urlsplit(terms.issuer).netloc
    if project.lower() != f"{host}/{terms.path}".lower() or file != f"{terms.workflow_path}@{ref}":
        raise PublisherRefusedError("ci_config_ref_uri: another pipeline")
    _ref_match(terms, ref)
    if terms.environment:
        _same(claims, "environment", terms.environment, case_matters=True)


def _ref_match(terms: PublisherTerms, ref: str) -> None:
    if not ref.startswith(_BRANCH_OR_TAG):
        raise PublisherRefusedError("ref: neither a branch nor a tag")
    wanted = terms.ref
    fits = ref.startswith(wanted[:-1]) if wanted.endswith("*") else ref == wanted
    if wanted and not fits:
        raise PublisherRefusedError("ref: another branch or tag")


def _same(claims: Mapping[str, Any], name: str, wanted: str, *, case_matters: bool) -> None:
    found = _text(claims, name)
    if not case_matters:
        found, wanted = found.lower(), wanted.lower()
    if found != wanted:
        raise PublisherRefusedError(f"{name}: another one")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise PublisherRefusedError(f"{name}: missing")
    return value
