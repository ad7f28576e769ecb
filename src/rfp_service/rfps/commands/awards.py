"""From bids to an award that is approved by the tiers of its own value, and published."""

from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.approvers import Approving, must_be_of_the_tier, must_have_granted_no_tier
from rfp_service.rfps.commands.rules import (
    Entered,
    entering,
    must_be_confirmed,
    must_be_enough_evaluators,
    must_be_in,
    must_be_independent,
    must_compete,
    must_have_a_bid,
    must_name_every_bidder,
    must_not_be_requester,
    next_clock,
    rules_of,
    staying,
)
from rfp_service.rfps.commands.standstill import standstill_ends
from rfp_service.rfps.commands.turns import NO_CLOCK, in_turn, notice_clock
from rfp_service.rfps.domain.award_events import (
    AssessmentSummariesSent,
    AwardApproved,
    AwardNoticePublished,
    AwardRecommended,
    AwardRefused,
    TransparencyNoticePublished,
)
from rfp_service.rfps.domain.evaluation_refusals import (
    HasSettled,
    NotTheBestBid,
    ScoresMissing,
    TieReasonNeeded,
)
from rfp_service.rfps.domain.reasons import TieReason
from rfp_service.rfps.domain.refusals import (
    AlreadyRecommended,
    CriteriaFirst,
    NotDirect,
    NotRecommended,
    NotTheBidder,
    SummariesFirst,
    TransparencyNoticeFirst,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.tender import Bidder
from shared.governance.scheme.tiers import NoScheme, elected_among, tiers_for
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import WHOLE, Code, Pence, Reason, ShortText
from shared.kernel.messages import Command, Stamp

BIDDERS_LIMIT = 1_000


class PublishTransparencyNotice(Command[Rfp]):
    """Record that a direct award was announced."""

    decision: Literal["publish-transparency-notice"] = "publish-transparency-notice"
    reference: Code = Field(examples=["UK5-2026-04"])

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.AWARD_APPROVAL)
        must_not_be_requester(rfp, stamp)
        if not rfp.is_direct:
            raise NotDirect(route=rfp.route)

    def decide(self, rfp: Rfp, stamp: Stamp) -> TransparencyNoticePublished:
        """Announce what goes to one supplier, before it is put forward."""
        return TransparencyNoticePublished(reference=self.reference, **staying(rfp))


class RecommendAward(Command[Rfp]):
    """Recommend a supplier: the best bid, or on a direct route the one there is."""

    by_the_rules = True

    decision: Literal["recommend-award"] = "recommend-award"
    bid: Code | None = Field(None, description="The bid's reference; none on a direct route.")
    supplier: ShortText = Field(examples=["Fictional Systems Ltd"])
    supplier_number: Code | None = Field(
        None, description="Of its company or charity; the bid's own, if left out."
    )
    value_pence: Pence = Field(description="Without VAT, in pence.", examples=[2_400_000])
    reason: Reason
    tie_reason: TieReason | None = Field(
        None, description="Needed where several bids have the highest total."
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_not_be_requester(rfp, stamp)
        for person in rfp.settlers:
            if stamp.is_from(person):
                raise HasSettled(person=person)
        if rfp.is_direct:
            _must_be_announced(rfp, stamp)
        else:
            _must_be_measured(rfp, stamp)
        if not stamp.known.tiers:
            raise NoScheme

    def decide(self, rfp: Rfp, stamp: Stamp) -> AwardRecommended:
        """Name the tiers by the award's own value, however the estimate was approved."""
        tied = () if rfp.is_direct else self._must_be_the_best(rfp)
        tiers = tiers_for(self.value_pence, stamp.known)
        recommended = AwardRecommended(
            bid=self.bid or "",
            supplier=self.supplier,
            supplier_number=self._number(rfp) or "",
            value_pence=self.value_pence,
            above_estimate_pence=max(0, self.value_pence - rfp.approval.value_pence),
            reason=self.reason,
            tiers=tiers,
            scheme_version=stamp.known.scheme_version,
            elected_posts=elected_among(tiers, stamp.known),
            tied=tied,
            tie_reason=self.tie_reason.value if tied and self.tie_reason else "",
            **entering(Stage.AWARD_APPROVAL),
        )
        return in_turn(recommended, rfp, stamp)

    def _number(self, rfp: Rfp) -> str | None:
        """Return the supplier's number; refuse another supplier than whoever made the bid."""
        said = Bidder(name=self.supplier, number=self.supplier_number)
        made = next((bid.bidder for bid in rfp.tender.bids if bid.reference == self.bid), None)
        if made is None:
            return self.supplier_number
        if not made.is_same(said):
            raise NotTheBidder(bid=self.bid)
        return made.number or self.supplier_number

    def _must_be_the_best(self, rfp: Rfp) -> tuple[str, ...]:
        """Refuse any but the bid with the highest total; return those that tie."""
        must_compete(rfp.tender, self.bid)
        if self.bid not in (best := rfp.tender.best()):
            raise NotTheBestBid(best=list(best))
        tied = tuple(bid for bid in best if bid != self.bid)
        if tied and self.tie_reason is None:
            raise TieReasonNeeded(best=list(best), reasons=[each.value for each in TieReason])
        return tied


class ApproveAward(Approving):
    """Approve the award for your tier."""

    decision: Literal["approve-award"] = "approve-award"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)
        must_have_granted_no_tier(rfp.award.approval, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> AwardApproved:
        """Grant the tier whose turn it is; after the last the award is told, or is a key decision."""
        approval = rfp.award.approval
        following = approval.tiers[approval.granted + 1 :]
        above = rules_of(stamp).is_key_decision(approval.value_pence)
        key = not following and (rfp.key_declared or above)
        approved = AwardApproved(
            tier=approval.waiting_for,
            next_tier=following[0] if following else "",
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            onward=Stage.AWARD_NOTICE if key else Stage.ABSENT,
            **_after(rfp, last=not following, key=key),
            **(notice_clock(rfp, rfp.key, stamp) if key else NO_CLOCK),
        )
        return in_turn(approved, rfp, stamp)


class RefuseAward(Approving):
    """Refuse the award for your tier: the procurement ends."""

    decision: Literal["refuse-award"] = "refuse-award"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> AwardRefused:
        """End the RFP."""
        return AwardRefused(
            tier=rfp.award.approval.waiting_for,
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            **entering(Stage.TERMINATED),
        )


class SendSummaries(Command[Rfp]):
    """Record that every bidder was told how their bid was assessed."""

    by_the_rules = True

    decision: Literal["send-summaries"] = "send-summaries"
    told: list[Code] = Field(
        [],
        max_length=BIDDERS_LIMIT,
        description="The reference of each bid whose bidder was told.",
        examples=[["BID-0007", "BID-0008"]],
    )
    bidders: Annotated[int, Field(ge=1, le=BIDDERS_LIMIT), WHOLE] | None = Field(
        None, description="How many; unless said, as many as are named."
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.AWARD_NOTICE)
        must_not_be_requester(rfp, stamp)
        must_be_confirmed(rfp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> AssessmentSummariesSent:
        """Tell every bidder, by name, before the world; once nobody had to be named."""
        if stamp.known.rules is not None:
            must_name_every_bidder(rfp, self.told)
        return AssessmentSummariesSent(
            bidders=self.bidders or len(self.told), told=tuple(self.told), **staying(rfp)
        )


class PublishAwardNotice(Command[Rfp]):
    """Record that the award was published; where a standstill is required, it begins."""

    by_the_rules = True

    decision: Literal["publish-award-notice"] = "publish-award-notice"
    reference: Code = Field(examples=["UK6-2026-09"])

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.AWARD_NOTICE)
        must_not_be_requester(rfp, stamp)
        must_be_confirmed(rfp)
        if not rfp.is_direct and not rfp.award.summaries_sent:
            raise SummariesFirst

    def decide(self, rfp: Rfp, stamp: Stamp) -> AwardNoticePublished:
        """Start the standstill of this regime and route, or go straight on to the contract."""
        assert rfp.regime is not None, "what is awarded has a regime"
        assert rfp.route is not None, "and a route"
        rules = rules_of(stamp)
        required = rules.standstill(rfp.regime, rfp.route)
        ends = required and standstill_ends(required, day_in_london(stamp.at), rules)
        return AwardNoticePublished(
            reference=self.reference,
            clock=next_clock(rfp) if ends else rfp.clock.number,
            ends_at=ends,
            **entering(Stage.STANDSTILL if ends else Stage.CONTRACTING),
        )


def _may_decide(rfp: Rfp, stamp: Stamp) -> None:
    must_be_in(rfp, Stage.AWARD_APPROVAL)
    must_be_independent(rfp, stamp)
    if not rfp.award.approval.tiers:
        raise NotRecommended
    must_be_of_the_tier(rfp.award.approval, stamp)


def _after(rfp: Rfp, *, last: bool, key: bool) -> Entered:
    if not last:
        return staying(rfp)
    return entering(Stage.KEY_DECISION if key else Stage.AWARD_NOTICE)


def _must_be_measured(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse to say who won while a score is missing, by too few evaluators, or where nobody competes."""
    must_be_in(rfp, Stage.EVALUATION)
    if not rfp.tender.criteria:  # taken over without them: every bid would be as good as any other
        raise CriteriaFirst
    if missing := rfp.tender.missing():
        raise ScoresMissing(missing=missing)
    must_have_a_bid(rfp.tender)
    must_be_enough_evaluators(rfp, stamp)


def _must_be_announced(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse a direct award that is put forward twice, or before its regime lets it."""
    must_be_in(rfp, Stage.AWARD_APPROVAL)
    if rfp.award.approval.tiers:
        raise AlreadyRecommended(supplier=rfp.award.supplier)
    if rfp.regime in rules_of(stamp).transparency_regimes and not rfp.award.announced:
        raise TransparencyNoticeFirst(regime=rfp.regime)
