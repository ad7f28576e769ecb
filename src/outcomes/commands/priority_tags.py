"""Tagging what other rooms hold with a strategy's priorities."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from outcomes.commands.milestones import PRIORITIES_OF_ONE_LIMIT
from outcomes.commands.rules import priorities_must_be_adopted
from outcomes.domain.priority_tags import PriorityTags, TaggedKind, ThingTagged
from outcomes.domain.refusals import NothingToTag
from shared.kernel.fields import ShortText
from shared.kernel.messages import Command, Stamp


class TagThing(Command[PriorityTags]):
    """Say which priorities an RFP, a project or a contract serves, in place of what was said before."""

    on: TaggedKind = Field(examples=["contract"])
    id: UUID
    priorities: Annotated[
        list[ShortText], Field(max_length=PRIORITIES_OF_ONE_LIMIT, examples=[["Disaster recovery"]])
    ]

    def decide(self, tags: PriorityTags, stamp: Stamp) -> ThingTagged:
        """Tag what is there, with what a strategy has; each tag counts once."""
        if not stamp.known.facts.get("thing_there"):
            raise NothingToTag(on=self.on)
        priorities_must_be_adopted(self.priorities, stamp)
        return ThingTagged(on=self.on, thing=self.id, priorities=tuple(dict.fromkeys(self.priorities)))
