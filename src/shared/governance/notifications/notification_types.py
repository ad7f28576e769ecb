"""The types of what is told: published names, for ever, each with what it says."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class NotificationType(StrEnum):
    """What a notification is about."""

    APPROVAL_REQUESTED = "approval.requested"
    APPROVAL_DUE_SOON = "approval.due-soon"
    APPROVAL_OVERDUE = "approval.overdue"
    APPROVAL_ESCALATED = "approval.escalated"
    APPROVAL_DECIDED = "approval.decided"
    APPROVAL_SUPERSEDED = "approval.superseded"
    REQUEST_ENDED = "request.ended"
    TURN_BEGAN = "turn.began"
    TURN_ENDED = "turn.ended"
    CASE_SLOW = "case.slow"
    ROUND_OPENED = "round.opened"
    CONTRACT_DATE_NEAR = "contract.date-near"
    CONTRACT_DATE_MISSED = "contract.date-missed"
    CONTRACT_NOTICE_DUE = "contract.notice-due"
    CONTRACT_NOTICE_MISSED = "contract.notice-missed"
    PIPELINE_NOTICE_DUE = "pipeline.notice-due"
    PIPELINE_NOTICE_MISSED = "pipeline.notice-missed"
    PLAN_DUE_SOON = "plan.due-soon"
    PLAN_OVERDUE = "plan.overdue"
    MILESTONE_DUE_SOON = "milestone.due-soon"
    MILESTONE_OVERDUE = "milestone.overdue"
    JOB_ENDED = "job.ended"
    ENDPOINT_CHALLENGE = "endpoint.challenge"
    ENDPOINT_PING = "endpoint.ping"
    ENDPOINT_FAILING = "endpoint.failing"
    ENDPOINT_DISABLED = "endpoint.disabled"


MEANINGS = {
    NotificationType.APPROVAL_REQUESTED: "A tier's turn to approve, or to take a key decision, has begun.",
    NotificationType.APPROVAL_DUE_SOON: "A tier's answer is due within a working day.",
    NotificationType.APPROVAL_OVERDUE: "A tier's answer was due, and is not there.",
    NotificationType.APPROVAL_ESCALATED: "Nobody answered in time: a stand-in, or the next tier, is told.",
    NotificationType.APPROVAL_DECIDED: "A tier has answered: whoever was told of its turn is done.",
    NotificationType.APPROVAL_SUPERSEDED: "The request has changed: what was asked no longer waits.",
    NotificationType.REQUEST_ENDED: "What somebody asked for has come to its end.",
    NotificationType.TURN_BEGAN: "Something waits for a party other than an approver, from now on.",
    NotificationType.TURN_ENDED: "Something that waited for somebody no longer does.",
    NotificationType.CASE_SLOW: "A case has been in its stage for longer than 85% of those before it.",
    NotificationType.ROUND_OPENED: "A round of contract reviews has been opened.",
    NotificationType.CONTRACT_DATE_NEAR: "A contract's last safe date comes near: it has to be looked at.",
    NotificationType.CONTRACT_DATE_MISSED: "A contract's last safe date has passed, and nobody had decided.",
    NotificationType.CONTRACT_NOTICE_DUE: "The law wants a notice about a contract published.",
    NotificationType.CONTRACT_NOTICE_MISSED: "A notice about a contract was due, and is not published.",
    NotificationType.PIPELINE_NOTICE_DUE: "The law wants the year's pipeline notice published.",
    NotificationType.PIPELINE_NOTICE_MISSED: "The year's pipeline notice was due, and is not published.",
    NotificationType.PLAN_DUE_SOON: "A step of an action plan, or the plan itself, is due within a week.",
    NotificationType.PLAN_OVERDUE: "A step of an action plan, or the plan itself, was due, and is not done.",
    NotificationType.MILESTONE_DUE_SOON: "A milestone is due within a week.",
    NotificationType.MILESTONE_OVERDUE: "A milestone was due, and nothing shows that it is met.",
    NotificationType.JOB_ENDED: "A bulk job has come to its end: its result says what became of each item.",
    NotificationType.ENDPOINT_CHALLENGE: "An endpoint must answer with the challenge that this holds.",
    NotificationType.ENDPOINT_PING: "Somebody asks whether an endpoint listens.",
    NotificationType.ENDPOINT_FAILING: "An endpoint has failed for half the time after which it is disabled.",
    NotificationType.ENDPOINT_DISABLED: "An endpoint is no longer sent to.",
}

# What it is called to whoever it is told to.
SUBJECTS = {
    NotificationType.APPROVAL_REQUESTED: "Your approval is asked for",
    NotificationType.APPROVAL_DUE_SOON: "Your answer is due soon",
    NotificationType.APPROVAL_OVERDUE: "Your answer is overdue",
    NotificationType.APPROVAL_ESCALATED: "Nobody has answered: please do",
    NotificationType.APPROVAL_DECIDED: "Done: somebody else has decided",
    NotificationType.APPROVAL_SUPERSEDED: "Done: the request has changed",
    NotificationType.REQUEST_ENDED: "Your request has come to its end",
    NotificationType.TURN_BEGAN: "It is your turn",
    NotificationType.TURN_ENDED: "Done: it no longer waits for you",
    NotificationType.CASE_SLOW: "It has waited for unusually long",
    NotificationType.ROUND_OPENED: "A round of contract reviews is open",
    NotificationType.CONTRACT_DATE_NEAR: "Your contract has to be looked at",
    NotificationType.CONTRACT_DATE_MISSED: "Your contract's last safe date has passed",
    NotificationType.CONTRACT_NOTICE_DUE: "A notice about your contract is due",
    NotificationType.CONTRACT_NOTICE_MISSED: "A notice about your contract is overdue",
    NotificationType.PIPELINE_NOTICE_DUE: "The year's pipeline notice is due",
    NotificationType.PIPELINE_NOTICE_MISSED: "The year's pipeline notice is overdue",
    NotificationType.PLAN_DUE_SOON: "Your action plan is due soon",
    NotificationType.PLAN_OVERDUE: "Your action plan is overdue",
    NotificationType.MILESTONE_DUE_SOON: "Your milestone is due soon",
    NotificationType.MILESTONE_OVERDUE: "Your milestone is overdue",
    NotificationType.JOB_ENDED: "Your bulk job has ended",
    NotificationType.ENDPOINT_CHALLENGE: "You are told here from now on",
    NotificationType.ENDPOINT_PING: "Somebody asks whether this is read",
    NotificationType.ENDPOINT_FAILING: "Your endpoint takes nothing",
    NotificationType.ENDPOINT_DISABLED: "Your endpoint is disabled",
}

# What a turn that the inbox shows is called, and means, to whoever it waits for: by what is waited for.
WAITS = {
    "scheme": (
        "A scheme waits for you to confirm it",
        "An approval scheme was proposed: a second person has to confirm it.",
    ),
    "service-account": (
        "A service account waits for you to confirm it",
        "A service account was proposed: a second person has to confirm it.",
    ),
    "api-key": (
        "A key waits for you to confirm it",
        "A key of a service account was proposed: a second person has to confirm it.",
    ),
    "person-link": (
        "A link of accounts waits for you to confirm it",
        "Two accounts were proposed to be one person's: a second person has to confirm it.",
    ),
    "delegation": (
        "A delegation waits for you to confirm it",
        "A delegation was proposed: a second person has to confirm it.",
    ),
    "exemption-review": (
        "An exemption has to be reviewed",
        "Its day of review has come: keep it exempt until another, or release it.",
    ),
    "saving": (
        "A saving waits for you to confirm it",
        "A saving was claimed: somebody else has to confirm it.",
    ),
    "flag": (
        "Something in your contract's entry has to be answered",
        "The register flags a hole or an oddity in it: put it right, or say why it is right.",
    ),
    "renewal": (
        "What becomes of your contract is approved",
        "What was recommended for a contract has been approved: carry it out.",
    ),
    "advice": (
        "Your body's advice is asked for",
        "An advisory body that you are a member of was asked for its advice on an RFP.",
    ),
    "clarification": (
        "A bidder's question waits for your answer",
        "A bidder has asked: every bidder is to have the answer before bids are asked for.",
    ),
    "evidence": (
        "Evidence waits for you to accept it",
        "Evidence of a milestone was handed in: accept it, or give it back.",
    ),
    "promised-data": (
        "Promised data have not come",
        "The day has passed for which data were promised: say that they have come, or chase them.",
    ),
    "consultation": (
        "A consultation has ended",
        "Its last day is over: count the answers, and close it with a conclusion.",
    ),
    "forecast": (
        "Your project's forecast has passed",
        "The day on which it was to be over has passed: say what it is now, or that it is done.",
    ),
}


def words_of(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return what an event is called to whoever it is told to, and what it means."""
    kind = NotificationType(event["type"])
    if kind is NotificationType.TURN_BEGAN and (known := WAITS.get(event["data"].get("wait", ""))):
        return known
    return SUBJECTS[kind], MEANINGS[kind]


# What is told to one endpoint alone, whatever its filters say.
TO_ONE_ENDPOINT = frozenset({NotificationType.ENDPOINT_CHALLENGE, NotificationType.ENDPOINT_PING})
# What a caller may filter by.
FILTERED = tuple(sorted(kind.value for kind in NotificationType if kind not in TO_ONE_ENDPOINT))
