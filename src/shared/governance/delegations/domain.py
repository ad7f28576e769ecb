"""A delegation: somebody may decide for somebody else, up to a value, from a day until a day."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.personal import Personal
from shared.kernel.states import replace


@dataclass(frozen=True)
class Delegation:
    """Who may decide for whom, up to which amount without VAT; the last day counts."""

    kind: ClassVar[str] = "delegation"

    delegator: str = ""
    delegate: str = ""
    limit_pence: int = 0
    first_day: date = date.min
    last_day: date = date.min
    reason: Personal = Personal(about="")
    ended: bool = False
    proposed_by: str = ""  # whoever gave it for somebody else
    waiting: bool = False  # for a second person to confirm it

    def is_live(self, day: date) -> bool:
        """Say whether it counts on a day."""
        return not self.ended and not self.waiting and self.first_day <= day <= self.last_day


class DelegationGiven(Event[Delegation]):
    """Somebody was given what somebody else may decide."""

    kind: ClassVar[str] = "delegation"

    delegator: str
    delegate: str
    limit_pence: int
    first_day: date
    last_day: date
    reason: Personal
    unconfirmed: bool = False  # for there was a single administrator

    def apply(self, delegation: Delegation) -> Delegation:
        return Delegation(
            self.delegator, self.delegate, self.limit_pence, self.first_day, self.last_day, self.reason
        )


class DelegationProposed(Event[Delegation]):
    """An administrator would give somebody what somebody else may decide; it does not count yet."""

    kind: ClassVar[str] = "delegation"

    delegator: str
    delegate: str
    limit_pence: int
    first_day: date
    last_day: date
    reason: Personal
    proposed_by: str

    def apply(self, delegation: Delegation) -> Delegation:
        """Return the delegation, which waits."""
        return Delegation(
            self.delegator,
            self.delegate,
            self.limit_pence,
            self.first_day,
            self.last_day,
            self.reason,
            proposed_by=self.proposed_by,
            waiting=True,
        )


class DelegationConfirmed(Event[Delegation]):
    """A second person confirmed the delegation: it counts from its first day on."""

    kind: ClassVar[str] = "delegation"

    first_day: date
    proposed_by: str
    confirmed_by: str

    def apply(self, delegation: Delegation) -> Delegation:
        """Return the delegation, which counts."""
        return replace(delegation, first_day=self.first_day, waiting=False)


class DelegationEnded(Event[Delegation]):
    """The delegation was taken back before its last day."""

    kind: ClassVar[str] = "delegation"

    reason: Personal

    def apply(self, delegation: Delegation) -> Delegation:
        """Return the delegation, over."""
        return replace(delegation, ended=True)


class DelegatedToThemselves(Refused):
    """You can't delegate to yourself."""


class NotYoursToDelegate(Refused):
    """Only whoever holds this authority, or an administrator for them, may delegate it or take it back."""


class NothingToDelegate(Refused):
    """They are in no approval tier, and so have nothing to delegate."""


class NotToAnOfficer(Refused):
    """A member may delegate only to another elected post, or to an officer whom the scheme names."""


class MoreThanTheirs(Refused):
    """Nobody can delegate more than they may decide themselves."""


class DelegatedForThePast(Refused):
    """A delegation must begin today or later, and can't end before it begins."""


class DelegationOver(Refused):
    """This delegation is already over."""


DELEGATION_EVENTS = (DelegationGiven, DelegationEnded, DelegationProposed, DelegationConfirmed)
