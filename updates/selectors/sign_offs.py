"""What was signed of a release, what is still missing, and whose word would count."""

from dataclasses import dataclass

from accounts.domain.access import Place
from accounts.domain.roles import Permission
from accounts.models import APIToken, User
from accounts.selectors.entitled import people_entitled
from compliance.ledger.domain.events import Action, ActorKind
from compliance.ledger.models import AuditEvent
from updates.domain.release_state import ReleaseState
from updates.domain.sign_offs import SignOffStanding, required_of, roles_to_sign_for, standing_of
from updates.models import Release, SignOff
from updates.selectors.sign_off_requirements import requirements_of

_MADE_BY = (Action.RELEASE_DRAFTED.value, Action.RELEASE_CHANGED.value)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether somebody could sign: for which roles, the first being the one that is hardest to fill.

    No roles, and the reason why. What counts is what is asked when they do.
    """

    roles: tuple[str, ...]
    why_not: str = ""


def sign_off_standing(release: Release) -> SignOffStanding:
    """Say how far the sign-offs of the release's revision are."""
    given = SignOff.objects.filter(release=release, revision=release.revision, approves=True)
    required = required_of(requirements_of(release.channel), native_override=release.native_override)
    return standing_of(required, given.values_list("role", flat=True))


def sign_offs_of(release: Release) -> list[SignOff]:
    """List all that was ever signed of a release, of earlier revisions too; newest first."""
    return list(SignOff.objects.filter(release=release).select_related("person").order_by("-at", "-pk"))


def makers_of(release: Release) -> frozenset[int]:
    """Who made a release or changed it, by any way: themselves, or by a token that they made."""
    events = AuditEvent.objects.filter(
        app_id=release.app_id,
        object_type="release",
        object_id=str(release.release_seq),
        action__in=_MADE_BY,
    )
    actors = set(events.values_list("actor_kind", "actor_id"))
    people = {int(pk) for kind, pk in actors if kind == ActorKind.PERSON.value}
    tokens = [int(pk) for kind, pk in actors if kind == ActorKind.API_TOKEN.value and pk.isdecimal()]
    if tokens:
        people.update(APIToken.objects.filter(pk__in=tokens).values_list("created_by_id", flat=True))
    return frozenset(people | ({release.author_id} if release.author_id else set()))


def signers_left(release: Release) -> list[User]:
    """Name the people who may sign a release and haven't made it, by name; whose role counts isn't asked."""
    place = Place(release.app_id, release.channel.name)
    people = people_entitled(Permission.RELEASE_APPROVE, place=place)
    made, signed = (
        makers_of(release),
        set(
            SignOff.objects.filter(release=release, revision=release.revision).values_list(
                "person_id", flat=True
            )
        ),
    )
    return sorted(
        (one for one in people if one.pk not in made and one.pk not in signed), key=lambda one: one.name
    )


def eligibility_of(user: User, release: Release) -> Eligibility:
    """Say for which roles somebody could sign a release now, or why they can't."""
    if release.state not in {ReleaseState.AWAITING.value, ReleaseState.HALTED.value}:
        return Eligibility((), "It doesn't wait for sign-offs.")
    if user.pk in makers_of(release):
        return Eligibility((), "You made it or changed it, so somebody else signs.")
    if SignOff.objects.filter(release=release, revision=release.revision, person=user).exists():
        return Eligibility((), "You have signed it already.")
    missing = sign_off_standing(release).missing
    if not missing:
        # What was missing may not be asked for any more: then anybody's word lets it go on.
        return Eligibility(("",))
    roles = roles_to_sign_for(missing, [role.value for role in user.roles])
    return Eligibility(roles, "" if roles else "No sign-off is missing that you could give in your roles.")


def releases_to_sign(user: User) -> list[Release]:
    """List the releases that wait for this person's word, longest first."""
    if not user.may_somewhere(Permission.RELEASE_APPROVE):
        return []  # asked on every page, by everybody
    waiting = (
        Release.objects
        .filter(state=ReleaseState.AWAITING.value)
        .select_related("app", "channel", "bundle", "author")
        .defer("bundle__manifest")
        .order_by("pk")
    )
    return [release for release in waiting if _may(user, release) and eligibility_of(user, release).roles]


def _may(user: User, release: Release) -> bool:
    return user.may(Permission.RELEASE_APPROVE, app_id=release.app_id, channel=release.channel.name)
