"""How the service says no: a refusal's docstring is the sentence its reader sees, its facts say why."""

from collections.abc import Mapping
from typing import ClassVar

RESERVED = frozenset({"type", "title", "status", "detail", "instance", "errors"})  # RFC 9457, section 3.1


class Refused(Exception):
    """The rules do not allow this."""

    # The last part of the published `type`; empty where it is made of the class's name.
    problem_type: ClassVar[str] = ""
    # The fact that says from when on it is allowed, where it may be only too early.
    allowed_from: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        """Keep the facts (limits, states, names of roles) that explain this one refusal."""
        assert RESERVED.isdisjoint(facts), "a problem's own members are not facts"
        super().__init__()
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        """Return the rule; it is put together only where somebody reads it."""
        return self.sentence()

    @classmethod
    def sentence(cls) -> str:
        """Return the rule in one line, as its reader sees it."""
        return " ".join((cls.__doc__ or Refused.__doc__ or "").split())


class NotAuthenticated(Refused):
    """Say who you are: send a valid bearer token."""


class NotAllowed(Refused):
    """Your role may never do this."""


class NotFound(Refused):
    """There is no such thing here."""


class OutOfSight(NotFound):
    """There is no such thing here."""

    # It is there, and not for whoever asks: only the security log tells the two apart.
    problem_type = "not-found"


class VersionNeeded(Refused):
    """Send If-Match with the version you have seen, so that nobody's work is overwritten unseen."""


class OutOfDate(Refused):
    """Somebody changed this since you last saw it: look again, then decide."""


class StillRunning(Refused):
    """A request with this Idempotency-Key is still being carried out: ask again in a moment."""


class Unacceptable(Refused):
    """The request can't be understood."""


class KeyUsedOtherwise(Unacceptable):
    """This Idempotency-Key was used before for a different request."""


class TooLarge(Refused):
    """This is larger than the service accepts at once."""


class WrongMediaType(Refused):
    """Send the body as a media type that this operation accepts."""


class NotAcceptable(Refused):
    """This is not available in any form that Accept names."""


class TooMany(Refused):
    """You have sent too many requests: wait a moment."""


class NotReady(Refused):
    """The service can't answer just now: ask again in a moment."""


class ViewsBehind(NotReady):
    """The views have not caught up with that position yet: ask again in a moment."""


class DatabaseCantWrite(NotReady):
    """The database takes nothing in just now: ask again, with the same Idempotency-Key if you decided."""


class DatabaseAway(NotReady):
    """The database can't be reached just now: ask again, with the same Idempotency-Key if you decided."""
