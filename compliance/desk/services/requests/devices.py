"""What a device asks for itself: recorded as it comes, and as verified once it proved its registered key."""

from dataclasses import dataclass
from typing import Final

from compliance.desk.domain.intake import Intake
from compliance.desk.domain.request_states import Channel, Kind, Scope
from compliance.desk.domain.subjects import Contact
from compliance.desk.domain.verification import Method, device_key_proves
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests.receiving import request_receive
from compliance.desk.services.requests.recording import Doer
from compliance.desk.services.requests.room import public_room_require
from compliance.ledger.domain.events import ANONYMOUS
from compliance.ledger.selectors.disclosures import disclosed_since
from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.personal_data import Identifier, suppression_current
from signing.services import Possession, possession_challenge, possession_prove
from updates.selectors.held_devices import device_known_since

# For the officer, who decides: whoever learnt the device's id can have registered such a key.
_SELF_REGISTERED: Final = (
    "it holds a key that no back end vouched for, and that isn't as old as what is held of it"
)


@dataclass(frozen=True, slots=True)
class DeviceWish:
    """What a device asks for, as it says it; nothing of it is believed.

    Attributes:
        app_id: The app.
        device_id: Itself.
        kind: What is asked for.
        scope: How much is to be told, for that kind only.
        email: Where the answer goes. It identifies nobody: a key proves a device, and no address.
        statement: What its owner wrote.
        kid: The name of the key that it says is registered for it; empty: it proves nothing.
        signals_gpc: It sent `Sec-GPC: 1`.
    """

    app_id: str
    device_id: str
    kind: Kind
    scope: Scope = Scope.NONE
    email: str = ""
    statement: str = ""
    kid: str = ""
    signals_gpc: bool = False

    def about(self) -> bytes:
        """Write down what an answer to a challenge is good for: this wish to the letter."""
        said = [self.app_id, self.device_id, self.kind.value, self.scope.value, self.email, self.statement]
        return canonical_json([*said, self.kid, self.signals_gpc])


def device_request_challenge(wish: DeviceWish) -> str | None:
    """Draw what the device has to open first; None: it needn't, and the request can be received.

    Nobody is asked who they are to opt out or to limit.

    Raises:
        PossessionRefusedError: The key isn't registered for this device.
        RecipientStoreError: Redis doesn't answer.
    """
    if not wish.kid or wish.kind.is_opt_out:
        return None
    return possession_challenge(
        app_id=wish.app_id, device_id=wish.device_id, kid=wish.kid, about=wish.about()
    )


def device_request_receive(*, wish: DeviceWish, opened: str = "") -> PrivacyRequest:
    """Register what a device asks for. Without proof nothing is looked up, and an officer verifies it.

    Args:
        wish: What it asks for.
        opened: What it read in a challenge; empty: it proves nothing.

    Raises:
        PossessionRefusedError: The answer isn't good for this wish, was used, or is over.
        RecipientStoreError: Redis doesn't answer.
        RequestIncompleteError: Nothing is said of how much is wanted.
        TooManyAttemptsError: Nothing is proved, and strangers have sent as many as are taken in an hour.
        AttemptsUncountedError: Nobody can tell how many.
    """
    proved = _proved(wish, opened) if opened and not wish.kind.is_opt_out else None
    is_verified = proved is not None and _proves(proved, wish)
    if not is_verified:
        public_room_require()
    intake = Intake(
        kind=wish.kind,
        channel=Channel.DEVICE,
        contact=Contact(
            device_ids=(wish.device_id,),
            reply_to=wish.email,
            app=wish.app_id,
            statement=wish.statement,
        ),
        scope=wish.scope,
        app_id=wish.app_id,
        signals_gpc=wish.signals_gpc,
        verified_by=Method.DEVICE if is_verified else Method.NONE,
        remark=_SELF_REGISTERED if proved is not None and not is_verified else "",
    )
    return request_receive(intake=intake, by=Doer(ANONYMOUS))


def _proved(wish: DeviceWish, opened: str) -> Possession:
    return possession_prove(
        app_id=wish.app_id, device_id=wish.device_id, kid=wish.kid, about=wish.about(), opened=opened
    )


def _proves(proved: Possession, wish: DeviceWish) -> bool:
    oldest = (device_known_since(wish.app_id, wish.device_id), disclosed_since(wish.device_id))
    listed = {Identifier.device(wish.app_id, wish.device_id)}
    return device_key_proves(
        is_vouched=proved.is_vouched,
        registered_at=proved.registered_at,
        known_since=min(filter(None, oldest), default=None),
        was_erased=bool(suppression_current().among(listed)),
    )
