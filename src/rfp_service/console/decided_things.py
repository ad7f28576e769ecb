"""What has pages of its own: how it is called, where it is read, which decisions there are, what they ask."""

from collections.abc import Mapping

from outcomes.api import engagement, milestones, programmes, promised_data
from projects.api import projects
from rfp_service.catalogue.api import orders
from rfp_service.catalogue.api import versions as catalogue
from rfp_service.console import (
    administration_facts,
    case_facts,
    decided_options,
    disclosure_facts,
    notification_facts,
    order_facts,
    outcome_facts,
    outcome_forms,
    programme_facts,
    scheme_words,
)
from rfp_service.console.decided_thing import DecidedThing
from rfp_service.console.words import month_name
from rfp_service.contracts.api import contracts, pipeline, rounds
from rfp_service.rfps.api import rfps
from shared.governance.accounts import api as accounts
from shared.governance.delegations import api as delegations
from shared.governance.disclosure import api as exemptions
from shared.governance.notifications import api as endpoints
from shared.governance.notifications.notification_types import FILTERED
from shared.governance.people import api as people
from shared.governance.scheme import api as scheme
from shared.kernel.errors import NotFound

THINGS: Mapping[str, DecidedThing] = {
    thing.path: thing
    for thing in (
        DecidedThing(
            "rfps",
            "rfps",
            "RFP",
            rfps.DECISIONS,
            lambda rfp: str(rfp["title"]),
            lambda rfp: f"{rfp['reference']} · {rfp['service_area']}",
            case_facts.rfp_facts,
            decided_options.rfp_options,
            decided_options.found_for_rfp,
            decided_options.itself,
        ),
        DecidedThing(
            "contracts",
            "contracts",
            "contract",
            contracts.DECISIONS,
            lambda contract: str(contract["title"]),
            lambda contract: f"{contract['reference']} · {contract['service_area']}",
            case_facts.contract_facts,
            decided_options.contract_options,
            decided_options.found_for_contract,
            decided_options.contract_itself,
        ),
        DecidedThing(
            "contracts",
            "renewal-rounds",
            "round",
            rounds.DECISIONS,
            lambda seen: f"Contracts of {month_name(seen['month'])}",
            lambda seen: f"Round of {month_name(seen['month'])}",
            options=decided_options.round_options,
        ),
        DecidedThing(
            "projects",
            "projects",
            "project",
            projects.DECISIONS,
            lambda project: str(project["title"]),
            lambda project: f"{project['reference']} · {project['service_area']}",
            case_facts.project_facts,
            decided_options.project_options,
            stands=decided_options.itself,
        ),
        DecidedThing(
            "manage",
            "catalogue-items",
            "item",
            catalogue.DECISIONS,
            lambda item: str(item["name"]),
            lambda item: str(item["category"]),
            administration_facts.item_facts,
            stands=decided_options.itself,
            has_history=False,
        ),
        DecidedThing(
            "manage",
            "delegations",
            "delegation",
            delegations.DECISIONS,
            administration_facts.delegation_title,
            lambda _: "Delegation",
            administration_facts.delegation_facts,
            has_history=False,
            waits=administration_facts.delegation_waits,
        ),
        DecidedThing(
            "manage",
            "people",
            "person",
            people.DECISIONS,
            administration_facts.person_title,
            lambda _: "Person",
            administration_facts.person_facts,
            decide_at="/v1/directory/decisions",
            fixed="person",
            has_history=False,
            waits=administration_facts.person_waits,
        ),
        DecidedThing(
            "manage",
            "service-accounts",
            "service account",
            accounts.DECISIONS,
            lambda account: str(account["name"]),
            lambda _: "Service account",
            administration_facts.account_facts,
            found=decided_options.found_for_account,
            has_history=False,
            waits=administration_facts.account_waits,
        ),
        DecidedThing(
            "manage",
            "scheme",
            "scheme",
            scheme.DECISIONS,
            lambda _: "the scheme",
            lambda _: "Scheme",
            scheme_words.proposals_facts,
            scheme_words.proposals_meant,
            stands=scheme_words.stands_for_another,
            has_history=False,
            is_only=True,
            waits=scheme_words.proposals_wait,
            differs=scheme_words.proposed_changes,
        ),
        DecidedThing(
            "manage",
            "catalogue-orders",
            "order",
            orders.DECISIONS,
            order_facts.order_title,
            lambda order: f"Order · {order['service_area']}",
            order_facts.order_facts,
            lead=order_facts.order_lead,
            complete=order_facts.name_what_was_ordered,
        ),
        DecidedThing(
            "manage",
            "webhook-endpoints",
            "endpoint",
            endpoints.DECISIONS,
            lambda endpoint: str(endpoint["name"]),
            lambda _: "Endpoint",
            notification_facts.endpoint_facts,
            found=decided_options.found_for_endpoint,
            stands=decided_options.itself,
            has_history=False,
            lead=notification_facts.endpoint_lead,
            choices={"types": FILTERED},
        ),
        DecidedThing(
            "manage",
            "exemptions",
            "exemption",
            exemptions.DECISIONS,
            disclosure_facts.exemption_title,
            lambda exemption: f"Exemption · {exemption['matter']}",
            disclosure_facts.exemption_facts,
            has_history=False,
            lead=disclosure_facts.exemption_lead,
            complete=disclosure_facts.name_matters,
        ),
        DecidedThing(
            "contracts",
            "pipeline-notices",
            "notice",
            pipeline.DECISIONS,
            programme_facts.pipeline_title,
            lambda _: "Pipeline notice",
            programme_facts.pipeline_facts,
            lead=programme_facts.pipeline_lead,
        ),
        DecidedThing(
            "outcomes",
            "outcomes",
            "outcome",
            programmes.DECISIONS,
            lambda outcome: str(outcome["statement"]),
            lambda outcome: f"Outcome {outcome['number']}",
            outcome_facts.outcome_facts,
            found=outcome_forms.found_for_outcome,
            stands=decided_options.itself,
            lead=outcome_facts.outcome_lead,
            asks=outcome_forms.asks_of_outcome,
        ),
        DecidedThing(
            "outcomes",
            "milestones",
            "milestone",
            milestones.DECISIONS,
            lambda milestone: str(milestone["title"]),
            lambda _: "Milestone",
            outcome_facts.milestone_facts,
            found=outcome_forms.found_for_milestone,
            stands=decided_options.itself,
            lead=outcome_facts.milestone_lead,
            asks=outcome_forms.asks_of_milestone,
            sends=outcome_forms.evidence_sent,
        ),
        DecidedThing(
            "outcomes",
            "promised-data",
            "promise",
            promised_data.DECISIONS,
            lambda data: str(data["what"]),
            lambda data: f"Promised data · {data['promised_by']}",
            programme_facts.data_facts,
            lead=programme_facts.data_lead,
        ),
        DecidedThing(
            "outcomes",
            "consultations",
            "consultation",
            engagement.DECISIONS,
            lambda consultation: str(consultation["about"]),
            lambda _: "Consultation",
            programme_facts.consultation_facts,
            stands=decided_options.itself,
            lead=programme_facts.consultation_lead,
        ),
    )
}


def thing_of(path: str) -> DecidedThing:
    """Return a kind of thing by its address."""
    if path not in THINGS:
        raise NotFound
    return THINGS[path]
