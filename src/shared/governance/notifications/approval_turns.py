"""A tier's turn to answer, with its clocks: due soon, overdue, passed to a stand-in and to the next tier.

It has a stream of its own, so that a reminder changes no case, and no version that somebody decides on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid5

from pydantic import JsonValue

from shared.kernel.calendar import LONDON, OPENS_HOUR, WorkingDays, day_in_london, end_of
from shared.kernel.messages import Event, Stamp
from shared.kernel.rules import ApprovalClocks
from shared.kernel.states import replace
from shared.record.deadlines.deadline import DeadlineCommand

TURNS_SPACE = UUID("b7f3c3d8-3f0d-4f6c-9a53-7e0a4c1e2d11")
RUNS = "runs"  # the fact that nobody has answered since


class EscalatedTo(StrEnum):
    """Who is told when a tier does not answer."""

    STAND_IN = "stand-in"
    NEXT_TIER = "next-tier"


@dataclass(frozen=True)
class ApprovalTurn:
    """One tier's turn: of which case, since which of its versions, by when, and what was said of it."""

    kind: ClassVar[str] = "approval-turn"

    case_kind: str = ""
    case_id: UUID | None = None
    case_version: int = 0
    tier: str = ""
    next_tier: str = ""
    due_at: datetime | None = None
    said: tuple[str, ...] = ()


class TurnEvent(Event[ApprovalTurn]):
    """Something that the clock said of a turn; it names its case, for whoever reads it alone."""

    kind: ClassVar[str] = "approval-turn"

    case_kind: str
    case_id: UUID
    case_version: int
    tier: str

    def apply(self, turn: ApprovalTurn) -> ApprovalTurn:
        """Return the turn of which this was said."""
        return replace(turn, said=(*turn.said, type(self).__name__))


class ApprovalTurnBegan(TurnEvent):
    """A tier's turn began: by when its answer is due, and when somebody else is told, by the scheme."""

    next_tier: str
    due_soon_at: datetime
    due_at: datetime
    stand_in_at: datetime | None = None
    next_tier_at: datetime | None = None

    def apply(self, turn: ApprovalTurn) -> ApprovalTurn:
        return ApprovalTurn(
            self.case_kind, self.case_id, self.case_version, self.tier, self.next_tier, self.due_at
        )


class ApprovalNearedDeadline(TurnEvent):
    """A tier's answer is due on this working day."""


class ApprovalPassedDeadline(TurnEvent):
    """A tier's answer was due, and is not there."""

    late: bool = False


class ApprovalEscalated(TurnEvent):
    """Nobody of a tier answered: its stand-ins are told, or the tier above it."""

    to: EscalatedTo
    told_tier: str = ""
    late: bool = False


class BeginTurn(DeadlineCommand[ApprovalTurn]):
    """Set the clocks of a turn, where the scheme has them and the turn still runs."""

    def decide(self, turn: ApprovalTurn, stamp: Stamp) -> ApprovalTurnBegan | tuple[()]:
        """Count the scheme's working days from the day on which the turn began."""
        rules, facts = stamp.known.rules, stamp.known.facts
        if turn.case_id is not None or rules is None or rules.approval_clocks is None or not facts[RUNS]:
            return ()
        above = [tier.name for tier in stamp.known.tiers]
        tier = str(facts["tier"])
        follows = above[above.index(tier) + 1 :] if tier in above else []
        began = day_in_london(datetime.fromisoformat(str(facts["began_at"])))
        times = clock_times(rules.approval_clocks, began, WorkingDays(frozenset(rules.closed_days)))
        return ApprovalTurnBegan.model_validate(
            {name: facts[name] for name in ("case_kind", "case_id", "case_version", "tier")}
            | times
            | {"next_tier": follows[0] if follows else ""}
            | ({} if follows else {"next_tier_at": None})
        )


def clock_times(clocks: ApprovalClocks, began: date, days: WorkingDays) -> dict[str, datetime | None]:
    """Return when each clock of a turn ends that began on a day; all but the first at the end of a day."""

    def ends(count: int | None) -> datetime | None:
        return None if count is None else end_of(days.after(began, count))

    due_on = days.after(began, clocks.answer_working_days)
    return {
        "due_soon_at": datetime.combine(due_on, time(OPENS_HOUR), LONDON),
        "due_at": end_of(due_on),
        "stand_in_at": ends(clocks.stand_in_working_days),
        "next_tier_at": ends(clocks.next_tier_working_days),
    }


class TurnClock(DeadlineCommand[ApprovalTurn]):
    """What the clock says of a turn that still runs."""

    def said_of(self, turn: ApprovalTurn, stamp: Stamp) -> dict[str, Any] | None:
        """Return what such an event says of its case; nothing if the turn is over."""
        if turn.case_id is None or not stamp.known.facts[RUNS]:
            return None
        return {
            "case_kind": turn.case_kind,
            "case_id": turn.case_id,
            "case_version": stamp.known.facts["case_version"],
            "tier": turn.tier,
        }


class NearDeadline(TurnClock):
    """Say that an answer is due soon; not once it is overdue."""

    def decide(self, turn: ApprovalTurn, stamp: Stamp) -> ApprovalNearedDeadline | tuple[()]:
        """Say it in time, or not at all."""
        said = self.said_of(turn, stamp)
        if said is None or (turn.due_at is not None and stamp.at >= turn.due_at):
            return ()
        return ApprovalNearedDeadline(**said)


class PassDeadline(TurnClock):
    """Say that an answer is overdue."""

    def decide(self, turn: ApprovalTurn, stamp: Stamp) -> ApprovalPassedDeadline | tuple[()]:
        """Say it, however late."""
        said = self.said_of(turn, stamp)
        return () if said is None else ApprovalPassedDeadline(**said, late=self.is_late(stamp))


class EscalateToStandIn(TurnClock):
    """Let those be told who stand in for the people of the tier."""

    def decide(self, turn: ApprovalTurn, stamp: Stamp) -> ApprovalEscalated | tuple[()]:
        """Say it, however late."""
        said = self.said_of(turn, stamp)
        if said is None:
            return ()
        return ApprovalEscalated(**said, to=EscalatedTo.STAND_IN, late=self.is_late(stamp))


class EscalateToNextTier(TurnClock):
    """Let the tier above be told."""

    def decide(self, turn: ApprovalTurn, stamp: Stamp) -> ApprovalEscalated | tuple[()]:
        """Say it, however late."""
        said = self.said_of(turn, stamp)
        if said is None:
            return ()
        late = self.is_late(stamp)
        return ApprovalEscalated(**said, to=EscalatedTo.NEXT_TIER, told_tier=turn.next_tier, late=late)


TURN, DUE_SOON, OVERDUE = "approval-turn", "approval-due-soon", "approval-overdue"
STAND_IN, NEXT_TIER = "approval-to-stand-in", "approval-to-next-tier"
CLOCKS: Mapping[str, type[TurnClock]] = {
    DUE_SOON: NearDeadline,
    OVERDUE: PassDeadline,
    STAND_IN: EscalateToStandIn,
    NEXT_TIER: EscalateToNextTier,
}


def clocks_of(began: ApprovalTurnBegan) -> Iterator[tuple[str, datetime]]:
    """Yield the clocks that a turn starts, and when each ends."""
    at = (began.due_soon_at, began.due_at, began.stand_in_at, began.next_tier_at)
    for kind, ends_at in zip(CLOCKS, at, strict=True):
        if ends_at is not None:
            yield kind, ends_at


def turn_id(case_id: UUID, version: int) -> UUID:
    """Return the id of the turn that began with a version of a case."""
    return uuid5(TURNS_SPACE, f"{case_id} {version}")


def turn_facts(case_kind: str, case_id: UUID, case_version: int, *, runs: bool) -> dict[str, JsonValue]:
    """Return what a clock must know of a case: its version now, and whether the turn still runs."""
    return {"case_kind": case_kind, "case_id": str(case_id), "case_version": case_version, RUNS: runs}


TURN_EVENTS = (ApprovalTurnBegan, ApprovalNearedDeadline, ApprovalPassedDeadline, ApprovalEscalated)
