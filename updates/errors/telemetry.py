"""What is refused of what devices report."""

from updates.errors.base import UpdatesError


class EventRefusedError(UpdatesError):
    """One reported event can't be stored; the rest of its batch can."""

    code = "event_refused"
    title = "The event can't be stored."


class EventsNotAcceptedError(UpdatesError):
    """Events can't be kept safely now; the device shall send them again."""

    code = "events_not_accepted"
    title = "Events can't be accepted now. Send them again later."
