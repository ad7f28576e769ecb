"""Opening a private address of the calendar, and revoking it."""

from typing import Literal

from rfp_service.contracts.domain.calendar_feeds import (
    CalendarFeed,
    CalendarFeedOver,
    ContractFeedOpened,
    ContractFeedRevoked,
    NotYourCalendarFeed,
)
from shared.kernel.fields import PersonId, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.roles import Role

MANAGERS = frozenset({Role.CONTRACT_MANAGER, Role.ADMINISTRATOR})


class OpenContractFeed(Command[CalendarFeed]):
    """Open an address that shows the days of contracts to a calendar program, which can't sign in."""

    owner: PersonId | None = None

    def decide(self, feed: CalendarFeed, stamp: Stamp) -> ContractFeedOpened:
        """Keep the hash of its token, and the service areas of whoever opens it."""
        facts = stamp.known.facts
        areas = facts["areas"]
        return ContractFeedOpened(
            opened_by=stamp.by,
            owner=self.owner or "",
            areas=tuple(map(str, areas)) if isinstance(areas, list) else None,
            token_sha256=str(facts["token_sha256"]),
        )


class RevokeContractFeed(Command[CalendarFeed]):
    """Revoke an address, at once and for good."""

    decision: Literal["revoke"] = "revoke"
    reason: Reason

    def decide(self, feed: CalendarFeed, stamp: Stamp) -> ContractFeedRevoked:
        """Revoke one's own, or as who manages contracts anybody's."""
        if not (stamp.is_from(feed.opened_by) or MANAGERS & {*stamp.known.roles}):
            raise NotYourCalendarFeed
        if feed.revoked:
            raise CalendarFeedOver
        return ContractFeedRevoked(reason=self.reason)
