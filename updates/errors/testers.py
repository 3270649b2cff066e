"""What testers, their invites and their devices are refused with."""

from updates.errors.base import UpdatesError


class InviteOverError(UpdatesError):
    """The link leads nowhere: never made, used, expired or revoked. Which of them isn't told."""

    code = "invite_over"
    title = "This invite can't be used any more."


class BetaFullError(UpdatesError):
    """As many people as the link lets in have come."""

    code = "beta_full"
    title = "This beta is full."


class ConsentMissingError(UpdatesError):
    """Nobody joins without having agreed to the notice that is in force."""

    code = "consent_missing"
    title = "Joining needs your consent."


class TesterLinkError(UpdatesError):
    """The link of a tester's own page, or of a letter to them, can't be used."""

    code = "tester_link_over"
    title = "This link can't be used any more."


class TesterStateError(UpdatesError):
    """The tester, group or invite isn't in a state in which this can be done."""

    code = "tester_state"
    title = "This can't be done now."


class JoinCodeRefusedError(UpdatesError):
    """The code was never made, is used or has expired. Which of them isn't told."""

    code = "join_code_refused"
    title = "This code can't be used. Get another one from your beta page."


class DeviceLimitError(UpdatesError):
    """The tester has as many devices as the group allows."""

    code = "device_limit"
    title = "You have as many devices in this beta as you may have."


class DeviceTakenError(UpdatesError):
    """The device belongs to somebody else, or was put on a channel by the app's team."""

    code = "device_taken"
    title = "This device is in a beta already, by somebody else."


class PlatformNotOfferedError(UpdatesError):
    """The group or its channels aren't for this platform."""

    code = "platform_not_offered"
    title = "This beta isn't for this kind of device."


class TooManyAttemptsError(UpdatesError):
    """Too many requests came from one address; `seconds` says for how long it has to wait."""

    code = "too_many_requests"
    title = "Too many attempts. Wait a minute and try again."

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class AttemptsUncountedError(UpdatesError):
    """Nobody can tell how many attempts there were, so none is let through."""

    code = "attempts_uncounted"
    title = "This can't be done now. Try again in a minute."


class AddressErasedError(UpdatesError):
    """Whoever has this address had their data deleted; the team doesn't invite them again by itself."""

    code = "address_erased"
    title = (
        "Whoever has this address had their data deleted. If they asked to come back, the compliance officer "
        "can allow it."
    )
