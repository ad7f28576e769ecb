"""Taking an RFP in flight over from the outgoing supplier: one row of a register."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from rfp_service.rfps.commands.participants import must_be_fit_to_lead
from rfp_service.rfps.commands.rules import staying
from rfp_service.rfps.domain.events import RfpAmended, RfpEvent
from rfp_service.rfps.domain.rfp import NEED_FIELDS, Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import WAITS_ON, Party, Stage
from rfp_service.rfps.domain.takeover_events import (
    GOES_ON_FROM,
    ROUTED,
    GoesOnHere,
    RfpTakenOver,
    RfpWaitTold,
    TakenOverIncomplete,
    TakenOverTooFar,
    WaitedAhead,
)
from shared.kernel.calendar import day_in_london, start_of
from shared.kernel.fields import REASON_LIMIT, Code, Day, LongText, Pence, PersonId, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.naming import must_be_known

BY_REGISTER = "By the supplier's register."
UNREAD_LIMIT = 100
FOR_ALL = ("service_area", "requester", "stage", "since")
FOR_ROUTED = ("regime", "route", "lead")
TOLD = ("requester", "lead", "stage", "waiting_on", "since", "regime", "route", "documents")

Unread = Annotated[str, Field(max_length=REASON_LIMIT)]


class TakeOverRfp(Command[Rfp]):
    """A row of the supplier's register: an RFP in flight, where it stands, whom it waits on, since when."""

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
    documents: LongText | None = None
    unread: Annotated[dict[ShortText, Unread], Field(max_length=UNREAD_LIMIT)] = Field({})
    withdrawn: tuple[str, ...] = ()
    source: ShortText | None = None

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[RfpEvent]:
        """Take over what is new; of what was taken over, amend the need; the same row again says nothing."""
        if rfp.stage is not Stage.ABSENT:
            return self._amended(rfp)
        if missing := [name for name in ("title", *FOR_ALL) if getattr(self, name) is None]:
            raise TakenOverIncomplete(missing=missing)
        assert self.stage is not None
        assert self.since is not None
        assert self.requester is not None
        if self.stage not in GOES_ON_FROM:
            raise TakenOverTooFar(told_stage=self.stage, goes_on_from=list(GOES_ON_FROM))
        routed = FOR_ROUTED if self.stage in ROUTED else ()
        if missing := [name for name in routed if getattr(self, name) is None]:
            raise TakenOverIncomplete(missing=missing)
        if self.since > day_in_london(stamp.at):
            raise WaitedAhead(since=self.since)
        must_be_known(stamp, filter(None, (self.requester, self.lead)))
        if self.lead:
            must_be_fit_to_lead(Rfp().with_part("requester", self.requester), self.lead, stamp)
        return self._taken_over(stamp)

    def _taken_over(self, stamp: Stamp) -> Sequence[RfpEvent]:
        assert self.stage is not None
        assert self.since is not None
        entered: dict[str, Any] = {"stage": self.stage, "waiting_on": self.waiting_on or WAITS_ON[self.stage]}
        blank = {"requester", "stage", "waiting_on", "withdrawn"}
        said = self.model_dump(exclude=blank, exclude_none=True) | {"raised_by": self.requester}
        told = RfpWaitTold(waited_since=start_of(self.since), told_by=self.source or "supplier", **entered)
        return [told, RfpTakenOver(**said, **entered)]

    def _amended(self, rfp: Rfp) -> Sequence[RfpEvent]:
        standing = told_of(rfp)
        changed = {
            name
            for name in (*NEED_FIELDS, *TOLD)
            if (said := getattr(self, name)) is not None and said != standing[name]
        }
        if not changed:
            return []
        if not changed <= set(NEED_FIELDS) or rfp.stage is not rfp.taken_over.stage or rfp.on_hold:
            raise GoesOnHere(changed=sorted(changed), now_in=rfp.stage)
        need = {name: getattr(self, name) for name in changed}
        return [RfpAmended(**need, reason=BY_REGISTER, **staying(rfp))]


def told_of(rfp: Rfp) -> dict[str, Any]:
    """Return what holds of an RFP by the fields of a register; its place as the supplier told it."""
    told = rfp.taken_over
    return {
        **{name: getattr(rfp.need, name) for name in NEED_FIELDS},
        "reference": told.reference,
        "requester": rfp.raised_by,
        "lead": rfp.lead,
        "stage": told.stage,
        "waiting_on": told.party,
        "since": told.since,
        "regime": rfp.regime,
        "route": rfp.route,
        "documents": told.documents,
        "unread": told.unread,
    }
