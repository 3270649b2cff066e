"""What was signed of a release, and what is still missing."""

from updates.domain.sign_offs import SignOffStanding, required_of, standing_of
from updates.models import Release, SignOff
from updates.selectors.sign_off_requirements import requirements_of


def sign_off_standing(release: Release) -> SignOffStanding:
    """Say how far the sign-offs of the release's revision are."""
    given = SignOff.objects.filter(release=release, revision=release.revision)
    words = list(given.values_list("role", "approves"))
    return standing_of(
        required_of(requirements_of(release.channel), native_override=release.native_override),
        [role for role, approves in words if approves],
        rejected=any(not approves for _, approves in words),
    )
