"""Who has which part in an RFP: appointed, removed, replaced; whoever approved anything has no other part."""

from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.evaluators import SettlingTheWinner
from rfp_service.rfps.commands.rules import (
    must_be_at,
    must_have_a_part,
    must_not_be_requester,
    rules_of,
    staying,
)
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.evaluation_refusals import AlreadyAppointed, MayNotEvaluate, NotAnEvaluator
from rfp_service.rfps.domain.people_events import (
    EvaluatorAppointed,
    EvaluatorAppointedAfterScores,
    EvaluatorRemoved,
    EvaluatorRemovedAfterScores,
    LeadReassigned,
    RequesterReplaced,
)
from rfp_service.rfps.domain.refusals import Conflicted, HasDecided, LeadIsRequester, SamePerson, WrongStage
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import LIVE
from shared.kernel.fields import PersonId, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import must_be_known
from shared.kernel.personal import text_about

GIVES_ANY_TO_ANOTHER = ("procurement_officer", "administrator")


class AppointEvaluator(SettlingTheWinner):
    """Appoint somebody who will evaluate bids."""

    decision: Literal["appoint-evaluator"] = "appoint-evaluator"
    evaluator: PersonId = Field(examples=["evan-evaluator"])

    def decide(self, rfp: Rfp, stamp: Stamp) -> EvaluatorAppointed:
        """Appoint whoever has approved nothing, declared no conflict, and may by the scheme."""
        chosen = self.chosen(rfp, stamp)
        if stamp.known.among(self.evaluator, rfp.tender.evaluators):
            raise AlreadyAppointed(evaluator=self.evaluator)
        must_be_known(stamp, [self.evaluator])
        may_evaluate(rfp, self.evaluator, stamp)
        if chosen and stamp.is_from(self.evaluator):
            raise HasDecided(person=self.evaluator)
        if chosen is None:
            return in_turn(EvaluatorAppointed(evaluator=self.evaluator, **staying(rfp)), rfp, stamp)
        after = EvaluatorAppointedAfterScores(evaluator=self.evaluator, **chosen, **staying(rfp))
        return in_turn(after, rfp, stamp)


class RemoveEvaluator(SettlingTheWinner):
    """Let somebody no longer evaluate; their scores no longer count, and stay beside the result."""

    decision: Literal["remove-evaluator"] = "remove-evaluator"
    evaluator: PersonId
    reason: Reason = Field(description="Kept as a personal text about them.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        super().guard(rfp, stamp)
        if not rfp.tender.evaluators:
            raise NotAnEvaluator

    def decide(self, rfp: Rfp, stamp: Stamp) -> EvaluatorRemoved:
        """Remove an evaluator."""
        chosen = self.chosen(rfp, stamp)
        if not (removed := stamp.known.among(self.evaluator, rfp.tender.evaluators)):
            raise NotAnEvaluator
        reason = text_about([removed], self.reason)
        if chosen is None:
            return in_turn(EvaluatorRemoved(evaluator=removed, reason=reason, **staying(rfp)), rfp, stamp)
        after = EvaluatorRemovedAfterScores(evaluator=removed, reason=reason, **chosen, **staying(rfp))
        return in_turn(after, rfp, stamp)


class ReassignLead(Command[Rfp]):
    """Let somebody else lead the procurement."""

    by_the_rules = True

    decision: Literal["reassign-lead"] = "reassign-lead"
    lead: PersonId = Field(examples=["paul-procurement"])
    reason: Reason = Field(description="Kept as a personal text about whoever led it.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_not_be_requester(rfp, stamp)
        if not rfp.lead:  # there is none to replace
            raise WrongStage(stage=rfp.stage, lead="")

    def decide(self, rfp: Rfp, stamp: Stamp) -> LeadReassigned:
        """Hand the lead to whoever never asked for it and has approved nothing of it."""
        must_be_known(stamp, [self.lead])
        may_lead(rfp, self.lead, stamp)
        reason = text_about([rfp.lead], self.reason)
        return LeadReassigned(lead=self.lead, reason=reason, **staying(rfp))


class ReplaceRequester(Command[Rfp]):
    """Let somebody else ask for it, as when people leave."""

    by_the_rules = True

    decision: Literal["replace-requester"] = "replace-requester"
    requester: PersonId = Field(examples=["leo-libraries"])
    reason: Reason = Field(description="Kept as a personal text about whoever asked for it.")

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_have_a_part(rfp, stamp, *GIVES_ANY_TO_ANOTHER)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RequesterReplaced:
        """Hand the RFP to whoever never led it, has approved nothing of it, and has no conflict."""
        must_be_known(stamp, [self.requester])
        may_request(rfp, self.requester, stamp)
        reason = text_about([rfp.raised_by], self.reason)
        return RequesterReplaced(requester=self.requester, reason=reason, **staying(rfp))


def may_evaluate(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse an evaluator who has approved, has a conflict, or has a part that the scheme keeps apart."""
    rules = rules_of(stamp)
    must_not_have_decided(rfp, person, stamp)
    must_not_be_conflicted(rfp, person, stamp)
    apart = (("lead", rules.lead_may_evaluate), ("requester", rules.requester_may_evaluate))
    for part, allowed in apart:
        if not allowed and _ever_was(part, rfp, person, stamp):
            raise MayNotEvaluate(part=part, person=person)


def may_lead(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse whoever leads it already, or is not fit to."""
    if stamp.known.same_person(person, rfp.lead):
        raise SamePerson(person=person)
    must_be_fit_to_lead(rfp, person, stamp)


def must_be_fit_to_lead(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse a lead who ever asked for it, has approved, is conflicted, or is to be kept from evaluating.

    Routes were chosen before there was any scheme: that kept nothing apart.
    """
    if _ever_was("requester", rfp, person, stamp):
        raise LeadIsRequester(lead=person)
    must_not_have_decided(rfp, person, stamp)
    must_not_be_conflicted(rfp, person, stamp)
    rules = stamp.known.rules
    if rules and not rules.lead_may_evaluate and _ever_was("evaluator", rfp, person, stamp):
        raise MayNotEvaluate(part="lead", person=person)


def may_request(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse a requester who ever led it, has approved, is conflicted, or is to be kept from evaluating."""
    if stamp.known.same_person(person, rfp.raised_by):
        raise SamePerson(person=person)
    if _ever_was("lead", rfp, person, stamp):
        raise LeadIsRequester(lead=person)
    must_not_have_decided(rfp, person, stamp)
    must_not_be_conflicted(rfp, person, stamp)
    if not rules_of(stamp).requester_may_evaluate and _ever_was("evaluator", rfp, person, stamp):
        raise MayNotEvaluate(part="requester", person=person)


def must_not_have_decided(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse whoever has approved something of it, by whatever account."""
    if stamp.known.among(person, rfp.deciders):
        raise HasDecided(person=person)


def must_not_be_conflicted(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse whoever has a declared conflict, by whatever account."""
    if stamp.known.among(person, rfp.conflicted):
        raise Conflicted(person=person)


def _ever_was(part: str, rfp: Rfp, person: str, stamp: Stamp) -> bool:
    return bool(stamp.known.among(person, [holder for _, holder in rfp.parts_of(part)]))
