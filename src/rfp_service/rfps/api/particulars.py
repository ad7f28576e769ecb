"""What was said of an RFP on its way, drawn from its own events: null where nothing was said yet."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field

from rfp_service.rfps.domain.approval import WaiverGround
from rfp_service.rfps.domain.approval_events import (
    ApprovalRequested,
    WaiverGranted,
    WaiverRefused,
    WaiverRequested,
)
from rfp_service.rfps.domain.award_events import ContractConcluded
from rfp_service.rfps.domain.correction_events import AnswerCorrected
from rfp_service.rfps.domain.events import RfpHoldStarted
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party
from rfp_service.rfps.domain.tender import Bidder, SetAsideGround
from rfp_service.rfps.domain.tender_events import ClarificationAnswered, ClarificationReceived
from shared.kernel.messages import Recorded
from shared.kernel.personal import Personal, PersonalShown


class WaiverAsked(BaseModel):
    """A waiver of competition, as it was asked for last."""

    ground: WaiverGround
    value_pence: int
    duration_months: int
    risk: str
    granted: bool | None = Field(description="Null until it is decided.")


class HoldNow(BaseModel):
    """The hold that lasts: on whom the RFP waits, why, since when."""

    waiting_on: Party
    reason: str
    reason_code: str | None
    pauses_target: bool
    since: datetime


class Clarification(BaseModel):
    """A bidder's question, and what every bidder was answered; who asked is nobody's business."""

    number: int
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    corrected: bool = Field(description="Whether another answer was given at first.")


class BidReceived(BaseModel):
    """A bid that came in; its reference stays sealed until bids may be opened."""

    reference: str
    received_at: datetime
    late: bool
    set_aside: SetAsideGround | None
    bidder: Bidder | None = Field(description="Null where it is not known, or still sealed.")


class ContractSigned(BaseModel):
    """The contract that the RFP led to, and the indicators that were published for it."""

    reference: str
    supplier: str
    supplier_number: str | None
    value_pence: int
    signed_on: date
    starts_on: date
    ends_on: date
    extension_months: int | None
    notice_days: int | None
    kpis: list[str]
    details_notice: str | None


class Particulars(BaseModel):
    """All that was said of an RFP beside what its row holds."""

    options_considered: str | None = None
    conflicts: PersonalShown | None = Field(None, description="Null until approval or a waiver is asked for.")
    waiver: WaiverAsked | None = None
    hold: HoldNow | None = None
    clarifications: list[Clarification] = []
    bids_received: list[BidReceived] = []
    contract: ContractSigned | None = None


Said = Mapping[str, Any]
Step = Callable[[dict[str, Any], Recorded, Any], None]


def particulars(events: Iterable[Recorded], rfp: Rfp) -> tuple[Particulars, Mapping[str, object]]:
    """Return what an RFP's events said of it, and, as they are stored, the personal texts among that."""
    said: dict[str, Any] = {"clarifications": {}}
    for recorded in events:
        if step := STEPS.get(type(recorded.event)):
            step(said, recorded, recorded.event)
    conflicts: Personal | None = said.pop("conflicts", None)
    said["clarifications"] = list(said["clarifications"].values())
    if not rfp.on_hold:
        said.pop("hold", None)
    elif hold := said.get("hold"):
        said["hold"] = hold | {"waiting_on": rfp.holds[-1].party}
    shown = Particulars.model_validate(said | {"bids_received": _bids(rfp)})
    if conflicts is None:
        return shown, MappingProxyType({})
    stored = conflicts.stored()
    kept = stored if isinstance(stored, dict) else {"about": "", "text": stored}
    return shown, {"conflicts": kept}


def _bids(rfp: Rfp) -> list[dict[str, Any]]:
    aside = {each.bid: each.ground for each in rfp.tender.set_aside}
    return [
        {
            "reference": bid.reference,
            "received_at": bid.received_at,
            "late": bid.late,
            "set_aside": aside.get(bid.reference),
            "bidder": bid.bidder,
        }
        for bid in rfp.tender.bids
    ]


def _approval(said: dict[str, Any], _: Recorded, asked: ApprovalRequested) -> None:
    said |= {"options_considered": asked.options_considered, "conflicts": asked.conflicts}


def _waiver(said: dict[str, Any], _: Recorded, asked: WaiverRequested) -> None:
    said |= {
        "options_considered": asked.options_considered,
        "conflicts": asked.conflicts,
        "waiver": {
            "ground": asked.ground,
            "value_pence": asked.value_pence,
            "duration_months": asked.duration_months,
            "risk": asked.risk,
            "granted": None,
        },
    }


def _waiver_decided(said: dict[str, Any], _: Recorded, decided: WaiverGranted | WaiverRefused) -> None:
    if "waiver" in said:
        said["waiver"]["granted"] = isinstance(decided, WaiverGranted)


def _hold(said: dict[str, Any], recorded: Recorded, started: RfpHoldStarted) -> None:
    said["hold"] = {
        "waiting_on": started.waiting_on,
        "reason": started.reason,
        "reason_code": started.reason_code or None,
        "pauses_target": started.pauses_target,
        "since": recorded.happened_at,
    }


def _question(said: dict[str, Any], recorded: Recorded, asked: ClarificationReceived) -> None:
    said["clarifications"][asked.number] = {
        "number": asked.number,
        "question": asked.question,
        "asked_at": recorded.happened_at,
        "answer": None,
        "answered_at": None,
        "corrected": False,
    }


def _answer(said: dict[str, Any], recorded: Recorded, given: ClarificationAnswered | AnswerCorrected) -> None:
    said["clarifications"][given.number] |= {
        "answer": given.answer,
        "answered_at": recorded.happened_at,
        "corrected": isinstance(given, AnswerCorrected),
    }


def _contract(said: dict[str, Any], _: Recorded, signed: ContractConcluded) -> None:
    found = {name: getattr(signed, name) for name in ContractSigned.model_fields}
    blank_is_null = {name: found[name] or None for name in ("supplier_number", "details_notice")}
    said["contract"] = {**found, **blank_is_null, "kpis": list(signed.kpis)}


STEPS: Mapping[type[Any], Step] = {
    ApprovalRequested: _approval,
    WaiverRequested: _waiver,
    WaiverGranted: _waiver_decided,
    WaiverRefused: _waiver_decided,
    RfpHoldStarted: _hold,
    ClarificationReceived: _question,
    ClarificationAnswered: _answer,
    AnswerCorrected: _answer,
    ContractConcluded: _contract,
}
