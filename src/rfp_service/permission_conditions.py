"""What limits a role beside its name, for the actions of the permission table."""

from shared.kernel.roles import Role
from shared.web.access.permissions import Condition

EVERYBODY = tuple(Role)
REQUESTER = Role.REQUESTER
PROCUREMENT = Role.PROCUREMENT_OFFICER
APPROVER = Role.APPROVER
ADMINISTRATOR = Role.ADMINISTRATOR
SCRUTINY = Role.SCRUTINY_MEMBER
AUDITOR = Role.AUDITOR
EVALUATOR = Role.EVALUATOR
FINANCE = Role.FINANCE
LEGAL = Role.LEGAL
PROGRAMME = Role.PROGRAMME_OFFICER
OUTCOME_OWNER = Role.OUTCOME_OWNER
CONTRACTS = Role.CONTRACT_MANAGER

NAMES_PEOPLE = (
    REQUESTER,
    PROCUREMENT,
    APPROVER,
    LEGAL,
    PROGRAMME,
    CONTRACTS,
    OUTCOME_OWNER,
    ADMINISTRATOR,
    SCRUTINY,
    AUDITOR,
)

# What limits a role beside its name. Service areas are checked for every action named here; the others
# are rules of their rooms, which answer 409 with the facts.
CONDITIONS = {
    (REQUESTER, Condition.OWN_AREA): (
        "RaiseRfp",
        "CopyRfp",
        "AmendRfp",
        "CheckCatalogue",
        "DivertDemand",
        "ReportDiversionFailed",
        "DeclineMatch",
        "ConfirmNoMatch",
        "SubmitRfp",
        "RequestApproval",
        "RequestWaiver",
        "RequestAdvice",
        "GiveAdvice",
        "DeclareKeyDecision",
        "PublishForwardPlanNotice",
        "ReplaceRequester",
        "WithdrawRfp",
        "StartHold",
        "EndHold",
        "CorrectHold",
        "DeclareBidderConflict",
        "WithdrawConflict",
        "read-rfps",
        "read-open-contracting",
        "read-catalogue-checks",
        "read-exemptions",
    ),
    (REQUESTER, Condition.OWN): (
        "AmendRfp",
        "CheckCatalogue",
        "DivertDemand",
        "ReportDiversionFailed",
        "DeclineMatch",
        "ConfirmNoMatch",
        "SubmitRfp",
        "RequestApproval",
        "RequestWaiver",
        "ReplaceRequester",
        "WithdrawRfp",
        "StartHold",
        "EndHold",
        "CorrectHold",
    ),
    (APPROVER, Condition.NAMED_TIER): (
        "Approve",
        "Refuse",
        "ReturnForRework",
        "TakeKeyDecision",
        "RefuseKeyDecision",
        "ApproveAward",
        "RefuseAward",
        "ApproveRenewal",
        "RefuseRenewal",
        "ApproveOrder",
        "RefuseOrder",
        "AppointEvaluator",
        "RemoveEvaluator",
        "ModerateScores",
        "SetBidAside",
        "ReadmitBid",
        "GiveDelegation",
        "ExtendTarget",
        "GrantWaiver",
        "RefuseWaiver",
    ),
    (SCRUTINY, Condition.INDEPENDENT): (
        "AgreeSpecialUrgency",
        "CallIn",
        "UpholdCallIn",
        "ReleaseCallIn",
        "ReferToCouncil",
    ),
    (PROCUREMENT, Condition.INDEPENDENT): (
        "AcceptRfp",
        "ReturnForRework",
        "RejectRfp",
        "SelectRoute",
        "FixCriteria",
        "PublishTenderNotice",
        "IssueInvitation",
        "ExtendDeadline",
        "CloseResponsesByHand",
        "RecordClarification",
        "AnswerClarification",
        "RecordResponse",
        "CorrectBid",
        "CorrectAnswer",
        "CorrectSummaries",
        "SetBidAside",
        "ReadmitBid",
        "FindNoCompliantBid",
        "PublishTransparencyNotice",
        "RecommendAward",
        "SendSummaries",
        "PublishAwardNotice",
        "FulfilInHouse",
        "TerminateProcurement",
        "AppointEvaluator",
        "RemoveEvaluator",
        "ReassignLead",
        "UseGeneralException",
        "PublishDecision",
        "RecordChallenge",
        "RevokeAward",
    ),
    (LEGAL, Condition.INDEPENDENT): (
        "RecordChallenge",
        "ResolveChallenge",
        "RevokeAward",
        "ConcludeContract",
        "FulfilInHouse",
        "TerminateProcurement",
    ),
    (ADMINISTRATOR, Condition.INDEPENDENT): ("ReassignLead",),
}
