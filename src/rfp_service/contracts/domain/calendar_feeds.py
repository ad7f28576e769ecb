"""A private address of the contracts' calendar: who opened it, what it shows, whether it is revoked."""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace


class NotYourCalendarFeed(Refused):
    """Only whoever opened an address, or a contract manager, can revoke it."""


class CalendarFeedOver(Refused):
    """This address has already been revoked."""


@dataclass(frozen=True)
class CalendarFeed:
    """One address; of the token in it only the hash is kept."""

    kind: ClassVar[str] = "contract-feed"

    opened_by: str = ""
    owner: str = ""
    areas: tuple[str, ...] | None = None
    token_sha256: str = ""
    revoked: bool = False

    def is_opened_by(self, token: str) -> bool:
        """Say whether a token still opens it."""
        return not self.revoked and self.token_sha256 == sha256(token.encode()).hexdigest()


class CalendarFeedEvent(Event[CalendarFeed]):
    """Something that happened to an address."""

    kind: ClassVar[str] = "contract-feed"
    body_of_work: ClassVar[str] = "contracts"


class ContractFeedOpened(CalendarFeedEvent):
    """Somebody opened an address, for one owner's contracts or for all that they may see."""

    opened_by: str
    owner: str = ""
    areas: tuple[str, ...] | None = None
    token_sha256: str

    def apply(self, feed: CalendarFeed) -> CalendarFeed:
        """Return the address."""
        return CalendarFeed(self.opened_by, self.owner, self.areas, self.token_sha256)


class ContractFeedRevoked(CalendarFeedEvent):
    """The address was revoked: nothing is found there from then on."""

    reason: str

    def apply(self, feed: CalendarFeed) -> CalendarFeed:
        """Return the address, revoked."""
        return replace(feed, revoked=True)


def feed_id(token: str) -> UUID:
    """Return the id of the address of a token, from which nobody finds the token."""
    return UUID(bytes=sha256(b"contract-feed:" + token.encode()).digest()[:16], version=5)


FEED_EVENTS: tuple[type[CalendarFeedEvent], ...] = (ContractFeedOpened, ContractFeedRevoked)
