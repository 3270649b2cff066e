"""The table of access: who reaches which page, API call and operation. One line each.

To add one: the route as `urls.py` has it (without regular expressions), and who gets through. A new kind of
`<int:thing_id>` gets its value in `access_world.py`; a new operation something to be done to in
`access_acts.py`. What has no line fails `tests/integration/test_access_table.py`.
"""

from typing import Final

from accounts.domain.roles import Role
from tests.support.actors import EVERYBODY, EXTERNAL, INSIDERS, ON_APP, ON_CHANNEL

# Who has a permission: by role, and by a grant on the app or on the channel.
_ADMIN, _RELEASES = Role.ADMINISTRATOR.value, Role.RELEASE_MANAGER.value
SEE_APP: Final = INSIDERS | {ON_APP}
SEE_PART: Final = SEE_APP | {ON_CHANNEL}
CREATE: Final = {_ADMIN, _RELEASES}
CONFIGURE: Final = {_ADMIN, _RELEASES}
UPLOAD: Final = {_RELEASES, Role.APP_DEVELOPER.value, ON_APP}
PUBLISH: Final = {_RELEASES, ON_APP, ON_CHANNEL}
APPROVE: Final = {Role.APPROVER.value, ON_APP, ON_CHANNEL}
ROLL_BACK: Final = {_RELEASES, Role.APPROVER.value, ON_APP, ON_CHANNEL}
TESTERS: Final = {_RELEASES, ON_APP, ON_CHANNEL}
TESTERS_OF_APP: Final = {_RELEASES, ON_APP}
API_TOKENS: Final = {_ADMIN, _RELEASES}
SEE_KEYS: Final = {"key_custodian", "compliance_officer", "auditor", EXTERNAL}
OPERATE_KEYS: Final = {"key_custodian"}
READ_LOG: Final = {_ADMIN, "compliance_officer", "auditor", EXTERNAL}
EXPORT_LOG: Final = {"compliance_officer", "auditor"}
SEE_ACCESS: Final = {_ADMIN, "compliance_officer", "auditor", EXTERNAL}
PEOPLE: Final = {_ADMIN}
SETTINGS: Final = {_ADMIN}
PRIVACY: Final = {"compliance_officer"}
SEE_POLICY: Final = (SETTINGS | READ_LOG | SEE_KEYS) - {EXTERNAL}
# The policy's weakening: administrators ask for it, custodians decide; and who reads the audit log by a role.
SEE_REQUEST: Final = SETTINGS | OPERATE_KEYS | (READ_LOG - {EXTERNAL})
REVIEW: Final = OPERATE_KEYS | {"compliance_officer"}
# What people typed about people: an engagement for the log, or for who may do what, isn't for that.
READ_INSIDE: Final = READ_LOG - {EXTERNAL}
NOBODY: Final[set[str]] = set()

# Pages: signed in with two factors, and then by this.
PAGES: Final[dict[str, set[str] | frozenset[str]]] = {
    "console/": EVERYBODY,
    "console/jsi18n/": EVERYBODY,
    "console/access/": SEE_ACCESS,
    "console/access/export/": SEE_ACCESS,
    # One's own pages: everybody has them, about themselves.
    "console/me/": EVERYBODY,
    "console/me/password/": EVERYBODY,
    "console/me/sessions/": EVERYBODY,
    "console/me/sessions/end/": EVERYBODY,
    "console/me/sessions/<uuid:session_id>/end/": EVERYBODY,
    "console/me/single-sign-on/": EVERYBODY,
    "console/me/authenticators/totp/new/": EVERYBODY,
    "console/me/authenticators/<str:model>/<int:pk>/rename/": EVERYBODY,
    "console/me/authenticators/<str:model>/<int:pk>/remove/": EVERYBODY,
    "console/me/recovery-codes/": EVERYBODY,
    "console/me/security-keys/add/": EVERYBODY,
    "console/me/security-keys/add/begin/": EVERYBODY,
    "console/me/security-keys/add/finish/": EVERYBODY,
    "console/step-up/begin/": EVERYBODY,
    # What waits for a second person; whoever has no business with it finds nothing there.
    "console/approvals/": EVERYBODY,
    "console/approvals/<uuid:request_id>/": SEE_REQUEST,
    "console/approvals/<uuid:request_id>/reject/": SEE_REQUEST,
    "console/approvals/<uuid:request_id>/withdraw/": SEE_REQUEST,
    "console/approvals/review/<uuid:review_id>/": REVIEW | (READ_LOG - {EXTERNAL}),
    "console/compliance/anchors/": READ_LOG,
    "console/compliance/anchors/compare/": PRIVACY,
    "console/compliance/consent/": READ_INSIDE,
    "console/compliance/data-kept/": READ_LOG,
    "console/compliance/": READ_LOG,
    "console/compliance/controls/": READ_LOG,
    "console/compliance/audits/": READ_LOG,
    "console/compliance/audits/new/": PRIVACY,
    # External auditors see those that name them; this one names nobody.
    "console/compliance/audits/<int:audit_id>/": READ_LOG - {EXTERNAL},
    "console/compliance/audits/<int:audit_id>/auditors/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/requests/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/requests/<int:number>/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/samples/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/packs/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/opened/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/opened/<uuid:export_id>/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/opened/<uuid:export_id>/shut/": PRIVACY,
    "console/compliance/audits/<int:audit_id>/close/": PRIVACY,
    "console/compliance/components/": READ_INSIDE,
    "console/compliance/components/<int:component>/": PRIVACY,
    # Everybody's own list; only one pack is opened, and to the external auditor alone.
    "console/compliance/opened/": EVERYBODY,
    "console/compliance/opened/<uuid:export_id>/": {EXTERNAL},
    "console/compliance/opened/<uuid:export_id>/pack.zip": {EXTERNAL},
    "console/compliance/drills/": READ_INSIDE,
    "console/compliance/drills/new/": PRIVACY,
    "console/compliance/incidents/": READ_INSIDE,
    "console/compliance/incidents/new/": PRIVACY,
    "console/compliance/incidents/<int:incident_id>/": READ_INSIDE,
    "console/compliance/incidents/<int:incident_id>/assess/": PRIVACY,
    "console/compliance/incidents/<int:incident_id>/steps/": PRIVACY,
    "console/compliance/incidents/<int:incident_id>/close/": PRIVACY,
    "console/compliance/incidents/<int:incident_id>/notices/<int:notice_id>/": PRIVACY,
    "console/compliance/recertification/": READ_INSIDE,
    "console/compliance/recertification/new/": PRIVACY,
    "console/compliance/recertification/<int:campaign_id>/": READ_INSIDE,
    "console/compliance/recertification/<int:campaign_id>/people/<int:person_id>/": READ_INSIDE,
    "console/compliance/recertification/<int:campaign_id>/close/": PRIVACY,
    "console/compliance/holds/": READ_LOG,
    "console/compliance/holds/new/": PRIVACY,
    "console/compliance/holds/<int:hold_id>/lift/": PRIVACY,
    "console/compliance/modules/": READ_LOG,
    "console/compliance/modules/evidence/": READ_LOG,
    "console/compliance/modules/evidence/<str:sha256>/": READ_LOG,
    "console/compliance/modules/transitions/": READ_LOG,
    "console/compliance/modules/inventory/": READ_LOG,
    "console/compliance/modules/inventory/cbom/": READ_LOG,
    "console/compliance/modules/inventory/advisories/": PRIVACY,
    "console/compliance/modules/watch/": READ_LOG,
    "console/compliance/modules/watch/<str:watched>/<str:key>/": PRIVACY,
    "console/compliance/modules/certificates/<str:library>/": PRIVACY,
    "console/compliance/modules/certificates/<str:library>/withdraw/": PRIVACY,
    "console/compliance/phi/": READ_INSIDE,
    "console/compliance/phi/matrix/": READ_INSIDE,
    "console/compliance/phi/measure/": PRIVACY,
    "console/compliance/phi/storage/": PRIVACY,
    "console/compliance/phi/associates/": READ_INSIDE,
    "console/compliance/phi/associates/new/": PRIVACY,
    "console/compliance/phi/associates/<int:associate_id>/": PRIVACY,
    "console/compliance/phi/associates/<int:associate_id>/end/": PRIVACY,
    "console/compliance/phi/decisions/": READ_INSIDE,
    "console/compliance/providers/": READ_INSIDE,
    "console/compliance/providers/new/": PRIVACY,
    "console/compliance/providers/<int:provider_id>/": PRIVACY,
    "console/compliance/providers/<int:provider_id>/end/": PRIVACY,
    "console/compliance/requests/<str:reference>/notices/<int:provider_notice_id>/": PRIVACY,
    "console/compliance/phi/decisions/new/": PRIVACY,
    "console/compliance/phi/apps/<str:app_id>/": READ_INSIDE,
    "console/compliance/phi/apps/<str:app_id>/declare/": PRIVACY,
    "console/compliance/phi/apps/<str:app_id>/bundles/<str:version>/": PRIVACY,
    "console/policy/": SEE_POLICY,
    "console/policy/change/": SETTINGS,
    "console/people/invite/": PEOPLE,
    "console/people/<int:person_id>/": PEOPLE,
    "console/people/<int:person_id>/deactivate/": PEOPLE,
    "console/people/<int:person_id>/reactivate/": PEOPLE,
    "console/people/<int:person_id>/invite/": PEOPLE,
    "console/people/<int:person_id>/invite/revoke/": PEOPLE,
    "console/people/<int:person_id>/recover/": PEOPLE,
    "console/people/<int:person_id>/access/": PEOPLE,
    "console/people/<int:person_id>/access/roles/<str:role>/give/": PEOPLE,
    "console/people/<int:person_id>/access/roles/<str:role>/take/": PEOPLE,
    "console/people/<int:person_id>/access/grants/new/": PEOPLE,
    "console/people/<int:person_id>/access/grants/<int:grant_id>/end/": PEOPLE,
    "console/people/<int:person_id>/access/engagements/new/": PEOPLE,
    "console/people/<int:person_id>/access/engagements/<int:engagement_id>/end/": PEOPLE,
    "console/compliance/exports/": EXPORT_LOG,
    "console/compliance/exports/new/": EXPORT_LOG,
    "console/compliance/exports/<uuid:export_id>/": EXPORT_LOG,
    "console/compliance/exports/<uuid:export_id>/progress/": EXPORT_LOG,
    "console/compliance/exports/<uuid:export_id>/pack.zip": EXPORT_LOG,
    "console/compliance/exports/<uuid:export_id>/copies/": EXPORT_LOG,
    "console/compliance/exports/<uuid:export_id>/cancel/": EXPORT_LOG,
    "console/compliance/exports/<uuid:export_id>/retry/": EXPORT_LOG,
    "console/compliance/exports/<uuid:export_id>/remove/": EXPORT_LOG,
    "console/compliance/reports/": EXPORT_LOG,
    "console/compliance/reports/<slug:slug>/": EXPORT_LOG,
    "console/compliance/reports/<slug:slug>/schedule/": EXPORT_LOG,
    "console/compliance/reports/schedules/<int:schedule_id>/end/": EXPORT_LOG,
    "console/compliance/reports/made/<uuid:run_id>/": EXPORT_LOG,
    "console/compliance/reports/made/<uuid:run_id>/review/": PRIVACY,
    "console/keys/": SEE_KEYS,
    "console/keys/<str:owner>/": SEE_KEYS,
    "console/keys/<str:owner>/<uuid:key_id>/": SEE_KEYS,
    "console/keys/<str:owner>/<uuid:key_id>/<str:operation>/": OPERATE_KEYS,
    "console/keys/<str:owner>/back-end-key/remove/": OPERATE_KEYS,
    "console/keys/<str:owner>/import/": OPERATE_KEYS,
    "console/keys/<str:owner>/profile/": SEE_KEYS,
    "console/keys/<str:owner>/profile/change/": OPERATE_KEYS,
    "console/keys/<str:owner>/profile/claim/": OPERATE_KEYS,
    "console/keys/<str:owner>/profile/claim/<str:name>/remove/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/<str:kind>/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/<str:kind>/request/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/register/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/rotate/": OPERATE_KEYS,
    "console/apps/": SEE_PART,
    "console/apps/new/": CREATE,
    "console/apps/<str:app_id>/": SEE_PART,
    "console/apps/<str:app_id>/bundles/": SEE_PART,
    "console/apps/<str:app_id>/bundles/<str:version>/": SEE_PART,
    "console/apps/<str:app_id>/bundles/<str:version>/compare/<str:other>/": SEE_PART,
    "console/apps/<str:app_id>/bundles/upload/": UPLOAD,
    "console/apps/<str:app_id>/native-builds/": SEE_PART,
    "console/apps/<str:app_id>/native-builds/new/": UPLOAD,
    "console/apps/<str:app_id>/native-builds/<int:build_id>/remove/": UPLOAD,
    "console/apps/<str:app_id>/channels/<str:channel_name>/": SEE_PART,
    "console/apps/<str:app_id>/channels/<str:channel_name>/members/": TESTERS,
    "console/apps/<str:app_id>/channels/<str:channel_name>/members/remove/": TESTERS,
    "console/apps/<str:app_id>/channels/<str:channel_name>/publish/": PUBLISH,
    "console/apps/<str:app_id>/channels/<str:channel_name>/publish/reach/": PUBLISH,
    "console/apps/<str:app_id>/channels/<str:channel_name>/roll-back/": ROLL_BACK,
    "console/apps/<str:app_id>/channels/<str:channel_name>/settings/": CONFIGURE,
    "console/apps/<str:app_id>/channels/<str:channel_name>/pause/": CONFIGURE,
    "console/apps/<str:app_id>/channels/<str:channel_name>/resume/": CONFIGURE,
    "console/apps/<str:app_id>/channels/<str:channel_name>/shut-off/": ROLL_BACK,
    "console/apps/<str:app_id>/channels/<str:channel_name>/shut-off/lift/": ROLL_BACK,
    "console/apps/<str:app_id>/channels/<str:channel_name>/freezes/": SEE_PART,
    "console/apps/<str:app_id>/channels/<str:channel_name>/freezes/new/": CONFIGURE,
    "console/apps/<str:app_id>/channels/<str:channel_name>/freezes/<int:freeze_id>/remove/": CONFIGURE,
    "console/apps/<str:app_id>/channels/<str:channel_name>/required-sign-offs/": CONFIGURE,
    "console/apps/<str:app_id>/channels/<str:channel_name>/required-sign-offs/weaken/": CONFIGURE,
    "console/apps/<str:app_id>/channels/new/": CONFIGURE,
    "console/apps/<str:app_id>/settings/": CONFIGURE,
    "console/apps/<str:app_id>/shut-off/": ROLL_BACK - {ON_CHANNEL},
    "console/apps/<str:app_id>/shut-off/lift/": ROLL_BACK - {ON_CHANNEL},
    "console/apps/<str:app_id>/devices/": SEE_APP,
    "console/apps/<str:app_id>/devices/<str:device_id>/": SEE_APP,
    "console/apps/<str:app_id>/devices/<str:device_id>/failures/allow/": TESTERS_OF_APP,
    "console/apps/<str:app_id>/devices/<str:device_id>/override/": TESTERS_OF_APP,
    "console/apps/<str:app_id>/devices/<str:device_id>/override/end/": TESTERS_OF_APP,
    "console/apps/<str:app_id>/releases/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/failures/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/failures/allow/": TESTERS,
    "console/apps/<str:app_id>/releases/<int:release_seq>/figures/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/receipt/<int:event>.tlog-proof": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/rollout/": PUBLISH,
    "console/apps/<str:app_id>/releases/<int:release_seq>/change/": PUBLISH,
    "console/apps/<str:app_id>/releases/<int:release_seq>/answers/": PUBLISH,
    "console/apps/<str:app_id>/releases/<int:release_seq>/submit/": PUBLISH,
    "console/apps/<str:app_id>/releases/<int:release_seq>/discard/": PUBLISH,
    "console/apps/<str:app_id>/releases/<int:release_seq>/pause/": ROLL_BACK,
    "console/apps/<str:app_id>/releases/<int:release_seq>/resume/": PUBLISH,
    "console/apps/<str:app_id>/releases/<int:release_seq>/withdraw/": ROLL_BACK - {ON_CHANNEL},
    "console/apps/<str:app_id>/releases/<int:release_seq>/sign-off/": APPROVE,
    "console/apps/<str:app_id>/releases/<int:release_seq>/sign-off/reject/": APPROVE,
    "console/apps/<str:app_id>/publishers/": API_TOKENS,
    "console/apps/<str:app_id>/publishers/<str:kind>/register/": API_TOKENS,
    "console/apps/<str:app_id>/publishers/<int:publisher_id>/": API_TOKENS,
    "console/apps/<str:app_id>/publishers/<int:publisher_id>/remove/": API_TOKENS,
    "console/apps/<str:app_id>/stores/": CONFIGURE,
    # Of groups that have no channel on which somebody doesn't manage testers.
    "console/apps/<str:app_id>/testers/": TESTERS,
    "console/apps/<str:app_id>/testers/feedback/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/new/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/<int:group_id>/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/<int:group_id>/settings/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/<int:group_id>/end/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/<int:group_id>/invite/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/<int:group_id>/invite-many/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/<int:group_id>/link/": TESTERS,
    "console/apps/<str:app_id>/testers/groups/<int:group_id>/testers/<int:tester_id>/remove/": TESTERS,
    "console/apps/<str:app_id>/testers/invites/<int:invite_id>/again/": TESTERS,
    "console/apps/<str:app_id>/testers/invites/<int:invite_id>/revoke/": TESTERS,
    "console/apps/<str:app_id>/testers/<int:tester_id>/": TESTERS,
    "console/apps/<str:app_id>/testers/<int:tester_id>/erase/": TESTERS - {ON_CHANNEL},
    # These take two permissions: to publish, and to manage testers.
    "console/apps/<str:app_id>/previews/": PUBLISH - {ON_CHANNEL},
    "console/apps/<str:app_id>/previews/new/": PUBLISH - {ON_CHANNEL},
    "console/apps/<str:app_id>/previews/<str:channel_name>/": PUBLISH,
    "console/apps/<str:app_id>/previews/<str:channel_name>/link/": PUBLISH,
    "console/apps/<str:app_id>/previews/<str:channel_name>/end/": PUBLISH,
    "console/apps/<str:app_id>/tokens/": API_TOKENS,
    "console/apps/<str:app_id>/tokens/<int:token_id>/revoke/": API_TOKENS,
    "console/apps/<str:app_id>/webhooks/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/new/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/settings/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/secret/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/switch/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/remove/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/test/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/deliveries/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/deliveries/replay/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/": CONFIGURE,
    "console/apps/<str:app_id>/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/replay/": CONFIGURE,
    "console/compliance/requests/": READ_INSIDE,
    "console/compliance/requests/calendar/": READ_INSIDE,
    "console/compliance/requests/new/": PRIVACY,
    "console/compliance/requests/figures/": READ_INSIDE,
    "console/compliance/requests/reports/<str:report>/": EXPORT_LOG,
    "console/compliance/requests/<str:reference>/": READ_INSIDE,
    "console/compliance/requests/<str:reference>/contact/": PRIVACY,
    "console/compliance/requests/<str:reference>/letters/<str:letter>/": PRIVACY,
    "console/compliance/requests/<str:reference>/erasure/": PRIVACY,
    "console/compliance/requests/<str:reference>/package/": PRIVACY,
    "console/compliance/requests/<str:reference>/<str:step>/": PRIVACY,
    # The admin site's own pages: they list and show; nothing is added, changed or deleted there.
    "console/compliance/log/": READ_LOG,
    "console/compliance/log/<int:sequence>/": READ_LOG,
    "console/compliance/log/<int:sequence>/prove/": READ_LOG,
    "console/compliance/log/keys/": READ_LOG,
    "console/compliance/log/verify_entry.py": READ_LOG,
    "console/compliance/log/events/": READ_LOG,
    "console/compliance/log/events/csv/": READ_LOG,
    "console/compliance/log/events/json/": READ_LOG,
    # A token reads on when nobody looks: an engagement is for a person's own eyes.
    "console/compliance/log/feed/": READ_LOG - {EXTERNAL},
    "console/compliance/log/feed/<int:token_id>/revoke/": READ_LOG - {EXTERNAL},
    "console/compliance/log/verification/": READ_LOG,
    "console/compliance/log/verification/progress/": READ_LOG,
    "console/compliance/log/verification/now/": READ_LOG,
    "console/accounts/user/": PEOPLE,
    "console/accounts/user/<path:object_id>/change/": PEOPLE,
    "console/accounts/user/<path:object_id>/history/": PEOPLE,
    "console/accounts/user/<path:object_id>/delete/": NOBODY,
    "console/accounts/user/add/": PEOPLE,
    "console/accounts/rolegroup/": PEOPLE,
    "console/accounts/rolegroup/<path:object_id>/change/": PEOPLE,
    "console/accounts/rolegroup/<path:object_id>/history/": PEOPLE,
    "console/accounts/rolegroup/<path:object_id>/delete/": NOBODY,
    "console/accounts/rolegroup/add/": NOBODY,
}

# Of these, a POST is refused to everybody: the admin site shows them and changes nothing.
ONLY_SHOWN: Final = {
    "console/accounts/user/<path:object_id>/change/",
    "console/accounts/rolegroup/<path:object_id>/change/",
}

# Of these too, while nothing is confirmed: a script asks them for what only a confirmation opens.
ONLY_CONFIRMED: Final = {
    "console/me/security-keys/add/begin/",
    "console/me/security-keys/add/finish/",
}

# API calls: with a token that carries everything tokens can, as far as its issuer has it: on the whole
# app, or on the channel that the address names.
TOKENS: Final = {_ADMIN, _RELEASES, Role.KEY_CUSTODIAN.value}
_RELEASE: Final = "api/v1/apps/<str:app_id>/channels/<str:channel>/releases/<int:release_seq>"
_WEBHOOKS: Final = "api/v1/apps/<str:app_id>/webhooks"
# These with a token of the console itself instead.
LOG_API: Final = "api/v1/audit/"
_OF_THE_LOG: Final = ("events", "checkpoint", "proof/<int:sequence>", "consistency")
CALLS: Final[dict[tuple[str, str], set[str] | frozenset[str]]] = {
    ("POST", "api/v1/tokens/verify"): TOKENS,
    ("POST", "api/v1/apps/<str:app_id>/tokens"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>/back-end-keys"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>/recipients"): TOKENS,
    ("PUT", "api/v1/apps/<str:app_id>/recipients/back-end"): TOKENS,
    ("DELETE", "api/v1/apps/<str:app_id>/recipients/back-end"): TOKENS,
    ("PUT", "api/v1/apps/<str:app_id>/recipients/<str:device_id>"): TOKENS,
    ("DELETE", "api/v1/apps/<str:app_id>/recipients/<str:device_id>"): TOKENS,
    ("GET", _WEBHOOKS): CONFIGURE,
    ("POST", _WEBHOOKS): CONFIGURE,
    ("GET", f"{_WEBHOOKS}/<int:webhook_id>"): CONFIGURE,
    ("PATCH", f"{_WEBHOOKS}/<int:webhook_id>"): CONFIGURE,
    ("DELETE", f"{_WEBHOOKS}/<int:webhook_id>"): CONFIGURE,
    ("POST", f"{_WEBHOOKS}/<int:webhook_id>/switch"): CONFIGURE,
    ("POST", f"{_WEBHOOKS}/<int:webhook_id>/secret"): CONFIGURE,
    ("POST", f"{_WEBHOOKS}/<int:webhook_id>/test"): CONFIGURE,
    ("GET", f"{_WEBHOOKS}/<int:webhook_id>/deliveries"): CONFIGURE,
    ("POST", f"{_WEBHOOKS}/<int:webhook_id>/deliveries/<int:delivery_id>/replay"): CONFIGURE,
    **{("GET", f"{LOG_API}{rest}"): READ_LOG - {EXTERNAL} for rest in _OF_THE_LOG},
    ("GET", "api/v1/apps/<str:app_id>"): SEE_APP,
    ("PATCH", "api/v1/apps/<str:app_id>"): CONFIGURE - {ON_CHANNEL},
    ("GET", "api/v1/apps/<str:app_id>/bundles"): SEE_APP,
    ("POST", "api/v1/apps/<str:app_id>/bundles"): UPLOAD,
    ("GET", "api/v1/apps/<str:app_id>/native-builds"): SEE_APP,
    ("POST", "api/v1/apps/<str:app_id>/native-builds"): UPLOAD,
    ("GET", "api/v1/apps/<str:app_id>/channels"): SEE_APP,
    ("GET", "api/v1/apps/<str:app_id>/channels/<str:channel>"): SEE_PART,
    ("POST", "api/v1/apps/<str:app_id>/shutoff"): ROLL_BACK - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/releases"): PUBLISH - {ON_CHANNEL},  # while it has no default channel
    ("POST", "api/v1/apps/<str:app_id>/channels"): CONFIGURE,
    ("PATCH", "api/v1/apps/<str:app_id>/channels/<str:channel>"): CONFIGURE,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/pause"): CONFIGURE,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/resume"): CONFIGURE,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/shutoff"): ROLL_BACK,
    ("GET", "api/v1/apps/<str:app_id>/channels/<str:channel>/freezes"): SEE_PART,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/freezes"): CONFIGURE,
    ("DELETE", "api/v1/apps/<str:app_id>/channels/<str:channel>/freezes/<int:freeze_id>"): CONFIGURE,
    ("GET", "api/v1/apps/<str:app_id>/channels/<str:channel>/releases"): SEE_PART,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/releases"): PUBLISH,
    ("GET", _RELEASE): SEE_PART,
    ("GET", f"{_RELEASE}/receipt"): SEE_PART,
    ("PATCH", _RELEASE): PUBLISH,
    ("POST", f"{_RELEASE}/submit"): PUBLISH,
    ("POST", f"{_RELEASE}/pause"): ROLL_BACK,
    ("POST", f"{_RELEASE}/resume"): PUBLISH,
    ("POST", f"{_RELEASE}/discard"): PUBLISH,
    ("POST", f"{_RELEASE}/promote"): PUBLISH,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/rollback"): ROLL_BACK,
    ("GET", "api/v1/apps/<str:app_id>/devices/<str:device_id>/override"): SEE_APP,
    ("PUT", "api/v1/apps/<str:app_id>/devices/<str:device_id>/override"): TESTERS_OF_APP,
    ("DELETE", "api/v1/apps/<str:app_id>/devices/<str:device_id>/override"): TESTERS_OF_APP,
    ("GET", "api/v1/apps/<str:app_id>/previews"): PUBLISH - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/previews"): PUBLISH - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/previews/<str:channel>/end"): PUBLISH,
    ("GET", "api/v1/apps/<str:app_id>/tester-groups"): TESTERS - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/tester-groups"): TESTERS - {ON_CHANNEL},
    ("GET", "api/v1/apps/<str:app_id>/tester-groups/<int:group_id>"): TESTERS - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/tester-groups/<int:group_id>/invites"): TESTERS - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/tester-groups/<int:group_id>/links"): TESTERS - {ON_CHANNEL},
}

# Open to who isn't signed in, or answered before anybody's rights matter. Each has tests of its own.
ELSEWHERE: Final = {
    "",  # leads to the start page
    "api/v1/",  # whatever isn't there
    "api/v1/schema/",
    "api/v1/docs/",
    "api/v1/apps",  # answers with what is open to the token, below
    "device/v1/keys",
    "device/v1/enroll",
    "device/v1/privacy",
    ".well-known/apple-app-site-association",
    ".well-known/assetlinks.json",
    # Testers' own pages: the secret in the address is the key (tests/integration/updates/testers/).
    "beta/invite/<str:secret>/",
    "beta/me/<str:secret>/",
    "beta/me/<str:secret>/devices/",
    "beta/me/<str:secret>/code/",
    "beta/me/<str:secret>/devices/<int:device_pk>/switch/",
    "beta/me/<str:secret>/devices/<int:device_pk>/leave/",
    "beta/me/<str:secret>/mail/",
    "beta/me/<str:secret>/address/",
    "beta/me/<str:secret>/feedback/",
    "beta/me/<str:secret>/leave/",
    "beta/me/<str:secret>/delete/",
    "beta/letter/<str:token>/",
    "beta/lost/<str:app_id>/",
    "beta/open/<str:app_id>/",
    ".well-known/jwks.json",
    ".well-known/jwks/<str:app_id>.json",
    "privacy/",  # anybody's, without an account
    "privacy/receipts/<str:reference>/<str:token>/",  # the address has a secret
    "privacy/receipts/<str:reference>/<str:token>/<str:name>",
    ".well-known/gpc.json",
    "setup/<str:token>/",
    "api/v1/trusted-publishing/exchange",  # the CI's token is the credential
    "console/login/",
    # The way in: with nothing, with a password, with a letter's link, or with the provider's word.
    "console/login/second/",
    "console/login/enrol/",
    "console/login/enrol/security-key/",
    "console/login/enrol/security-key/begin/",
    "console/login/security-key/",
    "console/login/security-key/begin/",
    "console/login/passkey/",
    "console/login/passkey/begin/",
    "console/login/recovery-code/",
    "console/login/forgotten/",
    "console/login/reset/<str:token>/",
    "console/login/invited/<str:token>/",
    "console/sso/start/",
    "console/sso/callback/",
    "console/sso/logout/",
    "console/logout/",
    "console/autocomplete/",  # nobody gets anything from it: no field of the admin site asks it
    # Django's own: redirects to addresses of this table, and what leads nowhere.
    "console/r/<path:content_type_id>/<path:object_id>/",
    "console/accounts/user/<path:object_id>/",
    "console/accounts/rolegroup/<path:object_id>/",
    "console/^(?P<app_label>accounts)/$",
    "console/(?P<url>.*)$",
}

# Every operation that takes a confirmation, by the name of its service. One by somebody else than the table
# says has them refused, whatever code they have.
OPERATIONS: Final[dict[str, set[str] | frozenset[str]]] = {
    "key_rotate": OPERATE_KEYS,
    "key_suspend": OPERATE_KEYS,
    "key_resume": OPERATE_KEYS,
    "key_revoke": OPERATE_KEYS,
    "key_destroy": OPERATE_KEYS,
    "key_import": OPERATE_KEYS,
    "profile_change_confirmed": OPERATE_KEYS,
    "claim_define_confirmed": OPERATE_KEYS,
    "claim_remove_confirmed": OPERATE_KEYS,
    "recipient_remove_confirmed": OPERATE_KEYS,
    "root_register_confirmed": OPERATE_KEYS,
    "root_rotate_confirmed": OPERATE_KEYS,
    "ceremony_import_confirmed": OPERATE_KEYS,
    "role_grant": PEOPLE,
    "role_revoke": PEOPLE,
    "grant_make": PEOPLE,
    "grant_end": PEOPLE,
    "engagement_agree": PEOPLE,
    "engagement_end": PEOPLE,
    "person_invite": PEOPLE,
    "invite_again": PEOPLE,
    "person_deactivate": PEOPLE,
    "person_reactivate": PEOPLE,
    "person_recover": NOBODY,  # not on one person's confirmation, whatever policy
    "policy_change": SETTINGS,  # to a stricter one
    "approval_request": SETTINGS,  # of a weaker one
    "approval_give": OPERATE_KEYS,  # of that
    "review_close": REVIEW,
    "access_export": SEE_ACCESS,
    "publisher_register": {_RELEASES},  # who may do all that its tokens may
    "shutoff_lift": NOBODY,  # where policy wants two
    "release_sign_off": APPROVE,
    "sign_offs_weaken": NOBODY,  # not on one person's confirmation, whatever policy
    # To what is one's own. Nobody does them to anybody else's, which is tried apart.
    "password_change": EVERYBODY,
    "totp_add": EVERYBODY,
    "authenticator_rename": EVERYBODY,
    "authenticator_remove": EVERYBODY,
    "recovery_codes_make": EVERYBODY,
    "security_key_register": EVERYBODY,
    "identity_link_allow": EVERYBODY,
    "identity_unlink": EVERYBODY,
}

# These take a confirmation as well, inside one of the above: to use it up, or to write down whose it was.
INSIDE: Final = {
    "authority_use",
    "bootstrap_appointment_record",
    "break_glass_record",
    "changer_of",
    "execution",
    "manager_of",
    "review_open",
    "step_up_use",
}
