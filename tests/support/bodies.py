"""For every decision on an RFP, a body that is right as it stands: what a caller could send by what they see.

Whoever is named is somebody new to the RFP, so that no part of theirs stands in the way.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from rfp_service.rfps.commands.decision import Decision
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import UNDER_APPROVAL, Party, Stage
from rfp_service.rfps.domain.tender import SetAsideGround
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Command, Stamp
from shared.web.decisions.next_decisions import commands_in
from tests.rfps.examples import CHECK
from tests.support.guards import WHY, texts_of
from tests.support.moves import CRITERIA

SHARED = {"reason": WHY, "reference": "REF-1"}
CASE = {"budget_code": "IT-1", "options_considered": "Buy.", "conflicts": "None"}
MOMENT = timedelta(microseconds=1)
COMMANDS: Mapping[str, type[Command[Any]]] = {
    str(command.model_fields["decision"].default): command for command in commands_in(Decision)
}


@dataclass(frozen=True)
class Seen:
    """What a caller knows: the RFP as it stands, who they are and what the scheme says, and some dice."""

    rfp: Rfp
    stamp: Stamp
    dice: int = 0

    @property
    def today(self) -> date:
        return day_in_london(self.stamp.at)

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        tender = self.rfp.tender
        return product(tender.competing, [criterion.name for criterion in tender.criteria])

    def scored(self, *, own: bool) -> dict[str, Any]:
        """Return what the caller has, or has not, scored yet."""
        tender = self.rfp.tender
        bid, criterion = next(
            pair
            for pair in self.pairs
            if own is bool(self.stamp.known.among(self.stamp.by, list(tender.given(*pair))))
        )
        return {"bid": bid, "criterion": criterion, "score": self.dice % 101, "comment": WHY}


def _amended(s: Seen) -> dict[str, Any]:
    if s.stamp.known.same_person(s.stamp.by, s.rfp.raised_by):
        return {"title": "Tablets"}
    return {"route": Route.OPEN_TENDER}


def _bid(s: Seen) -> dict[str, Any]:
    ends, asked = s.rfp.tender.responses_by, s.rfp.tender.asked_at
    at = max(asked, ends - MOMENT) if s.rfp.stage is Stage.UNSUCCESSFUL and ends and asked else s.stamp.at
    return {"reference": f"N{len(s.rfp.tender.bids)}", "sha256": "ab" * 32, "received_at": at}


def _corrected(s: Seen) -> dict[str, Any]:
    opened = s.rfp.stage is not Stage.OPEN
    bid = next(b for b in s.rfp.tender.bids if not (opened and s.stamp.is_from(b.recorded_by)))
    if s.rfp.stage is Stage.UNSUCCESSFUL:
        return {"bid": bid.reference, "received_at": _bid(s)["received_at"], "reference": None}
    return {"bid": bid.reference, "reference": f"C{bid.reference}"}


def _moderated(s: Seen) -> dict[str, Any]:
    tender = s.rfp.tender
    given = {pair: tender.given(*pair) for pair in s.pairs}
    bid, criterion = next(
        p for p, g in given.items() if len(g) == len(tender.evaluators) and len(set(g.values())) > 1
    )
    return {"bid": bid, "criterion": criterion, "score": 50, **_judge(s)}


def _readmitted(s: Seen) -> dict[str, Any]:
    tender = s.rfp.tender
    out = [each.bid for each in tender.set_aside]
    whole = [
        b for b in out if all(len(tender.given(b, c.name)) == len(tender.evaluators) for c in tender.criteria)
    ]
    return {"bid": (whole or out)[0], **_judge(s)}


def _recommended(s: Seen) -> dict[str, Any]:
    best = s.rfp.tender.best()
    bid = None if s.rfp.is_direct else best[0]
    return {
        "bid": bid,
        "supplier": "Fictional Systems Ltd",
        "value_pence": 2_000_000,
        "tie_reason": "drawn_by_lot",
    }


def _confirmed(s: Seen) -> dict[str, Any]:
    for person, _ in s.rfp.doubted:
        by = [by for doubted, by in s.rfp.doubted if doubted == person]
        if not any(s.stamp.is_from(each) for each in (person, *by)):
            return {"person": person}
    raise AssertionError("nobody's conflict is theirs to confirm")


def _concluded(s: Seen) -> dict[str, Any]:
    return {"signed_on": s.today, "starts_on": s.today, "ends_on": s.today + timedelta(days=9)}


def _hold_corrected(s: Seen) -> dict[str, Any]:
    number, hold = next((n, h) for n, h in enumerate(s.rfp.holds, start=1) if h.started_at)
    return {"number": number, "waiting_on": Party.LEGAL if hold.party is Party.FINANCE else Party.FINANCE}


def _judge(s: Seen) -> dict[str, Any]:
    """Name a bid that only a tier of the caller's, or of whom they stand in for, decides on."""
    rfp, known, above = s.rfp, s.stamp.known, 0
    least = max(rfp.need.estimate_pence or 0, rfp.approval.value_pence, rfp.award.value_pence)
    given: Any = known.facts.get("delegations", [])
    yours = next((d["tiers"] for d in given if d["delegator"] == s.stamp.acting_for), known.own_tiers)
    for tier in known.tiers:
        if least <= tier.up_to_pence and tier.name in yours:
            return {"highest_bid_pence": max(least, above)}
        above = tier.up_to_pence + 1
    return {}


BODIES: Mapping[str, Callable[[Seen], dict[str, Any]]] = {
    "amend": _amended,
    "check-catalogue": lambda _: {"check_id": CHECK},
    "divert": lambda s: {"item_id": s.rfp.check.shown[0]},
    "decline-match": lambda _: {"reason_code": "too_small"},
    "return-for-rework": lambda _: {"reason_code": "unclear"},
    "select-route": lambda s: {
        "regime": Regime.PROCUREMENT_ACT_2023,
        "route": (Route.OPEN_TENDER, Route.DIRECT_CALL_OFF, Route.IN_HOUSE)[s.dice % 3],
        "lead": "zed",
    },
    "request-approval": lambda _: CASE,
    "request-waiver": lambda s: {
        **CASE,
        "ground": "continuity",
        "value_pence": s.rfp.need.estimate_pence or 2_000_000,
        "duration_months": 12,
        "risk": WHY,
    },
    "request-advice": lambda s: {"body": s.stamp.known.rules.advisory_bodies[0].name, "question": WHY},  # type: ignore[union-attr]  # there are rules
    "give-advice": lambda _: {"advice": WHY},
    "declare-key-decision": lambda _: {"ground": "significant_value"},
    "publish-forward-plan-notice": lambda s: {"published_on": s.today},
    "use-general-exception": lambda s: {"published_on": s.today},
    "publish-special-urgency": lambda s: {"published_on": s.today},
    "fix-criteria": lambda _: {"criteria": list(CRITERIA)},
    "publish-tender-notice": lambda s: {"responses_by": s.stamp.at + timedelta(days=60)},
    "issue-invitation": lambda s: {"responses_by": s.stamp.at + timedelta(days=60)},
    "extend-deadline": lambda s: {
        "responses_by": max(s.stamp.at, s.rfp.tender.responses_by or s.stamp.at) + timedelta(days=9)
    },
    "record-clarification": lambda _: {"question": "How many?"},
    "answer-clarification": lambda s: {"number": s.rfp.tender.unanswered[0], "answer": "Forty."},
    "record-response": _bid,
    "correct-bid": _corrected,
    "correct-answer": lambda s: {
        "number": next(n for n in range(1, s.rfp.tender.questions + 1) if n not in s.rfp.tender.unanswered),
        "answer": "Fifty.",
    },
    "correct-summaries": lambda s: {"told": list(s.rfp.tender.assessed)},
    "declare-bidder-conflict": lambda _: {"supplier": {"name": "Zed Ltd"}, "statement": WHY},
    "withdraw-conflict": lambda s: {"person": s.rfp.conflicted[0]},
    "confirm-no-conflict": _confirmed,
    "declare-interests": lambda _: {"conflict": False, "statement": WHY},
    "record-score": lambda s: s.scored(own=False),
    "correct-score": lambda s: s.scored(own=True),
    "moderate-scores": _moderated,
    "set-bid-aside": lambda s: {
        "bid": s.rfp.tender.competing[0],
        "ground": SetAsideGround.WITHDRAWN,
        **_judge(s),
    },
    "readmit-bid": _readmitted,
    "recommend-award": _recommended,
    "send-summaries": lambda s: {"told": list(s.rfp.tender.assessed)},
    "record-challenge": lambda _: {"grounds": WHY},
    "resolve-challenge": lambda _: {"outcome": "award_stands"},
    "conclude-contract": _concluded,
    "appoint-evaluator": lambda s: {"evaluator": f"zed{s.dice}", **_judge(s)},
    "remove-evaluator": lambda s: {"evaluator": s.rfp.tender.evaluators[0], **_judge(s)},
    "reassign-lead": lambda _: {"lead": "zed"},
    "replace-requester": lambda _: {"requester": "zed"},
    "terminate": lambda _: {"reason_code": "need_ceased"},
    "hold": lambda _: {"waiting_on": Party.FINANCE},
    "correct-hold": _hold_corrected,
    "extend-target": lambda _: {"working_days": 5},
}


def body_for(decision: str, seen: Seen) -> dict[str, Any]:
    """Return a body for a decision, without the fields that it does not have."""
    command = COMMANDS[decision]
    said = {**(texts_of(command) or {}), **SHARED, **BODIES.get(decision, lambda _: {})(seen)}
    if command.model_fields.get("acting_for") and seen.stamp.acting_for:
        said["acting_for"] = seen.stamp.acting_for
    if decision == "amend" and seen.rfp.stage not in UNDER_APPROVAL:
        said.pop("reason")
    return {name: value for name, value in said.items() if name in command.model_fields}
