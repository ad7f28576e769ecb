"""Which RFPs wait for somebody: their turn as requester, lead, approver, evaluator or adviser, and why."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, literal, or_, select

from rfp_service.rfps.api.answers import targets
from rfp_service.rfps.commands.advice import GiveAdvice
from rfp_service.rfps.commands.approvals import Approve
from rfp_service.rfps.commands.awards import ApproveAward
from rfp_service.rfps.commands.key_decisions import TakeKeyDecision
from rfp_service.rfps.commands.takeover_confirmation import ConfirmTakeover
from rfp_service.rfps.commands.turns import GOES_ON_CONFIRMED
from rfp_service.rfps.commands.waivers import GrantWaiver
from rfp_service.rfps.domain.advice_events import AdviceRequested
from rfp_service.rfps.domain.people_events import LeadReassigned
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import DECIDING, Party, Stage
from rfp_service.rfps.domain.tender_events import ClarificationReceived
from rfp_service.rfps.views.board import rfps
from rfp_service.rfps.views.targets import Targets
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Command
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import TheService, ThingShown, ThingStanding, Wait, Waiter, WaitingThings

ASKED = "Asked whether it could be decided."  # never recorded
QUESTION = "clarification"

# What an approver is asked for in each stage, and what would decide it.
Deciding = Callable[[str | None], Command[Rfp]]
APPROVALS: Mapping[Stage, tuple[str, Deciding, str]] = {
    Stage.WAIVER: (
        "waiver",
        lambda whom: GrantWaiver(acting_for=whom, reason=ASKED),
        "A waiver of competition waits for your decision.",
    ),
    Stage.APPROVAL: (
        "approval",
        lambda whom: Approve(acting_for=whom, reason=ASKED),
        "Its approval waits for your tier.",
    ),
    Stage.KEY_DECISION: (
        "key-decision",
        lambda whom: TakeKeyDecision(acting_for=whom, reason=ASKED),
        "A key decision waits for you to take it.",
    ),
    Stage.AWARD_APPROVAL: (
        "award-approval",
        lambda whom: ApproveAward(acting_for=whom, reason=ASKED),
        "The award waits for your tier.",
    ),
    **dict.fromkeys(
        GOES_ON_CONFIRMED,
        (
            "takeover",
            lambda whom: ConfirmTakeover(acting_for=whom, reason=ASKED),
            "It was awarded before it was taken over, and waits for your tier to confirm that.",
        ),
    ),
}
# Parties that are a role, whoever has it.
BY_ROLE = {
    Party.LEGAL: (Role.LEGAL, "legal", "It waits for legal."),
    Party.SCRUTINY: (Role.SCRUTINY_MEMBER, "scrutiny", "It was called in, and waits for scrutiny."),
    Party.FINANCE: (Role.FINANCE, "finance", "It waits for finance."),
}


def waits(rfp: Rfp, waiter: Waiter) -> Iterator[Wait]:
    """Yield that it is somebody's turn, where it is."""
    match rfp.waiting_on:
        case Party.APPROVER | Party.MEMBER if not rfp.on_hold:
            yield from _approval(rfp, waiter)
        case Party.REQUESTER if rfp.raised_by in waiter.ids:
            yield Wait("request", _why(rfp, "its requester"), turn=rfp.stage)
        case Party.PROCUREMENT if _is_procurement(rfp, waiter):
            yield Wait("procurement", _why(rfp, "its lead" if rfp.lead else "procurement"), turn=rfp.stage)
        case Party.EVALUATORS if rfp.stage is Stage.EVALUATION:
            yield from _evaluation(rfp, waiter)
        case Party.LEGAL | Party.SCRUTINY | Party.FINANCE as party:
            yield from _of_a_role(rfp, waiter, *BY_ROLE[party])


def _of_a_role(rfp: Rfp, waiter: Waiter, role: Role, kind: str, why: str) -> Iterator[Wait]:
    if waiter.has(role) and rfp.raised_by not in waiter.ids:
        yield Wait(kind, why, turn=rfp.stage)


def _why(rfp: Rfp, whom: str) -> str:
    if rfp.on_hold:
        return f"On hold: it waits for {whom}."
    where = "Out for bids" if rfp.stage is Stage.OPEN else f"In {rfp.stage.replace('_', ' ')}"
    return f"{where}, it waits for {whom}."


def _approval(rfp: Rfp, waiter: Waiter) -> Iterator[Wait]:
    if rfp.stage not in APPROVALS or not waiter.has(Role.APPROVER):
        return
    kind, deciding, why = APPROVALS[rfp.stage]
    acting_for = waiter.deciding_for(deciding, rfp)
    if acting_for is not None:
        yield Wait(kind, why, acting_for, rfp.open_approval.waiting_for)


def _is_procurement(rfp: Rfp, waiter: Waiter) -> bool:
    """Say whether an RFP that waits for procurement waits for this officer: the lead, or any before one."""
    if not waiter.has(Role.PROCUREMENT_OFFICER) or rfp.raised_by in waiter.ids:
        return False
    return not rfp.lead or rfp.lead in waiter.ids


def _evaluation(rfp: Rfp, waiter: Waiter) -> Iterator[Wait]:
    """Yield what an evaluator has still to do: declare their interests, then score each bid."""
    tender = rfp.tender
    for each in tender.evaluators:
        if each not in waiter.ids:
            continue
        if each in tender.undeclared:
            yield Wait("evaluation", "You have still to declare your interests.", turn="declare")
        elif left := sum(
            each not in tender.given(bid, criterion.name)
            for bid in tender.competing
            for criterion in tender.criteria
        ):
            yield Wait("evaluation", f"You have still {left} scores to give.", turn="score")


def candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    """Return the RFPs that may wait for somebody: a few more than do."""
    t, ids = rfps.c, waiter.ids
    one_of: list[ColumnElement[bool]] = [
        and_(t.waiting_on == Party.REQUESTER, t.raised_by.in_(ids)),
        and_(t.waiting_on == Party.EVALUATORS, or_(*(literal(each) == any_(t.kept_out) for each in ids))),
    ]
    if waiter.has(Role.APPROVER):
        tier = or_(t.approval_waits_for.in_(waiter.tiers), t.approval_waits_for.is_(None))
        one_of.append(and_(t.waiting_on.in_(DECIDING), ~t.on_hold, tier))
    if waiter.has(Role.PROCUREMENT_OFFICER):
        one_of.append(and_(t.waiting_on == Party.PROCUREMENT, or_(t.lead.in_(ids), t.lead.is_(None))))
    one_of += [t.waiting_on == party for party, (role, _, _) in BY_ROLE.items() if waiter.has(role)]
    return select(t.id).where(reading.valid(rfps), or_(*one_of)).order_by(t.first_position)


def _shown(standing: ThingStanding) -> ThingShown:
    rfp: Rfp = standing.state
    return ThingShown(
        rfp.called(standing.first_position), rfp.need.title, rfp.need.service_area, rfp.stage, rfp.raised_by
    )


async def _targets(service: TheService, reading: Reading) -> Targets:
    return await targets(service.store, reading)


def _due(standing: ThingStanding, wait: Wait, by: Targets) -> date | None:
    """Return when it should have left its stage; a question, when bids are asked for."""
    rfp: Rfp = standing.state
    if wait.kind == QUESTION:
        return wait.due_on
    return by.of(rfp.stage, standing.stage_since, rfp.extra_days, paused=rfp.target_pauses).due_on


def asked_meanwhile(rfp: Rfp, waiter: Waiter) -> Iterator[Wait]:
    """Yield what somebody is asked while an RFP is in its stage: a bidder's question, or for advice."""
    is_asked = rfp.waiting_on == Party.ADVISORY_BODY and rfp.advice_from in waiter.bodies
    if is_asked and waiter.may(GiveAdvice(advice=ASKED), rfp):
        yield Wait("advice", f"The advice of {rfp.advice_from} was asked for.", turn=rfp.advice_from)
    if rfp.stage is Stage.OPEN and rfp.lead in waiter.ids and waiter.has(Role.PROCUREMENT_OFFICER):
        due = day_in_london(rfp.tender.responses_by) if rfp.tender.responses_by else None
        for number in rfp.tender.unanswered:
            yield Wait(
                QUESTION, f"Bidders' question {number} has no answer yet.", turn=str(number), due_on=due
            )


def _asked_candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    t, one_of = rfps.c, list[ColumnElement[bool]]()
    if waiter.bodies:
        one_of.append(t.waiting_on == Party.ADVISORY_BODY)
    if waiter.has(Role.PROCUREMENT_OFFICER):
        one_of.append(and_(t.stage == Stage.OPEN, t.lead.in_(waiter.ids)))
    return select(t.id).where(reading.valid(rfps), or_(*one_of)) if one_of else None


RFPS_WAITING = WaitingThings("rfp", "read-rfps", Rfp(), candidates, waits, _shown, facts=_targets, due=_due)
ASKED_WAITING = WaitingThings(
    "rfp",
    "read-rfps",
    Rfp(),
    _asked_candidates,
    asked_meanwhile,
    _shown,
    facts=_targets,
    due=_due,
    told=frozenset({QUESTION, "advice"}),
    begun_by=(ClarificationReceived, LeadReassigned, AdviceRequested),
)
