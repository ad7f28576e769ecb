"""A hand-over: from whom to whom, what changed hands, and what could not, with the rule that says no."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.personal import Personal


class Handed(BaseModel):
    """One thing that changed hands, and as what."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    part: str


class Left(Handed):
    """One thing that could not change hands, by the name of the rule that says no."""

    refusal: str


@dataclass(frozen=True)
class HandOver:
    """What of a leaver's work changed hands, what could not (`left`), and who asked for it."""

    kind: ClassVar[str] = "hand-over"

    leaver: str = ""
    successor: str = ""
    reason: Personal = Personal(about="")
    handed: tuple[Handed, ...] = ()
    left: tuple[Left, ...] = ()
    asked: str = ""
    waiting: tuple[UUID, ...] = ()


class WorkHandedOver(Event[HandOver]):
    """Somebody's open work, approvals and delegations went to somebody else; much of it, in several parts."""

    kind: ClassVar[str] = "hand-over"

    leaver: str
    successor: str
    reason: Personal
    handed: tuple[Handed, ...]
    left: tuple[Left, ...]
    asked: str = ""  # the request's fingerprint, where it had a key
    waiting: tuple[UUID, ...] = ()  # what of it a second person has to confirm

    def apply(self, hand_over: HandOver) -> HandOver:
        """Return the hand-over with this part of it."""
        return HandOver(
            self.leaver,
            self.successor,
            self.reason,
            (*hand_over.handed, *self.handed),
            (*hand_over.left, *self.left),
            self.asked,
            (*hand_over.waiting, *self.waiting),
        )


class ToThemselves(Refused):
    """Work must be handed over to somebody else."""


EVENTS = (WorkHandedOver,)
