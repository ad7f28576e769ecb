"""What can have happened to a key decision: announced, taken, published, called in, and what came of that."""

from datetime import date, datetime

from rfp_service.rfps.domain.approval import Basis, Clock, KeyDecision, KeyGround
from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.states import replace


class ClockStarted(RfpEvent):
    """A period began that ends by itself; each has its number within the RFP."""

    clock: int
    ends_at: datetime

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with this clock running."""
        return replace(RfpEvent.apply(self, rfp), clock=Clock(self.clock, self.ends_at))


class ClockStopped(RfpEvent):
    """Whatever clock ran has stopped."""

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP without a running clock."""
        return replace(RfpEvent.apply(self, rfp), clock=Clock(rfp.clock.number))


def awaiting(rfp: Rfp, clock: int, ends_at: datetime | None) -> Rfp:
    """Return an RFP that waits for its key decision with the clock of its notice; any other as it is."""
    if rfp.stage is not Stage.KEY_DECISION:
        return rfp
    return replace(rfp, clock=Clock(clock or rfp.clock.number, ends_at))


class _Announced(Aside):
    """What bears on when a key decision may be taken; a clock says so while that lies ahead."""

    clock: int = 0
    ends_at: datetime | None = None

    def apply(self, rfp: Rfp) -> Rfp:
        return awaiting(Aside.apply(self, rfp), self.clock, self.ends_at)


class ForwardPlanNoticePublished(_Announced):
    """The coming key decision was announced in the forward plan."""

    reference: str
    published_on: date

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its notice running."""
        announced = _Announced.apply(self, rfp)
        return replace(announced, key=replace(rfp.key, notice_on=self.published_on))


class GeneralExceptionUsed(_Announced):
    """The full notice is impracticable: a shorter one was published."""

    reference: str
    published_on: date
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with the shorter notice running."""
        announced = _Announced.apply(self, rfp)
        return replace(announced, key=replace(rfp.key, exception_on=self.published_on))


class SpecialUrgencyAgreed(_Announced):
    """Scrutiny agreed that the decision can't wait for any notice."""

    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP whose decision may be taken at once."""
        return replace(
            _Announced.apply(self, rfp),
            key=replace(rfp.key, urgent=True),
            urgency_agreed=True,
            urgency_published=False,
        )


class SpecialUrgencyPublished(Aside):
    """That a decision could wait for no notice, and why, was published: S.I. 2012/2089, regulation 11(3)."""

    reference: str
    published_on: date

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its urgency published."""
        return replace(Aside.apply(self, rfp), urgency_published=True)


class KeyDecisionDeclared(Aside):
    """What is to be decided is a key decision, whatever its value."""

    ground: KeyGround
    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP whose approval leads to a key decision."""
        return replace(Aside.apply(self, rfp), key_declared=True)


class NoticePeriodExpired(Aside):
    """The days that a notice must have run are over: the decision maker may decide."""

    due_at: datetime
    late: bool

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP without a running clock, on hold or not."""
        return replace(Aside.apply(self, rfp), clock=Clock(rfp.clock.number))


class KeyDecisionTaken(ClockStopped):
    """The decision maker took the key decision; the event names what follows it."""

    basis: Basis
    onward: Stage
    reason: str
    decided_by: str
    acting_for: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with its notices used up."""
        used = (rfp.key.notice_on, rfp.key.exception_on)
        taken_on = KeyDecision(onward=self.onward, used=used)
        taken = replace(ClockStopped.apply(self, rfp), key=taken_on)
        return taken.with_deciders(self.decided_by, self.acting_for).confirmed()


class KeyDecisionRefused(ClockStopped):
    """The decision maker refused; the RFP ends."""

    reason: str


class DecisionPublished(ClockStarted):
    """The decision was published: scrutiny may call it in until the period ends."""

    reference: str


class CallInPeriodExpired(ClockStopped):
    """Nobody called the decision in."""

    due_at: datetime
    late: bool


class DecisionCalledIn(ClockStarted):
    """Scrutiny called the decision in, and must meet about it before the clock ends."""

    reason: str


class CallInUpheld(ClockStopped):
    """Scrutiny sent the decision back to whoever took it; before that was so, to all that had granted it."""

    reason: str
    next_tier: str = ""  # whose turn it is then; events from before it was told lack it
    notice_kept: bool = False  # the notice it was taken on counts again: nothing material has changed

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP before its decision maker again, or before the same tiers."""
        upheld = ClockStopped.apply(self, rfp)
        if self.stage is Stage.KEY_DECISION:
            notice_on, exception_on = rfp.key.used if self.notice_kept else (None, None)
            again = KeyDecision(notice_on, exception_on, onward=rfp.key.onward)
            return replace(upheld, key=again)
        upheld = replace(upheld, key=KeyDecision())
        if rfp.key.of_the_award:
            return replace(upheld, award=replace(rfp.award, approval=rfp.award.approval.anew()))
        return replace(upheld, approval=rfp.approval.anew())


class CallInReleased(ClockStopped):
    """Scrutiny let the decision stand."""

    reason: str


class ReferredToCouncil(ClockStopped):
    """Scrutiny asked the full council; the call-in can't lapse any more."""

    reason: str

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP with the council asked."""
        return replace(ClockStopped.apply(self, rfp), key=replace(rfp.key, referred=True))


class CallInLapsed(ClockStopped):
    """Scrutiny did not meet in time: the decision stands."""

    due_at: datetime
    late: bool


KEY_DECISION_EVENTS: tuple[type[RfpEvent], ...] = (
    ForwardPlanNoticePublished,
    GeneralExceptionUsed,
    SpecialUrgencyAgreed,
    SpecialUrgencyPublished,
    KeyDecisionDeclared,
    NoticePeriodExpired,
    KeyDecisionTaken,
    KeyDecisionRefused,
    DecisionPublished,
    CallInPeriodExpired,
    DecisionCalledIn,
    CallInUpheld,
    CallInReleased,
    ReferredToCouncil,
    CallInLapsed,
)
