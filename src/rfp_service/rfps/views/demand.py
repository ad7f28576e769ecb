"""Demand as it came and went: what the catalogue diverted, what failed, what procurement had after all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Column, DateTime, Text, Uuid

from rfp_service.rfps.domain.events import DemandDiverted, DiversionFailed, RfpRaised, RfpSubmitted
from shared.kernel.messages import Event, Recorded
from shared.record.projecting.views import Journal, Row, journal_table

FAILS_WITHIN = timedelta(days=30)

RAISED, DIVERTED, FAILED, SUBMITTED = "raised", "diverted", "failed", "submitted"
# Steps of the orders that meet a need, which another room tells.
ORDERED, FULFILLED, UNFULFILLED = "ordered", "fulfilled", "unfulfilled"
MEANS: dict[type[Event], str] = {  # type: ignore[type-arg]  # any of the room's
    RfpRaised: RAISED,
    DemandDiverted: DIVERTED,
    DiversionFailed: FAILED,
    RfpSubmitted: SUBMITTED,
}

demand = journal_table(
    "rfp_demand",
    Column("rfp_id", Uuid, nullable=False),
    Column("duplicate_of", Uuid),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Column("what", Text, nullable=False),
)


def demand_rows(recorded: Recorded) -> Iterable[Row]:
    """Return the step of demand that an event was."""
    return (
        {
            "rfp_id": recorded.stream_id,
            "duplicate_of": getattr(recorded.event, "near_duplicate_of", None),
            "happened_at": recorded.happened_at,
            "what": MEANS[type(recorded.event)],
        },
    )


DEMAND = Journal(demand, demand_rows, of=frozenset(MEANS))


class DemandStep(NamedTuple):
    """One step of demand."""

    rfp_id: UUID
    duplicate_of: UUID | None
    happened_at: datetime
    what: str
    order_id: UUID | None = None


@dataclass
class Chain:
    """One need, however often it was reopened or asked again as a near-duplicate."""

    first: datetime | None = None
    diverted: datetime | None = None
    submitted: bool = False
    failed: bool = False
    failed_later: bool = False
    orders: dict[UUID, str] = field(default_factory=dict)  # and what became of each
    earlier: frozenset[UUID] = frozenset()  # orders of a diversion that failed

    def take(self, step: DemandStep) -> None:
        """Take one more step into account."""
        if step.what in (DIVERTED, SUBMITTED):
            self.first = self.first or step.happened_at
        if step.what == DIVERTED:
            if self.failed or self.failed_later:
                self.earlier = frozenset(self.orders)
            self.diverted, self.failed, self.failed_later = step.happened_at, False, False
        elif step.what == FAILED and self.diverted is not None:
            within = step.happened_at - self.diverted <= FAILS_WITHIN
            self.failed, self.failed_later = within, not within
        elif step.what == SUBMITTED:
            self.submitted = True
        elif step.order_id is not None:
            self.orders[step.order_id] = step.what

    @property
    def deflected(self) -> bool:
        """Say whether the catalogue met the need: it diverted it, that did not fail, and nobody asked on.

        A diversion with an order is kept once its order is fulfilled; without one it is taken at its word.
        """
        became = [what for order, what in self.orders.items() if order not in self.earlier]
        met = not became or FULFILLED in became
        return self.diverted is not None and not self.failed and not self.submitted and met


@dataclass
class Demand:
    """All chains of some steps."""

    chains: dict[UUID, Chain] = field(default_factory=dict)
    roots: dict[UUID, UUID] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Sequence[DemandStep]) -> "Demand":
        """Put steps, oldest first, into their chains."""
        found = cls()
        for step in steps:
            if step.what == RAISED and step.duplicate_of is not None:
                found.roots[step.rfp_id] = found.root(step.duplicate_of)
            found.chains.setdefault(found.root(step.rfp_id), Chain()).take(step)
        return found

    def root(self, rfp_id: UUID) -> UUID:
        """Return the RFP that a chain began with."""
        return self.roots.get(rfp_id, rfp_id)

    def between(self, start: datetime | None, end: datetime | None) -> list[Chain]:
        """Return the chains that were first diverted or submitted in [start, end)."""
        return [
            chain
            for chain in self.chains.values()
            if chain.first is not None
            and (start is None or chain.first >= start)
            and (end is None or chain.first < end)
        ]
