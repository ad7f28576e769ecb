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
LEGAL = Role.LEGAL

# What limits a role beside its name. Service areas are checked for every action named here; the others
# are rules of their rooms, which answer 409 with the facts.
CONDITIONS = {
    (REQUESTER, Condition.OWN_AREA): (
        "RaiseRfp",
        "AmendRfp",
        "CheckCatalogue",
        "DivertDemand",
        "ReportDiversionFailed",
        "DeclineMatch",
        "ConfirmNoMatch",
        "SubmitRfp",
        "RequestApproval",
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
        "WithdrawRfp",
        "StartHold",
        "EndHold",
    ),
    (APPROVER, Condition.NAMED_TIER): ("Approve", "Refuse", "ReturnForRework"),
    (PROCUREMENT, Condition.INDEPENDENT): (
        "AcceptRfp",
        "ReturnForRework",
        "RejectRfp",
        "SelectRoute",
    ),
}
PROGRAMME = Role.PROGRAMME_OFFICER

PERMISSIONS = Permissions(
    {
        # RFPs
        "RaiseRfp": (REQUESTER,),
        "AmendRfp": (REQUESTER,),
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
        "read-rfps": EVERYBODY,
        "read-flow": EVERYBODY,
        # the catalogue
        "AddCatalogueItem": (PROCUREMENT,),
        "RetireCatalogueItem": (PROCUREMENT,),
        "SearchCatalogue": (REQUESTER, PROCUREMENT),
        "read-catalogue": EVERYBODY,
        # the scheme
        "AdoptScheme": (ADMINISTRATOR,),
        "read-scheme": EVERYBODY,
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
        "read-personal": (ADMINISTRATOR, LEGAL, AUDITOR, SCRUTINY),
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
