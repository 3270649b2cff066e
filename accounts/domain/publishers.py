"""Trusted publishers: which job of which CI may publish an app, in the words of the CI's own tokens."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.domain.roles import Permission
from accounts.errors import PublisherTermsError


class PublisherKind(StrEnum):
    """Whose jobs."""

    GITHUB = "github"
    GITLAB = "gitlab"


PUBLISHER_WORDS: Final = {PublisherKind.GITHUB: "GitHub Actions", PublisherKind.GITLAB: "GitLab CI/CD"}
# The issuers that everybody has; those of one's own are in a setting.
WELL_KNOWN_ISSUERS: Final = {
    "https://token.actions.githubusercontent.com": PublisherKind.GITHUB,
    "https://gitlab.com": PublisherKind.GITLAB,
}
# A job uploads, and may publish on channels that are named; rolling back is for people and for other tokens.
ALWAYS_GRANTED: Final = (Permission.APP_VIEW, Permission.BUNDLE_UPLOAD)
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")
_NAMESPACE: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}(?:/[A-Za-z0-9_.-]{1,100}){0,20}\Z")
_GITHUB_WORKFLOW: Final = re.compile(r"[A-Za-z0-9_. -]{1,200}\.ya?ml\Z")
_GITLAB_WORKFLOW: Final = re.compile(r"(?:[A-Za-z0-9_. -]{1,100}/){0,10}[A-Za-z0-9_. -]{1,100}\.ya?ml\Z")
_REF: Final = re.compile(r"refs/(?:heads|tags)/(?=.)[^\x00-\x20\x7f-\x9f\s*~^:?\[\\]{0,200}\*?\Z")
_ANY_BRANCH: Final = "refs/heads/*"
_ID: Final = re.compile(r"[0-9]{1,20}\Z")
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,255}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherTerms:
    """What a CI's token must say, and what it gets.

    Attributes:
        kind: Of CI.
        issuer: Exactly the `iss` of its tokens.
        owner: GitHub's owner or organisation; GitLab's namespace, with all of its groups.
        repository: Its name below the owner.
        workflow: GitHub's file in `.github/workflows/`; GitLab's path of the pipeline's file.
        environment: Name of the deployment environment; empty for any and none.
        ref: `refs/heads/…` or `refs/tags/…`, at its end perhaps a `*`; empty for any.
        protected_only: Only from protected branches and tags.
        owner_id: The owner's number; empty until the first token told it.
        channels: On which it may publish; on none, it only uploads.
    """

    kind: PublisherKind
    issuer: str
    owner: str
    repository: str
    workflow: str
    environment: str = ""
    ref: str = ""
    protected_only: bool = False
    owner_id: str = ""
    channels: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Owner and repository as one path."""
        return f"{self.owner}/{self.repository}"

    @property
    def workflow_path(self) -> str:
        """The workflow's file, from the repository's root."""
        return f".github/workflows/{self.workflow}" if self.kind is PublisherKind.GITHUB else self.workflow

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What its tokens may do."""
        return (*ALWAYS_GRANTED, Permission.RELEASE_PUBLISH) if self.channels else ALWAYS_GRANTED

    @property
    def narrowness(self) -> int:
        """How much it asks for beyond repository and workflow; the narrowest that fits is taken."""
        return sum(map(bool, (self.environment, self.ref, self.protected_only)))

    @property
    def is_bounded(self) -> bool:
        """Whether something beyond the right to push any branch stands before it."""
        return bool(self.environment or self.protected_only or self.ref not in {"", _ANY_BRANCH})


def publisher_terms_check(terms: PublisherTerms) -> None:
    """Check that terms have the forms that a CI's claims have, so that none of them matches by accident.

    Raises:
        PublisherTermsError: One hasn't.
    """
    is_github = terms.kind is PublisherKind.GITHUB
    for what, value, form in (
        ("owner" if is_github else "namespace", terms.owner, _NAME if is_github else _NAMESPACE),
        ("repository" if is_github else "project", terms.repository, _NAME),
        ("workflow's file", terms.workflow, _GITHUB_WORKFLOW if is_github else _GITLAB_WORKFLOW),
        ("environment", terms.environment, _PRINTABLE),
    ):
        if not form.match(value) or ".." in value:
            raise PublisherTermsError(f"This {what} can't be one: {value!r}.")
    if terms.ref and not _REF.match(terms.ref):
        raise PublisherTermsError("A ref is refs/heads/… or refs/tags/…, at its end perhaps a *.")
    if terms.owner_id and not _ID.match(terms.owner_id):
        raise PublisherTermsError("An owner's id is a number.")
    if terms.channels and not terms.is_bounded:
        raise PublisherTermsError(
            "Who publishes needs an environment, a branch or tag, or only protected ones: otherwise whoever "
            "pushes any branch could publish to devices."
        )
