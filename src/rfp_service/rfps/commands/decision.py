"""The union of all that may be decided on an RFP, told apart by `decision`."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from rfp_service.rfps.commands import (
    amending,
    approving,
    asking,
    awarding,
    calling_in,
    contracting,
    evaluating,
    handling,
    issuing,
    key_decisions,
    setting_aside,
    standstill,
    taking_part,
    tendering,
    waiving,
)

# An alias with a name: FastAPI would take a bare union apart, and read it before the strict reader.
Decision = TypeAliasType(
    "Decision",
    Annotated[
        amending.AmendRfp
        | asking.CheckCatalogue
        | asking.DivertDemand
        | asking.ReportDiversionFailed
        | asking.DeclineMatch
        | asking.ConfirmNoMatch
        | asking.SubmitRfp
        | handling.AcceptRfp
        | handling.ReturnForRework
        | handling.RejectRfp
        | handling.SelectRoute
        | approving.RequestApproval
        | approving.Approve
        | approving.Refuse
        | waiving.RequestWaiver
        | waiving.GrantWaiver
        | waiving.RefuseWaiver
        | key_decisions.PublishForwardPlanNotice
        | key_decisions.UseGeneralException
        | key_decisions.AgreeSpecialUrgency
        | key_decisions.TakeKeyDecision
        | key_decisions.RefuseKeyDecision
        | key_decisions.PublishDecision
        | calling_in.CallIn
        | calling_in.UpholdCallIn
        | calling_in.ReleaseCallIn
        | calling_in.ReferToCouncil
        | issuing.FixCriteria
        | issuing.PublishTenderNotice
        | issuing.IssueInvitation
        | issuing.ExtendDeadline
        | issuing.CloseResponsesByHand
        | tendering.RecordClarification
        | tendering.AnswerClarification
        | tendering.RecordResponse
        | evaluating.DeclareInterests
        | evaluating.RecordScore
        | evaluating.CorrectScore
        | evaluating.ModerateScores
        | setting_aside.SetBidAside
        | setting_aside.ReadmitBid
        | evaluating.FindNoCompliantBid
        | awarding.PublishTransparencyNotice
        | awarding.RecommendAward
        | awarding.ApproveAward
        | awarding.RefuseAward
        | awarding.SendSummaries
        | awarding.PublishAwardNotice
        | standstill.RecordChallenge
        | standstill.ResolveChallenge
        | standstill.RevokeAward
        | contracting.ConcludeContract
        | contracting.FulfilInHouse
        | taking_part.AppointEvaluator
        | taking_part.RemoveEvaluator
        | taking_part.ReassignLead
        | taking_part.ReplaceRequester
        | handling.TerminateProcurement
        | handling.WithdrawRfp
        | handling.StartHold
        | handling.EndHold,
        Field(discriminator="decision"),
    ],
)
