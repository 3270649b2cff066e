"""Who may sign a release off, what of, and what follows."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.domain.roles import Permission, Role
from accounts.errors import PermissionDeniedError, StepUpRequiredError
from accounts.models import Letter, RoleGroup, User
from accounts.services.api_tokens import api_token_issue
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.integration.updates.reviewing.conftest import awaiting, needs, signed
from tests.support.confirming import confirmed
from tests.support.shipping import APP_ID, bundle_made, channel_made, recorded, released
from updates.domain.store_policy import CHECKLIST
from updates.errors import (
    AlreadySignedError,
    ChecklistNotAttestedError,
    CommentMissingError,
    ReleaseStateError,
    SelfSignOffError,
    SignOffRoleError,
)
from updates.models import Channel, Release, SignOff, SignOffRequirement
from updates.selectors.sign_offs import releases_to_sign, sign_off_standing
from updates.services import (
    release_change,
    release_draft,
    release_halt,
    release_rollout_set,
    release_submit,
)
from updates.services.sign_offs import release_reject, release_sign_off, sign_off_operation
from updates.views.sign_offs import errands


@pytest.fixture
def release(production: Channel, rita: User) -> Release:
    """What Rita made and submitted; an approver has to sign it."""
    needs(production, approver=1)
    return awaiting(production, rita)


def state(release: Release) -> str:
    release.refresh_from_db()
    return release.state


def made_release_manager(user: User) -> User:
    """Let them make releases beside signing them; read anew, for roles are read once."""
    user.groups.add(RoleGroup.objects.get(name=Role.RELEASE_MANAGER.value))
    return User.objects.get(pk=user.pk)


def test_the_last_sign_off_lets_a_release_go_live(release: Release, ansel: User) -> None:
    assert state(release) == "awaiting"
    word = signed(release, ansel, comment="Looked at it on my phone.")
    assert state(release) == "live"
    assert (word.person, word.role, word.revision, word.approves) == (ansel, "approver", 1, True)
    assert word.checklist == CHECKLIST.name
    (event,) = recorded(Action.RELEASE_SIGNED_OFF)
    assert (event.actor_id, event.object_id) == (str(ansel.pk), str(release.release_seq))
    assert event.detail["digest"] == word.digest
    assert "phone" not in str(event.detail)


def test_it_waits_until_every_role_has_signed(
    production: Channel, rita: User, ansel: User, amelie: User, greta: User
) -> None:
    needs(production, approver=2, anyone=1)
    release = awaiting(production, rita)
    signed(release, ansel)
    signed(release, greta, role="")
    assert state(release) == "awaiting"
    assert [each.words for each in sign_off_standing(release).missing] == ["1 by approver"]
    signed(release, amelie)
    assert state(release) == "live"


def test_who_set_the_share_of_a_release_does_not_sign_it_after_a_halt(
    production: Channel, rita: User, ansel: User, amelie: User
) -> None:
    needs(production, approver=1)
    release = awaiting(production, rita, rollout_bps=100)
    signed(release, ansel)
    release.refresh_from_db()
    both = made_release_manager(amelie)
    release_rollout_set(release=release, rollout_bps=9000, actor=both.actor)
    release_halt(release=release, actor=SYSTEM, reason="Too many failures")
    with pytest.raises(SelfSignOffError):
        signed(release, both)
    signed(release, ansel)


def test_a_word_counts_for_one_role_and_a_person_has_one(
    production: Channel, rita: User, ansel: User
) -> None:
    needs(production, approver=1, anyone=1)
    release = awaiting(production, rita)
    signed(release, ansel)
    with pytest.raises(AlreadySignedError):
        signed(release, ansel, role="")
    assert state(release) == "awaiting"


def test_who_made_a_release_cannot_sign_it(production: Channel, ansel: User) -> None:
    needs(production, approver=1)
    author = made_release_manager(ansel)
    release = awaiting(production, author)
    with pytest.raises(SelfSignOffError):
        signed(release, author)
    with pytest.raises(SelfSignOffError):
        release_reject(release=release, person=author, comment="No.")
    assert releases_to_sign(author) == []


def test_who_changed_a_release_cannot_sign_it_even_if_somebody_did_after_them(
    production: Channel, rita: User, ansel: User
) -> None:
    needs(production, approver=1)
    changer = made_release_manager(ansel)
    release = awaiting(production, rita)
    release_change(release=release, actor=changer.actor, changer=changer, notes="Mine.")
    release_change(release=release, actor=rita.actor, changer=rita, notes="Rita's again.")
    release.refresh_from_db()
    release_submit(release=release, actor=rita.actor, submitter=rita)
    with pytest.raises(SelfSignOffError):
        signed(release, changer)


def test_nobody_hides_behind_their_own_api_token(production: Channel, ansel: User) -> None:
    needs(production, approver=1)
    author = made_release_manager(ansel)
    token, _ = api_token_issue(
        name="CI",
        app_id=APP_ID,
        permissions=[Permission.RELEASE_PUBLISH],
        expires_at=clock.now() + timedelta(days=1),
        created_by=author,
        actor=author.actor,
    )
    bundle_made(production.app, "1.0.0")
    draft = release_draft(channel=production, version="1.0.0", actor=token.actor)
    release = release_submit(release=draft, actor=token.actor)
    with pytest.raises(SelfSignOffError):
        signed(release, author)


def test_who_may_not_sign_off_here_is_refused(
    release: Release, production: Channel, rita: User, greta: User
) -> None:
    other = channel_made(production.app, "beta", public=False)
    needs(other, anyone=1)
    elsewhere = awaiting(other, rita, "1.0.1")
    greta.grants.filter(permission=Permission.RELEASE_APPROVE.value).update(channel=production.name)
    with pytest.raises(PermissionDeniedError):
        signed(elsewhere, greta, role="")
    with pytest.raises(PermissionDeniedError):
        release_reject(release=elsewhere, person=greta, comment="No.")


def test_who_left_in_between_is_refused(release: Release, ansel: User) -> None:
    step_up = confirmed(ansel, sign_off_operation(release=release, role="approver"))
    User.objects.filter(pk=ansel.pk).update(is_active=False)
    with pytest.raises(PermissionDeniedError):
        release_sign_off(release=release, role="approver", attests=True, step_up=step_up)


@pytest.mark.parametrize("role", ["", "compliance_officer", "administrator"])
def test_a_role_that_is_not_missing_or_not_theirs_cannot_be_signed_for(
    role: str, release: Release, ansel: User
) -> None:
    needs(release.channel, compliance_officer=1)
    with pytest.raises(SignOffRoleError):
        signed(release, ansel, role=role)


def test_who_has_no_role_cannot_sign_for_one(release: Release, greta: User) -> None:
    with pytest.raises(SignOffRoleError):
        signed(release, greta)
    assert releases_to_sign(greta) == []


def test_without_attesting_the_stores_rules_nothing_is_signed(release: Release, ansel: User) -> None:
    step_up = confirmed(ansel, sign_off_operation(release=release, role="approver"))
    with pytest.raises(ChecklistNotAttestedError):
        release_sign_off(release=release, role="approver", attests=False, step_up=step_up)
    assert not SignOff.objects.exists()


@pytest.mark.parametrize(
    "moved",
    [
        {"notes": "Other notes."},
        {"rollout_bps": 5000},
        {"mandatory": True},
        {"native_min": "2.0.0"},
        {"audience": {"platforms": ["ios"]}},
        {"plan": [{"bps": 100}]},
        {"spread_minutes": 60},
        {"revision": 2},
    ],
    ids=str,
)
def test_what_moved_since_it_was_looked_at_was_not_signed(
    moved: dict[str, object], release: Release, ansel: User
) -> None:
    """Even where somebody changes the row in the database itself."""
    step_up = confirmed(ansel, sign_off_operation(release=release, role="approver"))
    Release.objects.filter(pk=release.pk).update(**moved)
    with pytest.raises(StepUpRequiredError):
        release_sign_off(release=release, role="approver", attests=True, step_up=step_up)
    assert state(release) == "awaiting"


def test_another_release_beneath_is_something_else_to_sign(release: Release, ansel: User) -> None:
    step_up = confirmed(ansel, sign_off_operation(release=release, role="approver"))
    SignOffRequirement.objects.all().delete()
    released(release.channel, "0.9.0")
    needs(release.channel, approver=1)
    with pytest.raises(StepUpRequiredError):
        release_sign_off(release=release, role="approver", attests=True, step_up=step_up)


def test_all_who_sign_a_revision_sign_the_same(
    production: Channel, rita: User, ansel: User, greta: User
) -> None:
    needs(production, approver=1, anyone=1)
    release = awaiting(production, rita)
    assert signed(release, ansel).digest == signed(release, greta, role="").digest


def test_a_change_voids_what_was_signed(production: Channel, rita: User, ansel: User, amelie: User) -> None:
    needs(production, approver=2)
    release = awaiting(production, rita)
    signed(release, ansel)
    release_change(release=release, actor=rita.actor, changer=rita, notes="Changed.")
    release.refresh_from_db()
    release_submit(release=release, actor=rita.actor, submitter=rita)
    signed(release, amelie)
    assert state(release) == "awaiting"
    signed(release, ansel)
    assert state(release) == "live"


def test_a_rejection_sends_it_back_and_voids_what_was_signed(
    production: Channel, rita: User, ansel: User, amelie: User
) -> None:
    needs(production, approver=2)
    release = awaiting(production, rita)
    signed(release, ansel)
    word = release_reject(release=release, person=amelie, comment=" The notes are wrong. ")
    assert state(release) == "draft"
    assert release.state_reason == "Rejected: The notes are wrong."
    assert (word.approves, word.revision, word.checklist) == (False, 1, "")
    assert len(sign_off_standing(release).missing) == 1
    assert sign_off_standing(release).missing[0].count == 2
    assert recorded(Action.RELEASE_REJECTED)[0].actor_id == str(amelie.pk)
    assert recorded(Action.SIGN_OFFS_VOIDED)[0].detail["sign_offs"] == 1
    release_submit(release=release, actor=rita.actor, submitter=rita)
    signed(release, ansel)
    signed(release, amelie)
    assert state(release) == "live"


def test_a_rejection_says_why(release: Release, ansel: User) -> None:
    with pytest.raises(CommentMissingError):
        release_reject(release=release, person=ansel, comment="  ")
    assert state(release) == "awaiting"


def test_what_does_not_wait_is_not_signed(production: Channel, ansel: User) -> None:
    release = released(production, "1.0.0")
    with pytest.raises(ReleaseStateError):
        signed(release, ansel, role="")
    with pytest.raises(ReleaseStateError):
        release_reject(release=release, person=ansel, comment="Too late.")


def test_a_release_for_later_is_scheduled_by_the_last_sign_off(
    production: Channel, rita: User, ansel: User
) -> None:
    needs(production, approver=1)
    release = awaiting(production, rita, scheduled_at=clock.now() + timedelta(days=2), scheduled_zone="UTC")
    signed(release, ansel)
    assert state(release) == "scheduled"


def test_a_halted_release_is_signed_anew_before_it_goes_on(release: Release, ansel: User) -> None:
    signed(release, ansel)
    release_halt(release=release, actor=SYSTEM, reason="Too many failures.")
    release.refresh_from_db()
    assert not sign_off_standing(release).complete
    signed(release, ansel)
    assert sign_off_standing(release).complete
    assert state(release) == "halted"


def test_an_override_of_native_checks_is_signed_where_nothing_else_is(
    production: Channel, rita: User, greta: User
) -> None:
    release = awaiting(production, rita, native_override=True)
    assert state(release) == "awaiting"
    signed(release, greta, role="")
    assert state(release) == "live"


def test_when_nothing_is_asked_for_any_more_one_word_lets_it_go_on(release: Release, ansel: User) -> None:
    SignOffRequirement.objects.all().delete()
    signed(release, ansel, role="")
    assert state(release) == "live"


def test_whoever_could_sign_gets_a_letter(
    production: Channel, rita: User, ansel: User, amelie: User, greta: User, ada: User
) -> None:
    needs(production, approver=1)
    author = made_release_manager(amelie)
    release = awaiting(production, author, reason="Mondays were wrong.")
    (letter,) = Letter.objects.filter(subject__contains="waits for your sign-off")
    assert letter.person == ansel
    assert letter.subject == "1.0.0 on production waits for your sign-off"
    assert "Mondays were wrong." in letter.body_read()
    assert release.state == "awaiting"


def test_what_waits_for_somebody_is_what_they_could_sign(
    release: Release, rita: User, ansel: User, ada: User
) -> None:
    assert releases_to_sign(ansel) == [release]
    assert releases_to_sign(rita) == releases_to_sign(ada) == []
    signed(release, ansel)
    assert releases_to_sign(ansel) == []


def test_a_halted_release_waits_for_whoever_could_sign_it_and_tells_them(
    release: Release, rita: User, ansel: User, amelie: User
) -> None:
    signed(release, ansel)
    Letter.objects.all().delete()
    release_halt(release=release, actor=SYSTEM, reason="Too many failures.")
    assert releases_to_sign(ansel) == releases_to_sign(amelie) == [release]
    assert releases_to_sign(rita) == []
    letters = Letter.objects.filter(subject="1.0.0 on production waits for your sign-off")
    assert {letter.person for letter in letters} == {ansel, amelie}
    assert "was halted. Why: Too many failures." in " ".join(letters[0].body_read().split())
    (errand,) = errands(ansel)
    assert errand.told == "It was halted, and goes on only once it's signed anew."
    signed(release, amelie)
    assert releases_to_sign(ansel) == []


def test_a_halted_release_waits_no_longer_for_who_said_no(
    release: Release, ansel: User, amelie: User
) -> None:
    """It stays halted, so nothing else takes it off their page."""
    signed(release, ansel)
    release_halt(release=release, actor=SYSTEM, reason="Too many failures.")
    release.refresh_from_db()
    release_reject(release=release, person=ansel, comment="Roll it back.")
    assert releases_to_sign(ansel) == []
    assert releases_to_sign(amelie) == [release]


def test_a_halted_release_of_a_channel_that_wants_no_sign_offs_waits_for_nobody(
    production: Channel, ansel: User
) -> None:
    release_halt(release=released(production, "1.0.0"), actor=SYSTEM, reason="Too many failures.")
    assert releases_to_sign(ansel) == []
    assert not Letter.objects.exists()


def test_many_that_wait_are_read_in_as_few_queries_as_one(
    release: Release, rita: User, ansel: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Each page of the console counts them."""
    for number in range(1, 4):
        awaiting(release.channel, rita, f"2.0.{number}")
    # Roles and grants; the releases, what their channels want, who made them, and who signed them.
    with django_assert_num_queries(6):
        assert len(releases_to_sign(User.objects.get(pk=ansel.pk))) == 4
