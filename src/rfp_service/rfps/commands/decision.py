"""The union of all that may be decided on an RFP, told apart by `decision`."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from rfp_service.rfps.commands import (
    advice,
    amendments,
    approvals,
    awards,
    call_ins,
    conclusion,
    corrections,
    evaluation,
    holds,
    key_decisions,
    participants,
    procurement,
    requests,
    responses,
    set_asides,
    standstill,
    takeover_confirmation,
    tender,
    waivers,
)

# An alias with a name: FastAPI would take a bare union apart, and read it before the strict reader.
Decision = TypeAliasType(
    "Decision",
    Annotated[
        amendments.AmendRfp
        | requests.CheckCatalogue
        | requests.DivertDemand
        | requests.ReportDiversionFailed
        | requests.DeclineMatch
        | requests.ConfirmNoMatch
        | requests.SubmitRfp
        | procurement.AcceptRfp
        | procurement.ReturnForRework
        | procurement.RejectRfp
        | procurement.SelectRoute
        | approvals.RequestApproval
        | approvals.Approve
        | approvals.Refuse
        | waivers.RequestWaiver
        | waivers.GrantWaiver
        | waivers.RefuseWaiver
        | advice.RequestAdvice
        | advice.GiveAdvice
        | key_decisions.DeclareKeyDecision
        | key_decisions.PublishForwardPlanNotice
        | key_decisions.UseGeneralException
        | key_decisions.AgreeSpecialUrgency
        | key_decisions.PublishSpecialUrgency
        | key_decisions.TakeKeyDecision
        | key_decisions.RefuseKeyDecision
        | key_decisions.PublishDecision
        | call_ins.CallIn
        | call_ins.UpholdCallIn
        | call_ins.ReleaseCallIn
        | call_ins.ReferToCouncil
        | tender.FixCriteria
        | tender.PublishTenderNotice
        | tender.IssueInvitation
        | tender.ExtendDeadline
        | tender.CloseResponsesByHand
        | responses.RecordClarification
        | responses.AnswerClarification
        | responses.RecordResponse
        | corrections.CorrectBid
        | corrections.CorrectAnswer
        | corrections.CorrectSummaries
        | corrections.DeclareBidderConflict
        | corrections.WithdrawConflict
        | corrections.ConfirmNoConflict
        | evaluation.DeclareInterests
        | evaluation.RecordScore
        | evaluation.CorrectScore
        | evaluation.ModerateScores
        | set_asides.SetBidAside
        | set_asides.ReadmitBid
        | evaluation.FindNoCompliantBid
        | awards.PublishTransparencyNotice
        | awards.RecommendAward
        | awards.ApproveAward
        | awards.RefuseAward
        | awards.SendSummaries
        | awards.PublishAwardNotice
        | standstill.RecordChallenge
        | standstill.ResolveChallenge
        | standstill.RevokeAward
        | conclusion.ConcludeContract
        | conclusion.FulfilInHouse
        | takeover_confirmation.ConfirmTakeover
        | participants.AppointEvaluator
        | participants.RemoveEvaluator
        | participants.ReassignLead
        | participants.ReplaceRequester
        | procurement.TerminateProcurement
        | procurement.WithdrawRfp
        | holds.StartHold
        | holds.EndHold
        | holds.CorrectHold
        | holds.ExtendTarget,
        Field(discriminator="decision"),
    ],
)
