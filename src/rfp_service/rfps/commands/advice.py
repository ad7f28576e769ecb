"""Advice of an advisory body, such as a working group of councillors: asked for, waited on, given."""

from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.participants import must_not_have_decided
from rfp_service.rfps.commands.rules import (
    must_be_at,
    must_be_in,
    must_be_independent,
    must_have_a_part,
    rules_of,
    staying,
)
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.advice_events import AdviceGiven, AdviceRequested
from rfp_service.rfps.domain.correction_refusals import (
    AdviceAskedAlready,
    NoAdviceAsked,
    NoSuchBody,
    NotOfTheBody,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.fields import LongText, ShortText
from shared.kernel.messages import Command, Stamp

ADVISED = (
    Stage.TRIAGE,
    Stage.BUSINESS_CASE,
    Stage.WAIVER,
    Stage.APPROVAL,
    Stage.KEY_DECISION,
    Stage.READY_TO_ISSUE,
    Stage.EVALUATION,
    Stage.AWARD_APPROVAL,
)


class RequestAdvice(Command[Rfp]):
    """Ask an advisory body of the scheme for its advice; the RFP waits on it, and may go on without."""

    by_the_rules = True

    decision: Literal["request-advice"] = "request-advice"
    body: ShortText = Field(examples=["Digital working group"])
    question: LongText

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, *ADVISED)
        must_have_a_part(rfp, stamp, "procurement_officer")
        if rfp.advice_from:
            raise AdviceAskedAlready(body=rfp.advice_from)
        if not rules_of(stamp).advisory_bodies:
            raise NoSuchBody(bodies=[])

    def decide(self, rfp: Rfp, stamp: Stamp) -> AdviceRequested:
        """Charge the wait to that body until it answers, or the stage is left."""
        bodies = {body.name for body in rules_of(stamp).advisory_bodies}
        if self.body not in bodies:
            raise NoSuchBody(bodies=sorted(bodies))
        asked = AdviceRequested(body=self.body, question=self.question, **staying(rfp))
        return in_turn(asked, rfp, stamp)


class GiveAdvice(Command[Rfp]):
    """Give the advice that was asked of a body, as a member of it."""

    by_the_rules = True

    decision: Literal["give-advice"] = "give-advice"
    advice: LongText

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *ADVISED)
        if not rfp.advice_from:
            raise NoAdviceAsked
        bodies = rules_of(stamp).advisory_bodies
        members = next((body.members for body in bodies if body.name == rfp.advice_from), [])
        if not stamp.known.among(stamp.by, members):
            raise NotOfTheBody(body=rfp.advice_from)
        must_be_independent(rfp, stamp)
        must_not_have_decided(rfp, stamp.by, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> AdviceGiven:
        """Take it from a member with no other part in the RFP; from then on they have the adviser's."""
        given = AdviceGiven(body=rfp.advice_from, adviser=stamp.by, advice=self.advice, **staying(rfp))
        return in_turn(given, rfp, stamp)
