"""What is remembered of a register: what was handed in, of which source, which references are one."""

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID, uuid5

from shared.kernel.errors import Refused
from shared.kernel.fields import Reason, ShortText
from shared.kernel.messages import Command, Event, Stamp
from shared.kernel.references import reference_words
from shared.kernel.states import replace

REGISTERS = UUID("0d7f1a36-92c4-4a53-8f0e-5b1c3d2e4f60")
LINKS_LIMIT = 10_000


def same_source(one: str, other: str) -> bool:
    """Say whether two names are of one source, however they are written."""
    return reference_words(one) == reference_words(other)


@dataclass(frozen=True)
class RegisterHistory:
    """How a register came in so far: the source of the last one, and references that mean another's thing."""

    kind: ClassVar[str] = "register"

    source: str = ""
    last: UUID | None = None
    links: tuple[tuple[str, str, UUID], ...] = ()

    def linked(self, source: str) -> dict[str, UUID]:
        """Return the things that a source's references were said to mean, by the reference's words."""
        return {reference: thing for of, reference, thing in self.links if same_source(of, source)}


class RegisterHandedIn(Event[RegisterHistory]):
    """A register was handed in: the evidence of every decision of its batch."""

    kind: ClassVar[str] = "register"

    register_name: str
    source: str
    batch: UUID
    sha256: str
    rows: int
    accepted: int

    def apply(self, history: RegisterHistory) -> RegisterHistory:
        """Return the history with this source as the last one."""
        return replace(history, source=self.source, last=self.batch)


class RegisterReferenceLinked(Event[RegisterHistory]):
    """Somebody said that a reference of a source means a thing that is known by another one."""

    kind: ClassVar[str] = "register"

    source: str
    reference: str
    thing: UUID
    reason: str

    def apply(self, history: RegisterHistory) -> RegisterHistory:
        """Return the history with this link in place of an earlier one."""
        name = reference_words(self.reference)
        others = tuple(link for link in history.links if link[:2] != (self.source, name))
        return replace(history, links=(*others, (self.source, name, self.thing)))


class TooManyLinks(Refused):
    """A register can't hold more links to things from another source."""


class KeepHandIn(Command[RegisterHistory]):
    """Keep what was handed in."""

    register_name: str
    source: str
    batch: UUID
    sha256: str
    rows: int
    accepted: int

    def decide(self, history: RegisterHistory, stamp: Stamp) -> RegisterHandedIn:
        """Keep it, whatever came before."""
        return RegisterHandedIn(**self.model_dump())


class LinkReference(Command[RegisterHistory]):
    """Say that a reference of a source means a thing that is known already: the two are one."""

    decision: Literal["link"] = "link"
    source: ShortText
    reference: ShortText
    thing: UUID
    reason: Reason

    def decide(self, history: RegisterHistory, stamp: Stamp) -> RegisterReferenceLinked:
        """Link it; a later link takes the place of an earlier one."""
        if len(history.links) >= LINKS_LIMIT:
            raise TooManyLinks(limit=LINKS_LIMIT)
        return RegisterReferenceLinked(
            source=self.source, reference=self.reference, thing=self.thing, reason=self.reason
        )


def history_id(register: str) -> UUID:
    """Return the id of the history of a room's register."""
    return uuid5(REGISTERS, register)


EVENTS = (RegisterHandedIn, RegisterReferenceLinked)
