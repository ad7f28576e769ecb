"""Handing over: what is asked, and how each thing's own rules answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import Field

from rfp_service.handover.domain import Handed, HandOver, Left, ToThemselves, WorkHandedOver
from rfp_service.rfps.commands.participants import (
    AppointEvaluator,
    ReassignLead,
    RemoveEvaluator,
    ReplaceRequester,
)
from rfp_service.rfps.domain.rfp import Rfp
from shared.governance.delegations.domain import DelegationProposed
from shared.governance.scheme.proposals import SchemeProposed
from shared.kernel.errors import Refused
from shared.kernel.fields import PersonId, Reason
from shared.kernel.messages import Command, Event, IdempotencyKey, Known, Stamp, State, Stream
from shared.kernel.personal import text_about

THINGS_IN_AN_EVENT = 400  # an event has a limit; a hand-over has none, and takes as many as it needs

PROPOSED = SchemeProposed | DelegationProposed
Step = tuple[str, Sequence[Command[Any]]]
Placed = tuple[UUID, int, Event[Any], Stamp, Command[Any] | None, int]


class HandWorkOver(Command[HandOver]):
    """Hand all that somebody has in hand to somebody else: RFPs, tiers and delegations."""

    by_the_rules = True

    leaver: PersonId = Field(examples=["rita-requester"])
    successor: PersonId = Field(examples=["leo-libraries"])
    reason: Reason = Field(
        description="Kept as a personal text about whoever leaves.", examples=["Rita left at the end of May."]
    )


@dataclass
class HandOverPlan:
    """What is to happen to many things in one decision: each thing's events, and what was refused."""

    command: HandWorkOver
    events: list[Placed] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    waiting: set[UUID] = field(default_factory=set)

    def take(self, stream: Stream[Any], steps: Sequence[Step], stamp: Stamp) -> None:
        """Let a thing's own rules answer, step by step; what they refuse is left as it is, and said."""
        state, version, stamp = stream.state, stream.version, stamp.not_before(stream.changed_at)
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
            if any(isinstance(event, PROPOSED) for _, _, event in decided):
                self.waiting.add(stream.id)
            for command, part_of_it, event in decided:
                version += 1
                self.events.append((stream.id, version, event, stamp, command, part_of_it))
            state = after

    def results(self, key: IdempotencyKey | None) -> Iterator[WorkHandedOver]:
        """Yield what happened on the whole, in as many events as it takes; one where nothing did."""
        told = [*self.handed, *self.left]
        for start in range(0, max(len(told), 1), THINGS_IN_AN_EVENT):
            part = told[start : start + THINGS_IN_AN_EVENT]
            yield WorkHandedOver(
                leaver=self.command.leaver,
                successor=self.command.successor,
                reason=text_about([self.command.leaver], self.command.reason),
                handed=tuple(each for each in part if not isinstance(each, Left)),
                left=tuple(each for each in part if isinstance(each, Left)),
                asked=fingerprint(key),
                waiting=tuple(dict.fromkeys(e.id for e in part if e.id in self.waiting)),
            )


def fingerprint(key: IdempotencyKey | None) -> str:
    """Return what tells the same request from another one under its key."""
    return key.request_hash.hex() if key else ""


def must_be_two_people(command: HandWorkOver, stamp: Stamp) -> None:
    """Refuse to hand anything to whoever has it, by whatever account."""
    if stamp.known.same_person(command.leaver, command.successor):
        raise ToThemselves


def steps_of(rfp: Rfp, command: HandWorkOver, known: Known) -> Iterator[Step]:
    """Yield what must be decided on an RFP for each part that the leaver has in it."""
    leaver, successor, reason = command.leaver, command.successor, command.reason
    if known.same_person(rfp.raised_by, leaver):
        yield "requester", [ReplaceRequester(requester=successor, reason=reason)]
    if known.same_person(rfp.lead, leaver):
        yield "lead", [ReassignLead(lead=successor, reason=reason)]
    if known.among(leaver, rfp.tender.evaluators):
        remove = RemoveEvaluator(evaluator=leaver, reason=reason)
        there = known.among(successor, rfp.tender.evaluators)
        yield "evaluator", [*([] if there else [AppointEvaluator(evaluator=successor)]), remove]


def _decided(command: Command[Any], state: State, stamp: Stamp) -> Sequence[Event[Any]]:
    decided = command.decide(state, stamp)
    return decided if isinstance(decided, Sequence) else [decided]
