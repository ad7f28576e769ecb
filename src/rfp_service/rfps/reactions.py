"""What an RFP's events set off: whoever's turn it is is told, once, tier or party, and clocks are set."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from rfp_service.rfps.deadlines import UNREACHABLE, clock_begun_by
from rfp_service.rfps.domain.approval_events import (
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalSuperseded,
    WaiverGranted,
    WaiverRefused,
    WaiverRequested,
)
from rfp_service.rfps.domain.award_events import (
    AwardApproved,
    AwardRecommended,
    AwardRefused,
    ChallengeReceived,
    ChallengeResolved,
    ProcurementTerminated,
    StandstillExpired,
)
from rfp_service.rfps.domain.events import (
    DiversionFailed,
    RfpEvent,
    RfpHoldEnded,
    RfpHoldStarted,
    RfpRejected,
    RfpReturnedForRework,
    RfpSubmitted,
    RfpWithdrawn,
    RouteSelected,
)
from rfp_service.rfps.domain.key_decision_events import (
    CallInLapsed,
    CallInPeriodExpired,
    CallInReleased,
    CallInUpheld,
    DecisionCalledIn,
    KeyDecisionRefused,
    KeyDecisionTaken,
    ReferredToCouncil,
)
from rfp_service.rfps.domain.people_events import EvaluatorAppointed
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS, PARTY, PERSON, Party, Stage
from rfp_service.rfps.domain.takeover_events import RfpTakenOver, TakeoverConfirmed
from rfp_service.rfps.domain.tender_events import (
    ClarificationAnswered,
    ClarificationReceived,
    ResponsesClosed,
    ResponsesKeptOpen,
    ScoresModerated,
)
from rfp_service.rfps.domain.unreachable_events import TierPassedUp
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.outbox import notification_row
from shared.governance.scheme.passing_up import when_to_look
from shared.kernel.messages import Event, Recorded
from shared.kernel.roles import Role
from shared.record.deadlines.table import deadline_row
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row

APPROVAL, KEY_DECISION, WAIVER = "approval-requested", "key-decision", "waiver-requested"
ABOUT = {Stage.KEY_DECISION: KEY_DECISION, Stage.WAIVER: WAIVER}
TURN, QUESTION, ANSWER, REFUSED, APPOINTED = "your-turn", "question", "answer", "refused", "appointed"
TOLD_PARTIES = frozenset(
    {Party.REQUESTER, Party.PROCUREMENT, Party.EVALUATORS, Party.LEGAL, Party.SCRUTINY, Party.FINANCE}
)
ROLES = {
    Party.PROCUREMENT: Role.PROCUREMENT_OFFICER,
    Party.FINANCE: Role.FINANCE,
    Party.LEGAL: Role.LEGAL,
    Party.SCRUTINY: Role.SCRUTINY_MEMBER,
}
# With these an RFP goes on to somebody else: what merely happens meanwhile begins nobody's turn.
HANDING_OVER: tuple[type[RfpEvent], ...] = (
    RfpSubmitted,
    RouteSelected,
    RfpReturnedForRework,
    RfpHoldStarted,
    RfpHoldEnded,
    WaiverRefused,
    ApprovalGranted,
    KeyDecisionTaken,
    CallInReleased,
    CallInPeriodExpired,
    CallInLapsed,
    DecisionCalledIn,
    ReferredToCouncil,
    ResponsesClosed,
    ResponsesKeptOpen,
    ScoresModerated,
    AwardApproved,
    AwardRefused,
    StandstillExpired,
    ChallengeReceived,
    ChallengeResolved,
    TakeoverConfirmed,
)


def notify_next_tier(recorded: Recorded) -> Iterable[Row]:
    """Return the notices to those whose turn it is now; older waivers are any tier's."""
    about, told = _turn(recorded)
    return [_notice(recorded, tier, about) for tier in told]


def notify_parties(recorded: Recorded) -> Iterable[Row]:
    """Return the notices to a party whose turn begins, or who must know: `party:` and which one.

    Who that is in an RFP is found when notices are read: a lead or requester may have been replaced.
    """
    event = recorded.event
    match event:
        case ClarificationReceived():
            return [_notice(recorded, f"{PARTY}{Party.PROCUREMENT}", QUESTION)]
        case ClarificationAnswered() | ApprovalRefused() | RfpRejected() | KeyDecisionRefused():
            about = ANSWER if isinstance(event, ClarificationAnswered) else REFUSED
            return [_notice(recorded, f"{PARTY}{Party.REQUESTER}", about)]
        case DiversionFailed(order_id=UUID()):  # nobody has told its requester that they may ask again
            return [_notice(recorded, f"{PARTY}{Party.REQUESTER}", TURN)]
        case EvaluatorAppointed():
            return [_notice(recorded, f"{PERSON}{event.evaluator}", APPOINTED)]
        case RfpEvent(waiting_on=party) if isinstance(event, HANDING_OVER) and party in TOLD_PARTIES:
            return [_notice(recorded, f"{PARTY}{party}", TURN)]
        case _:
            return ()


def _notice(recorded: Recorded, told: str, about: str) -> Row:
    return {
        "position": recorded.position,
        "told": told,
        "about": about,
        "case_id": recorded.stream_id,
        "happened_at": recorded.happened_at,
    }


def _turn(recorded: Recorded) -> tuple[str, Sequence[str]]:
    """Return what is asked from now on, and of which tiers: of none where nobody's turn begins."""
    event = recorded.event
    return _taken_over(event) if isinstance(event, RfpTakenOver) else _decided(recorded)


def _taken_over(event: RfpTakenOver) -> tuple[str, Sequence[str]]:
    """Return whose turn it is in what came in flight: of all tiers that confirm or decide once, the last."""
    if event.to_confirm:
        return APPROVAL, (event.to_confirm,)
    if event.stage in (Stage.APPROVAL, Stage.AWARD_APPROVAL):
        return APPROVAL, event.tiers[:1]
    return ABOUT.get(event.stage, ""), event.tiers[-1:] if event.stage in ABOUT else ()


def _decided(recorded: Recorded) -> tuple[str, Sequence[str]]:
    match recorded.event:
        case ApprovalRequested(tiers=tiers) | WaiverGranted(tiers=tiers) | AwardRecommended(tiers=tiers):
            return APPROVAL, tiers[:1]
        case (
            ApprovalGranted(stage=Stage.APPROVAL, next_tier=tier)
            | AwardApproved(stage=Stage.AWARD_APPROVAL, next_tier=tier)
            | CallInUpheld(stage=Stage.APPROVAL | Stage.AWARD_APPROVAL, next_tier=tier)
        ):
            return APPROVAL, (tier,)
        case (
            ApprovalGranted(stage=Stage.KEY_DECISION, tier=tier)
            | AwardApproved(stage=Stage.KEY_DECISION, tier=tier)
            | CallInUpheld(stage=Stage.KEY_DECISION, next_tier=tier)
        ):
            return KEY_DECISION, (tier,)  # the last tier takes the key decision as well
        case TierPassedUp(next_tier=tier, stage=stage):
            return ABOUT.get(stage, APPROVAL), (tier,)
        case WaiverRequested(tier=tier):
            anybody = tuple(each.name for each in recorded.stamp.known.tiers)
            return WAIVER, (tier,) if tier else anybody
        case _:
            return "", ()


def tell_of_approvals(recorded: Recorded) -> Iterable[Row]:
    """Return what is to be told: a turn that began or is over, and its end to whoever asked.

    A tier whose turn is over hears so wherever it was told of it.
    """
    event = recorded.event
    rows = [notification_row(recorded, kind, tier) for kind, tier in _over(event)]
    asked = _turn(recorded)[1]  # after what is over, so that this is not taken for over as well
    rows += [notification_row(recorded, NotificationType.APPROVAL_REQUESTED, tier) for tier in asked]
    if isinstance(event, RfpEvent) and event.stage in ENDS:
        rows.append(notification_row(recorded, NotificationType.REQUEST_ENDED))
    return rows


def _over(event: Event[Any]) -> Iterable[tuple[NotificationType, str]]:
    """Yield what is over with an event, and whose turn it was; blank where any tier's."""
    match event:
        case ApprovalGranted() | AwardApproved() | ApprovalRefused() | AwardRefused() | TakeoverConfirmed():
            yield NotificationType.APPROVAL_DECIDED, event.tier
        case WaiverGranted() | WaiverRefused() | KeyDecisionTaken() | KeyDecisionRefused():
            yield NotificationType.APPROVAL_DECIDED, ""
        case RfpReturnedForRework(asked_tier=tier) if tier:
            yield NotificationType.APPROVAL_DECIDED, tier
        case RfpWithdrawn(asked_tier=tier) | ProcurementTerminated(asked_tier=tier) if tier:
            yield NotificationType.APPROVAL_SUPERSEDED, tier
        case ApprovalSuperseded(tiers=tiers, granted=granted):
            yield NotificationType.APPROVAL_SUPERSEDED, tiers[granted] if granted < len(tiers) else ""


def tell_of_parties(recorded: Recorded) -> Iterable[Row]:
    """Return what is to be told a party whose turn begins, or a person who is to judge bids.

    Of questions their lead is told as long as they have no answer, by what the inbox shows.
    """
    for notice in notify_parties(recorded):
        told, about = str(notice["told"]), notice["about"]
        if about not in (TURN, APPOINTED):
            continue
        if told.startswith(PERSON):
            yield notification_row(recorded, NotificationType.TURN_BEGAN, people=[told.removeprefix(PERSON)])
        else:
            yield notification_row(recorded, NotificationType.TURN_BEGAN, told=told)


def people_of_party(rfp: Rfp, party: str) -> Sequence[str]:
    """Return the people of a party by name; nobody if it is a whole role."""
    match party:
        case Party.REQUESTER:
            return (rfp.raised_by,)
        case Party.PROCUREMENT:
            return (rfp.lead,)
        case Party.EVALUATORS:
            return rfp.tender.evaluators
        case _:
            return ()


def roles_of_party(_: Rfp, party: str) -> Sequence[Role]:
    """Return the role that is told where a party is nobody by name."""
    return [role for each, role in ROLES.items() if each == party]


def still_waits(rfp: Rfp, _type: str, told: str) -> bool:
    """Say whether an RFP still waits for whoever was told: for a party while it does, else until its end."""
    if told.startswith(PARTY):
        return rfp.waiting_on == told.removeprefix(PARTY)
    return rfp.stage not in ENDS


def set_deadlines(recorded: Recorded) -> Iterable[Row]:
    """Return the deadlines that an event sets: each clock of an RFP has its own number."""
    yield from _look_for_the_tier(recorded)
    kind = clock_begun_by(recorded.event)
    ends_at = getattr(recorded.event, "ends_at", None)
    if kind is None or ends_at is None:
        return
    number: int = getattr(recorded.event, "clock")  # noqa: B009  # every event above starts one
    yield deadline_row(recorded.stream_id, kind, number, ends_at)


def _look_for_the_tier(recorded: Recorded) -> Iterable[Row]:
    """Return when to see whether anybody of the tier whose turn began can act, where the scheme wants it."""
    _, told = _turn(recorded)
    if told and (due_at := when_to_look(recorded)) is not None:
        yield deadline_row(recorded.stream_id, UNREACHABLE, recorded.version, due_at)


NOTIFY_PARTIES = Reaction("notify_parties", "notices", notify_parties)
NOTIFY_NEXT_TIER = Reaction("notify_next_tier", "notices", notify_next_tier)
TELL_OF_APPROVALS = Reaction("tell_of_approvals", "notifications", tell_of_approvals)
TELL_OF_PARTIES = Reaction("tell_of_parties", "notifications", tell_of_parties)
SET_DEADLINES = Reaction("set_deadlines", "deadlines", set_deadlines)
