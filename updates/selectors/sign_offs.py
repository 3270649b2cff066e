"""What was signed of a release, and what is still missing."""

from updates.domain.sign_offs import SignOffStanding, required_of, standing_of
from updates.models import Release, SignOff, SignOffRequirement


def sign_off_standing(release: Release) -> SignOffStanding:
    """Say how far the sign-offs of the release's revision are."""
    wanted = SignOffRequirement.objects.filter(channel_id=release.channel_id).values_list("role", "count")
    given = list(SignOff.objects.filter(release=release, revision=release.revision))
    return standing_of(
        required_of(dict(wanted), native_override=release.native_override),
        [one.role for one in given if one.approves],
        rejected=any(not one.approves for one in given),
    )
