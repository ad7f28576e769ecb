"""The roles people and programs act in."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the programme."""

    REQUESTER = "requester"
    PROCUREMENT_OFFICER = "procurement_officer"
    APPROVER = "approver"
    EVALUATOR = "evaluator"
    FINANCE = "finance"
    LEGAL = "legal"
    PROGRAMME_OFFICER = "programme_officer"
    CONTRACT_MANAGER = "contract_manager"
    OUTCOME_OWNER = "outcome_owner"
    SCRUTINY_MEMBER = "scrutiny_member"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE_ACCOUNT = "service_account"
