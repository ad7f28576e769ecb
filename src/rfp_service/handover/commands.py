"""Handing over: what is asked, and how each thing's own rules answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import Field

from rfp_service.handover.domain import (
    Handed,
    HandOver,
    Left,
    TooMuchAtOnce,
    ToThemselves,
    WorkHandedOver,
)
from rfp_service.rfps.commands.taking_part import (
    AppointEvaluator,
    ReassignLead,
    RemoveEvaluator,
    ReplaceRequester,
)
from rfp_service.rfps.domain.rfp import Rfp
from shared.errors import Refused
from shared.eventstore.appending import IdempotencyKey
from shared.fields import PersonId, Reason
from shared.messages import Command, Event, Stamp, State, Stream
from shared.personal import text_about

THINGS_LIMIT = 400

Step = tuple[str, Sequence[Command[Any]]]
Placed = tuple[UUID, int, Event[Any], Stamp, Command[Any] | None, int]


class HandWorkOver(Command[HandOver]):
    """Hand all that somebody has in hand to somebody else: RFPs, tiers and delegations."""

    by_the_rules = True

    leaver: PersonId = Field(examples=["rita-requester"])
    successor: PersonId = Field(examples=["leo-libraries"])
    reason: Reason = Field(
        description="Kept as a personal text about whoever leaves.",
        examples=["Rita left at the end of May."],
    )


@dataclass
class Plan:
    """What is to happen to many things in one decision: each thing's events, and what was refused."""

    command: HandWorkOver
    events: list[Placed] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse to hand anything to whoever has it."""
        if self.command.leaver == self.command.successor:
            raise ToThemselves

    def take(self, stream: Stream[Any], steps: Sequence[Step], stamp: Stamp) -> None:
        """Let a thing's own rules answer, step by step; what they refuse is left as it is, and said."""
        state, version = stream.state, stream.version
        for part, commands in steps:
            after, decided = state, list[tuple[Command[Any], int, Event[Any]]]()
            try:
                for command in commands:
                    for part_of_it, event in enumerate(_decided(command, after, stamp)):
                        after = event.apply(after)
                        decided.append((command, part_of_it, event))
            except Refused as refusal:
                self.left.append(Left(id=stream.id, part=part, refusal=type(refusal).__name__))
                continue
            self.handed.append(Handed(id=stream.id, part=part))
            for command, part_of_it, event in decided:
                version += 1
                self.events.append((stream.id, version, event, stamp, command, part_of_it))
            state = after

    def result(self, key: IdempotencyKey | None) -> WorkHandedOver:
        """Return what happened on the whole."""
        if len(self.handed) + len(self.left) > THINGS_LIMIT:
            raise TooMuchAtOnce(things=len(self.handed) + len(self.left), limit=THINGS_LIMIT)
        return WorkHandedOver(
            leaver=self.command.leaver, successor=self.command.successor,
            reason=text_about([self.command.leaver], self.command.reason),
            handed=tuple(self.handed), left=tuple(self.left), asked=fingerprint(key),
        )  # fmt: skip


def fingerprint(key: IdempotencyKey | None) -> str:
    """Return what tells the same request from another one under its key."""
    return key.request_hash.hex() if key else ""


def steps_of(rfp: Rfp, command: HandWorkOver) -> Iterator[Step]:
    """Yield what must be decided on an RFP for each part that the leaver has in it."""
    leaver, successor, reason = command.leaver, command.successor, command.reason
    if rfp.raised_by == leaver:
        yield "requester", [ReplaceRequester(requester=successor, reason=reason)]
    if rfp.lead == leaver:
        yield "lead", [ReassignLead(lead=successor, reason=reason)]
    if leaver in rfp.tender.evaluators:
        remove = RemoveEvaluator(evaluator=leaver, reason=reason)
        there = successor in rfp.tender.evaluators
        yield "evaluator", [*([] if there else [AppointEvaluator(evaluator=successor)]), remove]


def _decided(command: Command[Any], state: State, stamp: Stamp) -> Sequence[Event[Any]]:
    decided = command.decide(state, stamp)
    return decided if isinstance(decided, Sequence) else [decided]
