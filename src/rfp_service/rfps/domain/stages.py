"""Where an RFP can be, whom it can wait on there, and which stages belong together."""

from enum import StrEnum


class Stage(StrEnum):
    """Where an RFP is."""

    ABSENT = "absent"
    DRAFT = "draft"
    CATALOGUE_CHECK = "catalogue_check"
    DIVERTED = "diverted"
    SUBMITTED = "submitted"
    TRIAGE = "triage"
    BUSINESS_CASE = "business_case"
    WAIVER = "waiver"
    APPROVAL = "approval"
    KEY_DECISION = "key_decision"
    CALL_IN = "call_in"
    CALLED_IN = "called_in"
    READY_TO_ISSUE = "ready_to_issue"
    OPEN = "open"
    EVALUATION = "evaluation"
    AWARD_APPROVAL = "award_approval"
    AWARD_NOTICE = "award_notice"
    STANDSTILL = "standstill"
    CHALLENGED = "challenged"
    CONTRACTING = "contracting"
    CONTRACTED = "contracted"
    FULFILLED = "fulfilled"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNSUCCESSFUL = "unsuccessful"
    TERMINATED = "terminated"


class Party(StrEnum):
    """Whom an RFP waits on."""

    NOBODY = "nobody"
    REQUESTER = "requester"
    PROCUREMENT = "procurement"
    APPROVER = "approver"
    MEMBER = "member"
    EVALUATORS = "evaluators"
    FINANCE = "finance"
    LEGAL = "legal"
    MARKET = "market"
    STATUTORY_CLOCK = "statutory_clock"
    SCRUTINY = "scrutiny"
    OUTGOING_SUPPLIER = "outgoing_supplier"
    ADVISORY_BODY = "advisory_body"


# Whoever decides for a tier: officers, or the members of the council on an elected post.
DECIDING = frozenset({Party.APPROVER, Party.MEMBER})

# How a notice names whom it tells, where that is no tier.
PARTY, PERSON = "party:", "person:"

WAITS_ON = {
    Stage.DRAFT: Party.REQUESTER,
    Stage.CATALOGUE_CHECK: Party.REQUESTER,
    Stage.DIVERTED: Party.NOBODY,
    Stage.SUBMITTED: Party.PROCUREMENT,
    Stage.TRIAGE: Party.PROCUREMENT,
    Stage.BUSINESS_CASE: Party.REQUESTER,
    Stage.WAIVER: Party.APPROVER,
    Stage.APPROVAL: Party.APPROVER,
    Stage.KEY_DECISION: Party.PROCUREMENT,  # until a notice is published
    Stage.CALL_IN: Party.PROCUREMENT,  # until the decision is published
    Stage.CALLED_IN: Party.SCRUTINY,
    Stage.READY_TO_ISSUE: Party.PROCUREMENT,
    Stage.OPEN: Party.MARKET,
    Stage.EVALUATION: Party.EVALUATORS,
    Stage.AWARD_APPROVAL: Party.APPROVER,
    Stage.AWARD_NOTICE: Party.PROCUREMENT,
    Stage.STANDSTILL: Party.STATUTORY_CLOCK,
    Stage.CHALLENGED: Party.LEGAL,
    Stage.CONTRACTING: Party.LEGAL,
    Stage.CONTRACTED: Party.NOBODY,
    Stage.FULFILLED: Party.NOBODY,
    Stage.REJECTED: Party.NOBODY,
    Stage.WITHDRAWN: Party.NOBODY,
    Stage.UNSUCCESSFUL: Party.NOBODY,
    Stage.TERMINATED: Party.NOBODY,
}

ENDS = frozenset(stage for stage, party in WAITS_ON.items() if party is Party.NOBODY)
LIVE = tuple(stage for stage in WAITS_ON if stage not in ENDS)

# Where the decision that is waited for is a key decision, or may be looked at by scrutiny.
ABOUT_A_DECISION = (Stage.KEY_DECISION, Stage.CALL_IN, Stage.CALLED_IN)
# From a business case on, a notice of a key decision may be running.
NOTICE_MAY_RUN = (
    Stage.BUSINESS_CASE,
    Stage.WAIVER,
    Stage.APPROVAL,
    Stage.KEY_DECISION,
    Stage.READY_TO_ISSUE,
    Stage.OPEN,
    Stage.EVALUATION,
    Stage.AWARD_APPROVAL,
)
# Where a decision may have been taken elsewhere that has an RFP taken over in flight go on.
AWARDED_ELSEWHERE = (
    Stage.CALL_IN,
    Stage.CALLED_IN,
    Stage.AWARD_NOTICE,
    Stage.STANDSTILL,
    Stage.CHALLENGED,
    Stage.CONTRACTING,
)
# Value, scope and route are frozen here, unless the approval is given up.
UNDER_APPROVAL = (Stage.WAIVER, Stage.APPROVAL, *ABOUT_A_DECISION, Stage.READY_TO_ISSUE)
# Until here a requester may stop asking; from the others on, a procurement is terminated.
BEFORE_OPEN = (
    Stage.DRAFT,
    Stage.CATALOGUE_CHECK,
    Stage.SUBMITTED,
    Stage.TRIAGE,
    Stage.BUSINESS_CASE,
    *UNDER_APPROVAL,
)
AFTER_OPEN = (
    *ABOUT_A_DECISION,
    Stage.OPEN,
    Stage.EVALUATION,
    Stage.AWARD_APPROVAL,
    Stage.AWARD_NOTICE,
    Stage.STANDSTILL,
    Stage.CHALLENGED,
    Stage.CONTRACTING,
)
