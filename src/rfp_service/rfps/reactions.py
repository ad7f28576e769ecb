"""What an RFP's events set off: whoever's turn it is is told, once, tier or party, and clocks are set."""

from collections.abc import Iterable, Sequence

from rfp_service.rfps.deadlines import STARTED_BY
from rfp_service.rfps.domain.approval_events import (
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
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
    StandstillExpired,
)
from rfp_service.rfps.domain.events import (
    RfpEvent,
    RfpHoldEnded,
    RfpHoldStarted,
    RfpRejected,
    RfpReturnedForRework,
    RfpSubmitted,
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
from rfp_service.rfps.domain.stages import PARTY, PERSON, Party, Stage
from rfp_service.rfps.domain.tender_events import (
    ClarificationAnswered,
    ClarificationReceived,
    ResponsesClosed,
    ResponsesKeptOpen,
    ScoresModerated,
)
from shared.kernel.messages import Recorded
from shared.record.deadlines.table import deadline_row
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row

APPROVAL, KEY_DECISION, WAIVER = "approval-requested", "key-decision", "waiver-requested"
TURN, QUESTION, ANSWER, REFUSED, APPOINTED = "your-turn", "question", "answer", "refused", "appointed"
TOLD_PARTIES = frozenset(
    {Party.REQUESTER, Party.PROCUREMENT, Party.EVALUATORS, Party.LEGAL, Party.SCRUTINY, Party.FINANCE}
)
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
        case WaiverRequested(tier=tier) if tier:
            return WAIVER, (tier,)
        case WaiverRequested():
            return WAIVER, tuple(tier.name for tier in recorded.stamp.known.tiers)
        case _:
            return "", ()


def set_deadlines(recorded: Recorded) -> Iterable[Row]:
    """Return the deadline that an event sets: each clock of an RFP has its own number."""
    kind = STARTED_BY.get(type(recorded.event))
    ends_at = getattr(recorded.event, "ends_at", None)
    if kind is None or ends_at is None:
        return ()
    number: int = getattr(recorded.event, "clock")  # noqa: B009  # every event above starts one
    return (deadline_row(recorded.stream_id, kind, number, ends_at),)


NOTIFY_PARTIES = Reaction("notify_parties", "notices", notify_parties)
NOTIFY_NEXT_TIER = Reaction("notify_next_tier", "notices", notify_next_tier)
SET_DEADLINES = Reaction("set_deadlines", "deadlines", set_deadlines)
