"""The permission table: which role may ever do what. What depends on the case is a rule of its room.

It is published as deploy/permissions.md (`make openapi`), in words.
"""

from shared.access.permissions import Condition, Permissions
from shared.access.roles import Role

EVERYBODY = tuple(Role)
REQUESTER = Role.REQUESTER
PROCUREMENT = Role.PROCUREMENT_OFFICER
APPROVER = Role.APPROVER
ADMINISTRATOR = Role.ADMINISTRATOR
SCRUTINY = Role.SCRUTINY_MEMBER
AUDITOR = Role.AUDITOR
EVALUATOR = Role.EVALUATOR
LEGAL = Role.LEGAL

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
        "PublishForwardPlanNotice",
        "ReplaceRequester",
        "WithdrawRfp",
        "StartHold",
        "EndHold",
        "read-rfps",
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
    ),
    (APPROVER, Condition.NAMED_TIER): (
        "Approve",
        "Refuse",
        "ReturnForRework",
        "TakeKeyDecision",
        "RefuseKeyDecision",
        "ApproveAward",
        "RefuseAward",
        "GiveDelegation",
    ),
    (APPROVER, Condition.INDEPENDENT): ("GrantWaiver", "RefuseWaiver"),
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
        "ModerateScores",
        "FindNoCompliantBid",
        "PublishTransparencyNotice",
        "RecommendAward",
        "SendSummaries",
        "PublishAwardNotice",
        "FulfilInHouse",
        "TerminateProcurement",
    ),
}
PROGRAMME = Role.PROGRAMME_OFFICER

PERMISSIONS = Permissions(
    {
        # RFPs
        "RaiseRfp": (REQUESTER,),
        "CopyRfp": (REQUESTER,),
        "AmendRfp": (REQUESTER, PROCUREMENT),
        "CheckCatalogue": (REQUESTER,),
        "DivertDemand": (REQUESTER,),
        "ReportDiversionFailed": (REQUESTER,),
        "DeclineMatch": (REQUESTER,),
        "ConfirmNoMatch": (REQUESTER,),
        "SubmitRfp": (REQUESTER,),
        "AcceptRfp": (PROCUREMENT,),
        "ReturnForRework": (PROCUREMENT, APPROVER),
        "RejectRfp": (PROCUREMENT,),
        "SelectRoute": (PROCUREMENT,),
        "RequestApproval": (REQUESTER,),
        "Approve": (APPROVER,),
        "Refuse": (APPROVER,),
        "WithdrawRfp": (REQUESTER,),
        "StartHold": (PROCUREMENT, APPROVER, REQUESTER),
        "EndHold": (PROCUREMENT, APPROVER, REQUESTER),
        # waivers, key decisions, call-in
        "RequestWaiver": (REQUESTER,),
        "GrantWaiver": (APPROVER,),
        "RefuseWaiver": (APPROVER,),
        "PublishForwardPlanNotice": (PROCUREMENT, REQUESTER),
        "UseGeneralException": (PROCUREMENT,),
        "AgreeSpecialUrgency": (SCRUTINY,),
        "TakeKeyDecision": (APPROVER,),
        "RefuseKeyDecision": (APPROVER,),
        "PublishDecision": (PROCUREMENT,),
        "CallIn": (SCRUTINY,),
        "UpholdCallIn": (SCRUTINY,),
        "ReleaseCallIn": (SCRUTINY,),
        "ReferToCouncil": (SCRUTINY,),
        # tendering
        "FixCriteria": (PROCUREMENT,),
        "PublishTenderNotice": (PROCUREMENT,),
        "IssueInvitation": (PROCUREMENT,),
        "ExtendDeadline": (PROCUREMENT,),
        "CloseResponsesByHand": (PROCUREMENT,),
        "RecordClarification": (PROCUREMENT,),
        "AnswerClarification": (PROCUREMENT,),
        "RecordResponse": (PROCUREMENT,),
        "DeclareInterests": (EVALUATOR,),
        "RecordScore": (EVALUATOR,),
        "CorrectScore": (EVALUATOR,),
        "ModerateScores": (PROCUREMENT,),
        "FindNoCompliantBid": (PROCUREMENT,),
        # awards and contracts
        "PublishTransparencyNotice": (PROCUREMENT,),
        "RecommendAward": (PROCUREMENT,),
        "ApproveAward": (APPROVER,),
        "RefuseAward": (APPROVER,),
        "SendSummaries": (PROCUREMENT,),
        "PublishAwardNotice": (PROCUREMENT,),
        "RecordChallenge": (LEGAL, PROCUREMENT),
        "ResolveChallenge": (LEGAL,),
        "RevokeAward": (PROCUREMENT, LEGAL),
        "ConcludeContract": (LEGAL,),
        "FulfilInHouse": (PROCUREMENT, LEGAL),
        "TerminateProcurement": (PROCUREMENT, LEGAL),
        # who has which part
        "AppointEvaluator": (PROCUREMENT,),
        "RemoveEvaluator": (PROCUREMENT,),
        "ReassignLead": (PROCUREMENT, ADMINISTRATOR),
        "ReplaceRequester": (REQUESTER, PROCUREMENT, ADMINISTRATOR),
        "read-rfps": EVERYBODY,
        "read-approvals": (APPROVER,),
        "read-flow": EVERYBODY,
        # the catalogue
        "AddCatalogueItem": (PROCUREMENT,),
        "ReviseCatalogueItem": (PROCUREMENT,),
        "RetireCatalogueItem": (PROCUREMENT,),
        "SearchCatalogue": (REQUESTER, PROCUREMENT),
        "read-catalogue": EVERYBODY,
        # the scheme
        "AdoptScheme": (ADMINISTRATOR,),
        "GiveDelegation": (APPROVER, ADMINISTRATOR),
        "EndDelegation": (APPROVER, ADMINISTRATOR),
        "read-scheme": EVERYBODY,
        # leavers
        "HandWorkOver": (ADMINISTRATOR,),
        "read-hand-overs": (ADMINISTRATOR, PROCUREMENT, SCRUTINY, AUDITOR),
        # notices
        "read-notices": (APPROVER, PROCUREMENT, REQUESTER, ADMINISTRATOR),
        # historic logs
        "StartImport": (PROCUREMENT, Role.PROGRAMME_OFFICER, ADMINISTRATOR),
        "WithdrawImport": (PROCUREMENT, Role.PROGRAMME_OFFICER, ADMINISTRATOR),
        "read-imports": EVERYBODY,
        # what is exempt
        "DeclareExempt": (LEGAL, PROCUREMENT),
        "ReviewExemption": (LEGAL,),
        "ReleaseExemption": (LEGAL,),
        "read-exemptions": EVERYBODY,
        "read-exempt": (LEGAL, PROCUREMENT, APPROVER, Role.FINANCE, AUDITOR),
        # people
        "LinkPersons": (ADMINISTRATOR,),
        "UnlinkPerson": (ADMINISTRATOR,),
        "ErasePerson": (ADMINISTRATOR,),
        "read-people": EVERYBODY,
        # approvers weigh conflicts of interest, and procurement those of evaluators
        "read-personal": (ADMINISTRATOR, LEGAL, AUDITOR, SCRUTINY, APPROVER, PROCUREMENT),
        # programs that ask by themselves
        "OpenServiceAccount": (ADMINISTRATOR,),
        "IssueApiKey": (ADMINISTRATOR,),
        "RotateApiKey": (ADMINISTRATOR,),
        "RevokeApiKey": (ADMINISTRATOR,),
        "CloseServiceAccount": (ADMINISTRATOR,),
        "read-service-accounts": (ADMINISTRATOR, AUDITOR, SCRUTINY),
        # how long records are kept whole
        "ScheduleRetention": (ADMINISTRATOR,),
        "DisposeOfRecord": (ADMINISTRATOR,),
        "read-retention": (ADMINISTRATOR, LEGAL, AUDITOR, SCRUTINY),
        # projects in flight
        "IdentifyProject": (PROGRAMME,),
        "RegisterProject": (PROGRAMME,),
        "SaveRegisterMapping": (PROGRAMME,),
        "StateCapacity": (PROGRAMME,),
        "AmendProject": (PROGRAMME,),
        "CategoriseProject": (PROGRAMME,),
        "PrioritiseProject": (PROGRAMME,),
        "DecideHandling": (PROGRAMME,),
        "MarkBatchUndone": (PROGRAMME,),
        "StartDelivery": (PROGRAMME,),
        "ConfirmReadiness": (PROGRAMME,),
        "TransferProject": (PROGRAMME,),
        "CloseProject": (PROGRAMME,),
        "PauseProject": (PROGRAMME,),
        "ResumeProject": (PROGRAMME,),
        "CancelProject": (PROGRAMME,),
        "ReviseForecast": (PROGRAMME,),
        "RateConfidence": (PROGRAMME,),
        "FlagProject": (PROGRAMME,),
        "LiftFlag": (PROGRAMME,),
        "AgreeActionPlan": (PROGRAMME,),
        "FinishActionStep": (PROGRAMME,),
        "SetMilestone": (PROGRAMME,),
        "MoveMilestone": (PROGRAMME,),
        "ReachMilestone": (PROGRAMME,),
        "RecordDependency": (PROGRAMME,),
        "EndDependency": (PROGRAMME,),
        "read-projects": EVERYBODY,
        "read-jobs": EVERYBODY,
        # the record
        "read-audit": (SCRUTINY, AUDITOR, ADMINISTRATOR),
    },
    CONDITIONS,
)
