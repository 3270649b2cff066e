"""The table of access: who reaches which page, API call and operation. One line each.

To add one: the route as `urls.py` has it (without regular expressions), and who gets through. A new kind of
`<int:thing_id>` gets its value in `access_world.py`; a new operation something to be done to in
`access_acts.py`. What has no line fails `tests/integration/test_access_table.py`.
"""

from typing import Final

from accounts.domain.roles import Role
from tests.support.actors import (
    EVERYBODY,
    EXTERNAL,
    INSIDERS,
    ON_APP,
    ON_CHANNEL,
)

# Who has a permission: by role, and by a grant on the app or on the channel.
_ADMIN, _RELEASES = Role.ADMINISTRATOR.value, Role.RELEASE_MANAGER.value
SEE_APP: Final = INSIDERS | {ON_APP}
SEE_PART: Final = SEE_APP | {ON_CHANNEL}
CREATE: Final = {_ADMIN, _RELEASES}
CONFIGURE: Final = {_ADMIN, _RELEASES}
UPLOAD: Final = {_RELEASES, Role.APP_DEVELOPER.value, ON_APP}
PUBLISH: Final = {_RELEASES, ON_APP, ON_CHANNEL}
ROLL_BACK: Final = {_RELEASES, Role.APPROVER.value, ON_APP, ON_CHANNEL}
TESTERS: Final = {_RELEASES, ON_APP, ON_CHANNEL}
API_TOKENS: Final = {_ADMIN, _RELEASES}
SEE_KEYS: Final = {"key_custodian", "compliance_officer", "auditor", EXTERNAL}
OPERATE_KEYS: Final = {"key_custodian"}
READ_LOG: Final = {_ADMIN, "compliance_officer", "auditor", EXTERNAL}
SEE_ACCESS: Final = {_ADMIN, "compliance_officer", "auditor", EXTERNAL}
PEOPLE: Final = {_ADMIN}
NOBODY: Final[set[str]] = set()

# Pages: signed in with two factors, and then by this.
PAGES: Final[dict[str, set[str] | frozenset[str]]] = {
    "console/": EVERYBODY,
    "console/jsi18n/": EVERYBODY,
    "console/access/": SEE_ACCESS,
    "console/access/export/": SEE_ACCESS,
    "console/people/<int:person_id>/access/": PEOPLE,
    "console/people/<int:person_id>/access/roles/<str:role>/give/": PEOPLE,
    "console/people/<int:person_id>/access/roles/<str:role>/take/": PEOPLE,
    "console/people/<int:person_id>/access/grants/new/": PEOPLE,
    "console/people/<int:person_id>/access/grants/<int:grant_id>/end/": PEOPLE,
    "console/people/<int:person_id>/access/engagements/new/": PEOPLE,
    "console/people/<int:person_id>/access/engagements/<int:engagement_id>/end/": PEOPLE,
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
    "console/apps/<str:app_id>/bundles/upload/": UPLOAD,
    "console/apps/<str:app_id>/channels/<str:channel_name>/": SEE_PART,
    "console/apps/<str:app_id>/channels/<str:channel_name>/members/": TESTERS,
    "console/apps/<str:app_id>/channels/<str:channel_name>/members/remove/": TESTERS,
    "console/apps/<str:app_id>/channels/<str:channel_name>/publish/": PUBLISH,
    "console/apps/<str:app_id>/channels/<str:channel_name>/roll-back/": ROLL_BACK,
    "console/apps/<str:app_id>/channels/<str:channel_name>/settings/": CONFIGURE,
    "console/apps/<str:app_id>/channels/new/": CONFIGURE,
    "console/apps/<str:app_id>/devices/": SEE_APP,
    "console/apps/<str:app_id>/devices/<str:device_id>/": SEE_APP,
    "console/apps/<str:app_id>/releases/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/figures/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/rollout/": PUBLISH,
    "console/apps/<str:app_id>/tokens/": API_TOKENS,
    "console/apps/<str:app_id>/tokens/<int:token_id>/revoke/": API_TOKENS,
    # The admin site's own pages: they list and show; nothing is added, changed or deleted there.
    "console/ledger/auditevent/": READ_LOG,
    "console/ledger/auditevent/<path:object_id>/change/": READ_LOG,
    "console/ledger/auditevent/<path:object_id>/history/": READ_LOG,
    "console/ledger/auditevent/<path:object_id>/delete/": NOBODY,
    "console/ledger/auditevent/add/": NOBODY,
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
    "console/ledger/auditevent/<path:object_id>/change/",
    "console/accounts/user/<path:object_id>/change/",
    "console/accounts/rolegroup/<path:object_id>/change/",
}

# API calls: with a token that carries everything tokens can, as far as its issuer has it on the whole app.
TOKENS: Final = {_ADMIN, _RELEASES, Role.KEY_CUSTODIAN.value}
_RELEASE: Final = "api/v1/apps/<str:app_id>/channels/<str:channel>/releases/<int:release_seq>"
CALLS: Final[dict[tuple[str, str], set[str] | frozenset[str]]] = {
    ("POST", "api/v1/tokens/verify"): TOKENS,
    ("POST", "api/v1/apps/<str:app_id>/tokens"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>/back-end-keys"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>/recipients"): TOKENS,
    ("PUT", "api/v1/apps/<str:app_id>/recipients/back-end"): TOKENS,
    ("DELETE", "api/v1/apps/<str:app_id>/recipients/back-end"): TOKENS,
    ("PUT", "api/v1/apps/<str:app_id>/recipients/<str:device_id>"): TOKENS,
    ("DELETE", "api/v1/apps/<str:app_id>/recipients/<str:device_id>"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>"): SEE_APP,
    ("GET", "api/v1/apps/<str:app_id>/bundles"): SEE_APP,
    ("POST", "api/v1/apps/<str:app_id>/bundles"): UPLOAD,
    ("GET", "api/v1/apps/<str:app_id>/channels"): SEE_APP,
    ("GET", "api/v1/apps/<str:app_id>/channels/<str:channel>"): SEE_APP,
    ("GET", "api/v1/apps/<str:app_id>/channels/<str:channel>/releases"): SEE_APP,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/releases"): PUBLISH - {ON_CHANNEL},
    ("GET", _RELEASE): SEE_APP,
    ("PATCH", _RELEASE): PUBLISH - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/rollback"): ROLL_BACK - {ON_CHANNEL},
}

# Open to who isn't signed in, or answered before anybody's rights matter. Each has tests of its own.
ELSEWHERE: Final = {
    "",  # leads to the start page
    "api/v1/",  # whatever isn't there
    "api/v1/schema/",
    "api/v1/docs/",
    "api/v1/apps",  # answers with what is open to the token, below
    "device/v1/keys",
    ".well-known/jwks.json",
    ".well-known/jwks/<str:app_id>.json",
    "setup/<str:token>/",
    "console/login/",
    "console/logout/",
    "console/autocomplete/",  # nobody gets anything from it: no field of the admin site asks it
    # Django's own: redirects to addresses of this table, and what leads nowhere.
    "console/r/<path:content_type_id>/<path:object_id>/",
    "console/ledger/auditevent/<path:object_id>/",
    "console/accounts/user/<path:object_id>/",
    "console/accounts/rolegroup/<path:object_id>/",
    "console/^(?P<app_label>ledger|accounts)/$",
    "console/(?P<url>.*)$",
}

# Every operation that takes a confirmation, by the name of its service. One by somebody else than the table
# says has them refused, whatever code they have.
OPERATIONS: Final[dict[str, set[str]]] = {
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
}
