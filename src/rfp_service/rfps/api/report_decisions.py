"""Decisions on RFPs that members ask about, as a report lists them: the rarest ways first, then by day."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from rfp_service.rfps.domain.approval_events import ApprovalRefused, WaiverGranted, WaiverRefused
from rfp_service.rfps.domain.award_events import (
    AwardApproved,
    AwardRefused,
    AwardRevoked,
    ChallengeResolved,
    ProcurementTerminated,
)
from rfp_service.rfps.domain.events import RfpEvent, RfpRejected, RfpWithdrawn
from rfp_service.rfps.domain.key_decision_events import (
    CallInLapsed,
    CallInReleased,
    CallInUpheld,
    DecisionCalledIn,
    GeneralExceptionUsed,
    KeyDecisionRefused,
    KeyDecisionTaken,
    ReferredToCouncil,
    SpecialUrgencyAgreed,
)
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.views.board import rfps
from shared.governance.audit.journal import decisions
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Recorded
from shared.kernel.system_actors import CLOCK
from shared.web.offers.report_decisions import DecisionsOffered, ReportDecision
from shared.web.reads.readings import Reading

# What members are told of, the rarest and gravest first: its kind, and how it is put.
TOLD: Mapping[type[RfpEvent], tuple[str, str]] = {
    SpecialUrgencyAgreed: ("special_urgency", "Special urgency agreed"),
    GeneralExceptionUsed: ("general_exception", "General exception used"),
    DecisionCalledIn: ("called_in", "Called in"),
    CallInUpheld: ("call_in_upheld", "Call-in upheld, sent back"),
    ReferredToCouncil: ("referred_to_council", "Referred to full council"),
    CallInReleased: ("call_in_released", "Call-in ended, the decision stands"),
    CallInLapsed: ("call_in_lapsed", "Call-in lapsed, the decision stands"),
    WaiverGranted: ("waiver_granted", "Waiver of competition granted"),
    WaiverRefused: ("waiver_refused", "Waiver of competition refused"),
    AwardApproved: ("direct_award", "Direct award approved"),
    AwardRevoked: ("award_revoked", "Award taken back"),
    ChallengeResolved: ("challenge_resolved", "Challenge resolved"),
    KeyDecisionTaken: ("key_decision", "Key decision taken"),
    KeyDecisionRefused: ("key_decision_refused", "Key decision refused"),
    AwardRefused: ("award_refused", "Award refused"),
    ApprovalRefused: ("approval_refused", "Approval refused"),
    ProcurementTerminated: ("terminated", "Procurement given up"),
    RfpRejected: ("rejected", "Rejected"),
    RfpWithdrawn: ("withdrawn", "Withdrawn"),
}
NAMES = {event.__name__: event for event in TOLD}
WEIGHT = {name: number for number, name in enumerate(NAMES)}
AMOUNTS = ("award_value_pence", "approval_value_pence", "estimate_pence")  # the nearest to the truth first
LAPSED = "Scrutiny did not meet in time."


async def decisions_on_rfps(_: object, reading: Reading, after: int) -> Sequence[ReportDecision]:
    """Return what was decided on RFPs after a position, as far as the reading's reader may see it."""
    then, now = rfps.alias("then"), rfps
    direct = and_(then.c.route == Route.DIRECT_AWARD, decisions.c.stage != Stage.AWARD_APPROVAL)
    statement = (
        select(
            decisions.c.position,
            decisions.c.decision,
            now.c.id,
            now.c.reference,
            now.c.title,
            then.c.supplier,
            *(then.c[name] for name in AMOUNTS),
        )
        .join(now, and_(now.c.id == decisions.c.stream_id, reading.valid(now)))
        .join(
            then,
            and_(
                then.c.id == decisions.c.stream_id,
                then.c.valid_from <= decisions.c.position,
                then.c.valid_to > decisions.c.position,
            ),
        )
        .where(decisions.c.decision.in_(list(NAMES)))
        .where(decisions.c.position > after, decisions.c.position <= reading.position)
        .where(or_(decisions.c.decision != AwardApproved.__name__, direct))
    )
    rows = [dict(row) for row in await reading.rows(statement)]
    rows.sort(key=lambda row: (WEIGHT[row["decision"]], row["position"]))
    said = {one.position: one for one in await reading.record.at([row["position"] for row in rows])}
    taken = [_as_decided(said[row["position"]]) for row in rows]
    await reading.redacted(rows)  # what the case says of itself
    await reading.redacted(taken)  # and what was said in this decision
    return list(_told(rows, taken, said))


def _as_decided(one: Recorded) -> dict[str, Any]:
    return {
        "stream_id": one.stream_id,
        "version": one.version,
        "decision": type(one.event).__name__,
        "said": one.envelope["data"],
    }


def _told(
    rows: Sequence[Mapping[str, Any]], taken: Sequence[Mapping[str, Any]], said: Mapping[int, Recorded]
) -> Iterator[ReportDecision]:
    for row, decided in zip(rows, taken, strict=True):
        one, event = said[row["position"]], NAMES[row["decision"]]
        lapsed = event is CallInLapsed
        yield ReportDecision(
            position=row["position"],
            thing=_id(row),
            title=f"{row['reference']}: {row['title']}",
            path=f"/v1/rfps/{row['id']}",
            on=day_in_london(one.happened_at),
            kind=TOLD[event][0],
            what=_what(event, row, decided["said"]),
            by="" if one.by == CLOCK else one.by,
            reason=LAPSED if lapsed else str(decided["said"].get("reason", "")),
            pence=next((row[name] for name in AMOUNTS if row[name]), None),
            withheld=_marks(event, row, decided),
        )


def _id(row: Mapping[str, Any]) -> UUID:
    return UUID(str(row["id"]))


def _what(event: type[RfpEvent], row: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    """Return what was decided: to whom a direct award goes, and how a challenge ended."""
    if event is AwardApproved and row["supplier"]:
        return f"Direct award to {row['supplier']} approved"
    if event is ChallengeResolved:
        outcome = str(said.get("outcome", "")).replace("_", " ")
        return f"Challenge resolved: {outcome}"
    return TOLD[event][1]


def _marks(event: type[RfpEvent], row: Mapping[str, Any], decided: Mapping[str, Any]) -> dict[str, str]:
    """Return the marks of what is withheld of a decision, by the names that its parts have here."""
    of_case, said = row.get("withheld", {}), decided.get("withheld", {})
    found = {
        "title": of_case.get("title"),
        "what": of_case.get("supplier") if event is AwardApproved else None,
        "pence": next((of_case[name] for name in AMOUNTS if name in of_case), None),
        "reason": said.get("reason"),
    }
    return {name: mark for name, mark in found.items() if mark}


REPORT_DECISIONS = (
    DecisionsOffered(
        "rfps",
        "Decisions on RFPs out of the ordinary",
        "Urgencies, exceptions, call-ins, waivers, direct awards, key decisions, and what was refused or"
        " given up; approvals that went the usual way are not among them",
        "read-rfps",
        dict(TOLD.values()),
        decisions_on_rfps,
    ),
)
