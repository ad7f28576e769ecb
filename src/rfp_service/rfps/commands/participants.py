"""Who has which part in an RFP: appointed, removed, replaced; whoever approved anything has no other part."""

from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import must_be_at, must_have_a_part, rules_of, staying
from rfp_service.rfps.domain.evaluation_refusals import AlreadyAppointed, MayNotEvaluate, NotAnEvaluator
from rfp_service.rfps.domain.people_events import (
    EvaluatorAppointed,
    EvaluatorRemoved,
    LeadReassigned,
    RequesterReplaced,
)
from rfp_service.rfps.domain.refusals import Conflicted, HasDecided, LeadIsRequester, SamePerson, WrongStage
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import LIVE
from shared.kernel.fields import PersonId, Reason
from shared.kernel.messages import Command, Stamp
from shared.kernel.personal import text_about


class AppointEvaluator(Command[Rfp]):
    """Appoint somebody who will evaluate bids."""

    by_the_rules = True

    decision: Literal["appoint-evaluator"] = "appoint-evaluator"
    evaluator: PersonId = Field(examples=["evan-evaluator"])

    def decide(self, rfp: Rfp, stamp: Stamp) -> EvaluatorAppointed:
        """Appoint whoever has approved nothing, declared no conflict, and may by the scheme."""
        must_be_at(rfp, *LIVE)
        if stamp.known.among(self.evaluator, rfp.tender.evaluators):
            raise AlreadyAppointed(evaluator=self.evaluator)
        may_evaluate(rfp, self.evaluator, stamp)
        return EvaluatorAppointed(evaluator=self.evaluator, **staying(rfp))


class RemoveEvaluator(Command[Rfp]):
    """Let somebody no longer evaluate; their scores no longer count."""

    decision: Literal["remove-evaluator"] = "remove-evaluator"
    evaluator: PersonId
    reason: Reason = Field(description="Kept as a personal text about them.")

    def decide(self, rfp: Rfp, stamp: Stamp) -> EvaluatorRemoved:
        """Remove an evaluator."""
        must_be_at(rfp, *LIVE)
        if not (removed := stamp.known.among(self.evaluator, rfp.tender.evaluators)):
            raise NotAnEvaluator
        reason = text_about([removed], self.reason)
        return EvaluatorRemoved(evaluator=removed, reason=reason, **staying(rfp))


class ReassignLead(Command[Rfp]):
    """Let somebody else lead the procurement."""

    by_the_rules = True

    decision: Literal["reassign-lead"] = "reassign-lead"
    lead: PersonId = Field(examples=["paul-procurement"])
    reason: Reason = Field(description="Kept as a personal text about whoever led it.")

    def decide(self, rfp: Rfp, stamp: Stamp) -> LeadReassigned:
        """Hand the lead to whoever has neither asked for it nor approved anything of it."""
        must_be_at(rfp, *LIVE)
        may_lead(rfp, self.lead, stamp)
        reason = text_about([rfp.lead], self.reason)
        return LeadReassigned(lead=self.lead, reason=reason, **staying(rfp))


class ReplaceRequester(Command[Rfp]):
    """Let somebody else ask for it, as when people leave."""

    by_the_rules = True

    decision: Literal["replace-requester"] = "replace-requester"
    requester: PersonId = Field(examples=["leo-libraries"])
    reason: Reason = Field(description="Kept as a personal text about whoever asked for it.")

    def decide(self, rfp: Rfp, stamp: Stamp) -> RequesterReplaced:
        """Hand the RFP to whoever neither leads it nor has approved anything of it."""
        must_be_at(rfp, *LIVE)
        must_have_a_part(rfp, stamp)
        may_request(rfp, self.requester, stamp)
        reason = text_about([rfp.raised_by], self.reason)
        return RequesterReplaced(requester=self.requester, reason=reason, **staying(rfp))


def may_evaluate(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse an evaluator who has approved, has a conflict, or has a part that the scheme keeps apart."""
    rules, same = rules_of(stamp), stamp.known.same_person
    must_not_have_decided(rfp, person, stamp)
    must_not_be_conflicted(rfp, person, stamp)
    apart = (
        ("lead", rfp.lead, rules.lead_may_evaluate),
        ("requester", rfp.raised_by, rules.requester_may_evaluate),
    )
    for part, holder, allowed in apart:
        if same(person, holder) and not allowed:
            raise MayNotEvaluate(part=part, person=person)


def may_lead(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse whoever leads it already or is not fit to, and a new lead where there is none to replace."""
    if not rfp.lead:
        raise WrongStage(stage=rfp.stage, lead="")
    if stamp.known.same_person(person, rfp.lead):
        raise SamePerson(person=person)
    must_be_fit_to_lead(rfp, person, stamp)


def must_be_fit_to_lead(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse a lead who asked for it, has approved, is conflicted, or evaluates what the scheme keeps apart.

    Routes were chosen before there was any scheme: that kept nothing apart.
    """
    if stamp.known.same_person(person, rfp.raised_by):
        raise LeadIsRequester(lead=person)
    must_not_have_decided(rfp, person, stamp)
    must_not_be_conflicted(rfp, person, stamp)
    rules = stamp.known.rules
    if rules and not rules.lead_may_evaluate and _evaluates(rfp, person, stamp):
        raise MayNotEvaluate(part="lead", person=person)


def may_request(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse a requester who leads it, has approved, or evaluates where the scheme keeps that apart."""
    if stamp.known.same_person(person, rfp.raised_by):
        raise SamePerson(person=person)
    if stamp.known.same_person(person, rfp.lead):
        raise LeadIsRequester(lead=person)
    must_not_have_decided(rfp, person, stamp)
    if not rules_of(stamp).requester_may_evaluate and _evaluates(rfp, person, stamp):
        raise MayNotEvaluate(part="requester", person=person)


def must_not_have_decided(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse whoever has approved something of it, by whatever account."""
    if stamp.known.among(person, rfp.deciders):
        raise HasDecided(person=person)


def must_not_be_conflicted(rfp: Rfp, person: str, stamp: Stamp) -> None:
    """Refuse whoever has a declared conflict, by whatever account."""
    if stamp.known.among(person, rfp.conflicted):
        raise Conflicted(person=person)


def _evaluates(rfp: Rfp, person: str, stamp: Stamp) -> bool:
    return bool(stamp.known.among(person, rfp.tender.evaluators))
