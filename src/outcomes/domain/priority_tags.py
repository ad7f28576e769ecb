"""Which priorities of a strategy a thing of another room serves; the thing is known by its id alone."""

from dataclasses import dataclass
from typing import ClassVar, Literal
from uuid import UUID

from shared.kernel.messages import Event

TaggedKind = Literal["rfp", "project", "contract"]


@dataclass(frozen=True)
class PriorityTags:
    """The priorities that one thing is tagged with."""

    kind: ClassVar[str] = "priority-tags"

    on: str = ""
    thing: UUID | None = None
    priorities: tuple[str, ...] = ()


class ThingTagged(Event[PriorityTags]):
    """Somebody said which priorities a thing serves, in place of what was said before."""

    kind: ClassVar[str] = "priority-tags"

    on: TaggedKind
    thing: UUID
    priorities: tuple[str, ...]

    def apply(self, tags: PriorityTags) -> PriorityTags:
        return PriorityTags(self.on, self.thing, self.priorities)


TAG_EVENTS = (ThingTagged,)
