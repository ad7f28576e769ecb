"""What a contract's events set off: its clocks, and word to the tier whose turn it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rfp_service.contracts.deadlines import PIPELINE, PIPELINE_NOTICE, RENEWAL_TIER, clocks_set
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.duty_events import NoticeDue, NoticeMissed
from rfp_service.contracts.domain.pipeline import (
    PipelineNoticeMissed,
    PipelineYearBegun,
    first_day_of,
    pipeline_id,
    year_after,
)
from rfp_service.contracts.domain.renewal_events import (
    ContractExpired,
    NoticeDeadlineMissed,
    RenewalDecisionApproved,
    RenewalDecisionRefused,
    RenewalRecommended,
    ReviewFallsDue,
)
from rfp_service.contracts.domain.rounds import ReviewRoundOpened
from rfp_service.contracts.domain.unreachable_events import RenewalTierPassedUp
from rfp_service.contracts.views.register import open_duties
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.outbox import notification_row
from shared.governance.notifications.payloads import PARTY
from shared.governance.scheme.domain import SchemeAdopted
from shared.governance.scheme.passing_up import when_to_look
from shared.governance.scheme.proposals import SchemeConfirmed
from shared.governance.scheme.tiers import step_pence
from shared.kernel.calendar import day_in_london, end_of, start_of
from shared.kernel.messages import Event, Known, Recorded
from shared.kernel.roles import Role
from shared.record.deadlines.table import deadline_row
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row

RENEWAL = "renewal-recommended"
KEEPERS = f"{PARTY}{Role.CONTRACT_MANAGER}"  # of the register of contracts
DATED: Mapping[type[Event[Any]], NotificationType] = {
    ReviewFallsDue: NotificationType.CONTRACT_DATE_NEAR,
    NoticeDeadlineMissed: NotificationType.CONTRACT_DATE_MISSED,
    NoticeDue: NotificationType.CONTRACT_NOTICE_DUE,
    NoticeMissed: NotificationType.CONTRACT_NOTICE_MISSED,
}


def set_contract_clocks(recorded: Recorded) -> Iterable[Row]:
    """Return the deadlines that an event sets."""
    if recorded.event.kind != Contract.kind:
        return ()
    rows = [
        deadline_row(recorded.stream_id, kind, number, due_at)
        for kind, number, due_at in clocks_set(recorded.event)
    ]
    if _tier_asked(recorded.event) and (look_at := when_to_look(recorded)) is not None:
        rows.append(deadline_row(recorded.stream_id, RENEWAL_TIER, recorded.version, look_at))
    return rows


def set_pipeline_clocks(recorded: Recorded) -> Iterable[Row]:
    """Return the clocks of the yearly pipeline notice, each with the position that it follows from.

    A scheme starts them, and each year starts the next one's; so does a round, where a scheme was adopted
    before there were such clocks. A year begins once, however often it was waited for.
    """
    match recorded.event:
        case SchemeAdopted() | SchemeConfirmed() | ReviewRoundOpened():
            return (_beginning(year_after(day_in_london(recorded.happened_at)), recorded.position),)
        case PipelineYearBegun(year=year, due_on=due_on):
            rows = [_beginning(year + 1, recorded.position)]
            if due_on is not None:
                rows.append(deadline_row(recorded.stream_id, PIPELINE_NOTICE, year, end_of(due_on)))
            return rows
        case _:
            return ()


def _beginning(year: int, position: int) -> Row:
    return deadline_row(pipeline_id(year), PIPELINE, position, start_of(first_day_of(year)))


def notify_renewal_tier(recorded: Recorded) -> Iterable[Row]:
    """Return the notice to the tier whose turn it is now."""
    if not (tier := _tier_asked(recorded.event)):
        return ()
    return (
        {
            "position": recorded.position,
            "told": tier,
            "about": RENEWAL,
            "case_id": recorded.stream_id,
            "happened_at": recorded.happened_at,
        },
    )


def _tier_asked(event: Event[Any]) -> str:
    """Return the tier whose turn begins with an event; blank if none's does."""
    match event:
        case RenewalRecommended(tiers=(tier, *_)):
            return tier
        case RenewalDecisionApproved(next_tier=tier) | RenewalTierPassedUp(next_tier=tier):
            return tier
        case _:
            return ""


def tell_of_renewals(recorded: Recorded) -> Iterable[Row]:
    """Return what is to be told: a tier's turn, a round that was opened, days near or missed, notices."""
    event = recorded.event
    rows = []
    match event:
        case RenewalDecisionApproved(tier=tier) | RenewalDecisionRefused(tier=tier):
            rows.append(notification_row(recorded, NotificationType.APPROVAL_DECIDED, tier))
        case NoticeDeadlineMissed(asked_tier=tier) | ContractExpired(asked_tier=tier) if tier:
            rows.append(notification_row(recorded, NotificationType.APPROVAL_SUPERSEDED, tier))
        case ReviewRoundOpened():
            rows.append(notification_row(recorded, NotificationType.ROUND_OPENED, told=KEEPERS))
        case PipelineYearBegun(due_on=date() as due_on) if due_on >= day_in_london(recorded.happened_at):
            rows.append(notification_row(recorded, NotificationType.PIPELINE_NOTICE_DUE, told=KEEPERS))
        case PipelineNoticeMissed(due_on=due_on) if _is_of_this_year(due_on, recorded.happened_at):
            rows.append(notification_row(recorded, NotificationType.PIPELINE_NOTICE_MISSED, told=KEEPERS))
    if (dated := DATED.get(type(event))) is not None:
        rows.append(notification_row(recorded, dated))
    asked = [str(notice["told"]) for notice in notify_renewal_tier(recorded)]
    rows += [notification_row(recorded, NotificationType.APPROVAL_REQUESTED, tier) for tier in asked]
    return rows


def _is_of_this_year(due_on: date, at: datetime) -> bool:
    """Say whether a notice is the running financial year's: of one long over, the inbox alone shows it."""
    return year_after(due_on) == year_after(day_in_london(at))


def still_waits(contract: Contract, kind: str, _told: str) -> bool:
    """Say whether what an owner was told of still waits: a review to be begun, a notice to be published."""
    match kind:
        case NotificationType.CONTRACT_DATE_NEAR:
            return contract.stage in (ContractStage.REVIEW_DUE, ContractStage.IN_REVIEW)
        case NotificationType.CONTRACT_NOTICE_DUE | NotificationType.CONTRACT_NOTICE_MISSED:
            return bool(open_duties(contract))
        case _:
            return contract.runs


def kept_out_of_renewal(contract: Contract) -> Sequence[str]:
    """Return who may not decide on what was recommended: whoever did, or granted a tier before this one."""
    return (*contract.renewal.recommenders, *contract.renewal.granted_by)


def amount_of_renewal(contract: Contract, known: Known) -> int:
    """Return what a stand-in must have been delegated."""
    return step_pence(contract.renewal.waiting_for, contract.renewal.value_pence, known)


SET_CONTRACT_CLOCKS = Reaction("set_contract_clocks", "deadlines", set_contract_clocks)
SET_PIPELINE_CLOCKS = Reaction("set_pipeline_clocks", "deadlines", set_pipeline_clocks)
NOTIFY_RENEWAL_TIER = Reaction("notify_renewal_tier", "notices", notify_renewal_tier)
TELL_OF_RENEWALS = Reaction("tell_of_renewals", "notifications", tell_of_renewals)
