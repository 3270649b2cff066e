"""The demo's testers: their groups, invites in each of their states, one who takes part, and a preview.

Links are told once, so they are in the record: `beta_links`. Needs Django to be set up.
"""

from typing import Final

from accounts.models import User
from demo.delivery import CLINIC
from demo.phone import Phone
from demo.record import Record
from demo.story import APPS
from demo.team import release_manager
from updates.domain.store_presence import StoreValues
from updates.domain.testers.notice import NOTICE_VERSION
from updates.models import App, Channel, StorePresence, TesterGroup
from updates.services.previews import PreviewWish, preview_open
from updates.services.store_presence import store_presence_set
from updates.services.testers import (
    device_enroll,
    feedback_send,
    group_link_make,
    invite_accept,
    invite_open,
    join_code_make,
    tester_group_create,
    tester_invite,
)

WARD_NURSES: Final = "Ward nurses"
# Its phone is nobody's yet: those before it are members of beta that an administrator added.
TESTERS_PHONE: Final = 6


def beta_ensure(record: Record) -> None:
    """Make what isn't there yet."""
    manager = release_manager(record)
    app = App.objects.get(pk=CLINIC)
    _stores_ensure(app, manager)
    if not TesterGroup.objects.filter(app=app, name=WARD_NURSES).exists():
        _testers_make(app, manager, record)
    if not Channel.objects.filter(app=app).exclude(preview_of="").exists():
        wish = PreviewWish("PR 482", days=14, testers=10, version="3.2.0-rc.1")
        preview = preview_open(app=app, wish=wish, actor=manager.actor, person=manager)
        record.beta_links["preview PR 482"] = preview.link
        record.write()


def _stores_ensure(app: App, manager: User) -> None:
    """Invites link to where the app is had."""
    if StorePresence.objects.filter(app=app).exists():
        return
    values = StoreValues(
        app_store_url="https://apps.apple.com/app/id1234567890",
        testflight_url="https://testflight.apple.com/join/demodemo",
        play_url=f"https://play.google.com/store/apps/details?id={CLINIC}",
        url_scheme="clinic",
        native_least=APPS[CLINIC].native_version,
        privacy_contact="privacy@clinic.example",
    )
    store_presence_set(app=app, values=values, actor=manager.actor)


def _testers_make(app: App, manager: User, record: Record) -> None:
    """One invite isn't opened, one is, one is accepted; and a link is there for whoever it's sent to."""
    group = tester_group_create(
        app=app,
        name=WARD_NURSES,
        channels=list(Channel.objects.filter(app=app, name__in=("beta", "staging"))),
        may_switch=True,
        actor=manager.actor,
        person=manager,
    )
    for name in ("Nadia Okafor", "Tomas Berg", "Yuki Tanaka"):
        email = f"{name.lower().replace(' ', '.')}@ward.example"
        invited = tester_invite(
            group=group, name=name, email=email, send=False, actor=manager.actor, person=manager
        )
        record.beta_links[f"invite of {name}"] = invited.link
    link = group_link_make(group=group, cap=25, actor=manager.actor, person=manager)
    record.beta_links[f"link of {WARD_NURSES}"] = link.link
    invite_open(secret=_secret(record.beta_links["invite of Tomas Berg"]))
    record.beta_links["page of Yuki Tanaka"] = _tester_take_part(
        record.beta_links.pop("invite of Yuki Tanaka")
    )
    record.write()


def _tester_take_part(link: str) -> str:
    """Accept an invite, let a phone join by a code, and write to the team; tells the tester's own page."""
    secret = _secret(link)
    invite_open(secret=secret)
    arrival = invite_accept(secret=secret, name="", email="", wants_mail=True, consents_to=NOTICE_VERSION)
    phone = Phone(CLINIC, TESTERS_PHONE, APPS[CLINIC].native_version)
    code = join_code_make(tester=arrival.tester, channel_name="beta")
    device_enroll(app_id=CLINIC, device_id=phone.device_id, platform=phone.platform, code=code)
    feedback_send(
        tester=arrival.tester,
        text="The calendar starts on Sunday. On our ward the week starts on Monday.",
        version="3.2.0-beta.1",
    )
    return link.replace(f"/invite/{secret}/", f"/me/{arrival.secret}/")


def _secret(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[-1]
