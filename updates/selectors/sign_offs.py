"""What was signed of a release, what is still missing, and whose word would count."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef

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

SIGNABLE: Final = frozenset({ReleaseState.AWAITING.value, ReleaseState.HALTED.value})

# Also who set its share or plan while it was live: signing it after a halt is signing these too.
_MADE_BY = (
    Action.RELEASE_DRAFTED.value,
    Action.RELEASE_CHANGED.value,
    Action.RELEASE_ROLLOUT_CHANGED.value,
)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether somebody could sign: for which roles, the first being the one that is hardest to fill.

    No roles, and the reason why. What counts is what is asked when they do.
    """

    roles: tuple[str, ...]
    why_not: str = ""


def sign_off_standing(release: Release) -> SignOffStanding:
    """Say how far the sign-offs of the release's revision are."""
    return _standing(release, _signed_of([release])[release.pk])


def sign_offs_of(release: Release) -> list[SignOff]:
    """List all that was ever signed of a release, of earlier revisions too; newest first."""
    return list(SignOff.objects.filter(release=release).select_related("person").order_by("-at", "-pk"))


def makers_of(release: Release) -> frozenset[int]:
    """Who made a release or changed it, by any way: themselves, or by a token that they made."""
    return _makers_of([release])[release.pk]


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
    if release.state not in SIGNABLE:
        return Eligibility((), "It doesn't wait for sign-offs.")
    return _eligibility(user, release, makers_of(release), _signed_of([release])[release.pk])


def releases_to_sign(user: User) -> list[Release]:
    """List the releases that wait for this person's word, longest first; many in as few queries as one."""
    if not user.may_somewhere(Permission.RELEASE_APPROVE):
        return []  # asked on every page, by everybody
    # A halted release stays halted when somebody says no: they aren't asked again.
    refused = SignOff.objects.filter(
        release=OuterRef("pk"), person=user, approves=False, at__gte=OuterRef("halted_at")
    )
    waiting = (
        Release.objects
        .filter(~Exists(refused), state__in=SIGNABLE)
        .select_related("app", "channel", "bundle", "author")
        .prefetch_related("channel__sign_off_requirements")
        .defer("bundle__manifest")
        .order_by("pk")
    )
    theirs = [release for release in waiting if _may(user, release)]
    makers, signed = _makers_of(theirs), _signed_of(theirs)
    return [
        release
        for release in theirs
        if _waits(release, signed[release.pk])
        and _eligibility(user, release, makers[release.pk], signed[release.pk]).roles
    ]


class _Word(NamedTuple):
    """What somebody said of the revision that a release has now."""

    person_id: int
    role: str
    approves: bool


def _signed_of(releases: Collection[Release]) -> dict[int, list[_Word]]:
    """Read what was signed of each release as it is now; one query."""
    revisions = {release.pk: release.revision for release in releases}
    rows = SignOff.objects.filter(release__in=revisions).values_list(
        "release_id", "revision", "person_id", "role", "approves"
    )
    signed: dict[int, list[_Word]] = {pk: [] for pk in revisions}
    for pk, revision, person_id, role, approves in rows:
        if revision == revisions[pk]:
            signed[pk].append(_Word(person_id, role, approves))
    return signed


def _makers_of(releases: Collection[Release]) -> dict[int, frozenset[int]]:
    """Read who made each release; two queries at most."""
    by_name = {(release.app_id, str(release.release_seq)): release.pk for release in releases}
    events = AuditEvent.objects.filter(
        app_id__in={app_id for app_id, _ in by_name},
        object_type="release",
        object_id__in={number for _, number in by_name},
        action__in=_MADE_BY,
        # Behind these there is somebody of the console.
        actor_kind__in=(ActorKind.PERSON.value, ActorKind.API_TOKEN.value),
    ).values_list("app_id", "object_id", "actor_kind", "actor_id")
    acted = [
        (by_name[app_id, number], kind, int(actor))
        for app_id, number, kind, actor in events
        if (app_id, number) in by_name and actor.isdecimal()
    ]
    tokens = {actor for _, kind, actor in acted if kind == ActorKind.API_TOKEN.value}
    behind = dict(APIToken.objects.filter(pk__in=tokens).values_list("pk", "created_by_id"))
    makers = {release.pk: {release.author_id} for release in releases}
    for pk, kind, actor in acted:
        makers[pk].add(actor if kind == ActorKind.PERSON.value else behind.get(actor))
    return {pk: frozenset(who for who in people if who is not None) for pk, people in makers.items()}


def _standing(release: Release, signed: Iterable[_Word]) -> SignOffStanding:
    required = required_of(requirements_of(release.channel), native_override=release.native_override)
    return standing_of(required, [word.role for word in signed if word.approves])


def _eligibility(
    user: User, release: Release, makers: Collection[int], signed: Collection[_Word]
) -> Eligibility:
    if user.pk in makers:
        return Eligibility((), "You made it or changed it, so somebody else signs.")
    if any(word.person_id == user.pk for word in signed):
        return Eligibility((), "You have signed it already.")
    missing = _standing(release, signed).missing
    if not missing:
        # What was missing may not be asked for any more: then anybody's word lets it go on.
        return Eligibility(("",))
    roles = roles_to_sign_for(missing, [role.value for role in user.roles])
    return Eligibility(roles, "" if roles else "No sign-off is missing that you could give in your roles.")


def _waits(release: Release, signed: Iterable[_Word]) -> bool:
    """A halted release that nothing is missing of waits for who may resume it, and for nobody's word."""
    return release.state != ReleaseState.HALTED.value or not _standing(release, signed).complete


def _may(user: User, release: Release) -> bool:
    return user.may(Permission.RELEASE_APPROVE, app_id=release.app_id, channel=release.channel.name)
