"""What a row of the supplier's register says of an RFP in flight, and what it must say by its stage."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Annotated, TypedDict

from pydantic import Field

from rfp_service.rfps.commands.rules import rules_of
from rfp_service.rfps.commands.turns import can_be_taken_from
from rfp_service.rfps.domain.approval import KeyDecision
from rfp_service.rfps.domain.in_flight import AWARDED, CLOCKED, DECIDED_ON, UNROUTED, stages_on
from rfp_service.rfps.domain.refusals import NoticeInTheFuture
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import DIRECT, Regime, Route
from rfp_service.rfps.domain.stages import ABOUT_A_DECISION, Party, Stage
from rfp_service.rfps.domain.takeover_events import (
    BidsStillAskedFor,
    ClockIsOver,
    NothingAwardedYet,
    TakenOverIncomplete,
    TakenOverTooFar,
    WaitedAhead,
)
from shared.governance.scheme.tiers import tiers_for
from shared.kernel.calendar import LONDON, day_in_london, end_of
from shared.kernel.fields import REASON_LIMIT, Code, Day, LongText, Pence, PersonId, ShortText
from shared.kernel.messages import Command, Stamp

UNREAD_LIMIT = 100
FOR_ALL = ("title", "service_area", "requester", "stage", "since")
FOR_ROUTED = ("regime", "route", "lead")
FOR_AWARDED = ("supplier", "award_value_pence")
MAY_BE_AWARDED = (*ABOUT_A_DECISION, Stage.AWARD_APPROVAL, *AWARDED)
RUN_OUT = (*CLOCKED, Stage.CALL_IN)  # nothing goes on here whose clock has run out

Unread = Annotated[str, Field(max_length=REASON_LIMIT)]
TimeOfDay = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["12:00"])]


class ClockTold(TypedDict):
    """The number of the clock that runs, 0 where none does; and when that, or the time for bids, ends."""

    clock: int
    ends_at: datetime | None


class InFlightRow(Command[Rfp]):
    """An RFP in flight as a row tells it: what it asks for, where it stands, whom it waits on, since when."""

    reference: ShortText
    title: ShortText | None = None
    description: LongText | None = None
    service_area: ShortText | None = None
    requester: PersonId | None = None
    lead: PersonId | None = None
    stage: Stage | None = None
    waiting_on: Party | None = None
    since: Day | None = None
    estimate_pence: Pence | None = None
    estimate_with_vat_pence: Pence | None = None
    cost_centre: Code | None = None
    needed_by: Day | None = None
    regime: Regime | None = None
    route: Route | None = None
    ends_on: Day | None = None
    ends_at: TimeOfDay | None = None
    notice_on: Day | None = None
    supplier: ShortText | None = None
    supplier_number: Code | None = None
    award_value_pence: Pence | None = None
    documents: LongText | None = None
    unread: Annotated[dict[ShortText, Unread], Field(max_length=UNREAD_LIMIT)] = Field({})
    withdrawn: tuple[str, ...] = ()
    source: ShortText | None = None

    def must_be_whole(self, stamp: Stamp) -> None:
        """Refuse a row without what its stage needs, or a stage that its route does not pass through."""
        needed = dict.fromkeys((*self._needed(), *self._needed_of_a_key_decision(stamp)))
        if missing := [name for name in needed if getattr(self, name) is None]:
            raise TakenOverIncomplete(missing=missing)
        assert self.since is not None
        if self.stage not in (through := stages_on(self.route)):
            raise TakenOverTooFar(told_stage=self.stage, goes_on_from=list(through))
        if self.since > day_in_london(stamp.at):
            raise WaitedAhead(since=self.since)
        if self.notice_on is not None and self.notice_on > day_in_london(stamp.at):
            raise NoticeInTheFuture(published_on=self.notice_on)
        if self.supplier and self.stage not in MAY_BE_AWARDED:
            raise NothingAwardedYet(told_stage=self.stage, awarded_in=list(MAY_BE_AWARDED))

    def _needed(self) -> Iterator[str]:
        yield from FOR_ALL
        in_house, direct = self.route is Route.IN_HOUSE, self.route in DIRECT
        if self.stage is not None and self.stage not in UNROUTED:
            yield from FOR_ROUTED
        if self.stage in DECIDED_ON or (in_house and self.stage is Stage.CONTRACTING):
            yield "estimate_pence"
        if self.stage in CLOCKED or self.ends_at is not None:
            yield "ends_on"
        awarded = self.stage in AWARDED or (self.stage is Stage.AWARD_APPROVAL and not direct)
        if (awarded and not in_house) or self.supplier or self.award_value_pence is not None:
            yield from FOR_AWARDED

    def _needed_of_a_key_decision(self, stamp: Stamp) -> Iterator[str]:
        """Yield the day of its notice, where what was decided elsewhere is a key decision by its value."""
        value = self.award_value_pence if self.supplier else self.estimate_pence
        if self.was_awarded_elsewhere and rules_of(stamp).is_key_decision(value or 0):
            yield "notice_on"

    @property
    def was_awarded_elsewhere(self) -> bool:
        """Say whether its award, or that it is done in house, was approved before it came."""
        of_the_award = self.supplier is not None or self.route is Route.IN_HOUSE
        return self.stage in AWARDED or (self.stage in (Stage.CALL_IN, Stage.CALLED_IN) and of_the_award)

    def tiers(self, stamp: Stamp) -> tuple[str, ...]:
        """Return the tiers that its value needs by the scheme in force; none if nobody approves yet."""
        if self.stage not in (*DECIDED_ON, *MAY_BE_AWARDED):
            return ()
        if self.stage is Stage.AWARD_APPROVAL and not self.supplier:  # put forward here
            return ()
        value = self.award_value_pence if self.supplier else self.estimate_pence
        assert value is not None, "it is needed in these stages"
        return tiers_for(value, stamp.known)

    def clock(self, stamp: Stamp) -> ClockTold:
        """Return the clock that runs in its stage; refuse one that has run out, or bids asked for still."""
        ends = self._end(stamp)
        lies_ahead = ends is not None and stamp.at < ends
        if self.stage is Stage.EVALUATION and lies_ahead:
            raise BidsStillAskedFor(responses_by=ends)
        if self.stage in RUN_OUT and ends is not None and not lies_ahead:
            raise ClockIsOver(ended_at=ends)
        runs = lies_ahead and self.stage in (*RUN_OUT, Stage.CONTRACTING, Stage.KEY_DECISION)
        return ClockTold(clock=1 if runs else 0, ends_at=ends)

    def _end(self, stamp: Stamp) -> datetime | None:
        """Return when its period ends: by its day and time in London, or by the days of its notice."""
        if self.stage is Stage.KEY_DECISION:
            return can_be_taken_from(KeyDecision(self.notice_on), rules_of(stamp)) if self.notice_on else None
        if self.ends_on is None:
            return None
        if self.ends_at is None:
            return end_of(self.ends_on)
        return datetime.combine(self.ends_on, time.fromisoformat(self.ends_at), LONDON).astimezone(UTC)
