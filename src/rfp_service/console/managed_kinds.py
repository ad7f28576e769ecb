"""Every kind of thing that is looked after: its list, who may read it, what adding one does."""

from collections.abc import Mapping, Sequence

from outcomes.commands.engagement import OpenConsultation
from outcomes.commands.milestones import ScheduleMilestone
from outcomes.commands.programme import AddOutcome
from outcomes.commands.promised_data import PromiseData
from rfp_service.catalogue.commands.items import AddCatalogueItem
from rfp_service.catalogue.commands.orders import RaiseOrder
from rfp_service.console import adding_forms, outcome_forms
from rfp_service.console.administration_facts import may_words
from rfp_service.console.decided_thing import Seen
from rfp_service.console.disclosure_facts import matter_page
from rfp_service.console.links import PAGES
from rfp_service.console.managed_kind import ManagedKind
from rfp_service.console.sessions import SignedIn
from shared.governance.accounts.commands import OpenServiceAccount
from shared.governance.delegations.commands import GiveDelegation
from shared.governance.disclosure.commands import DeclareExempt
from shared.governance.notifications.registration import EndpointRegistration
from shared.governance.people.commands import InvitePerson


def _from_item(who: SignedIn, item: Seen) -> list[tuple[str, str]]:
    new = f"{PAGES}manage/catalogue-orders/new?item_id={item['id']}"
    return [(new, "Order it")] if who.may("RaiseOrder") else []


def _from_order(_: SignedIn, order: Seen) -> list[tuple[str, str]]:
    found = [(f"{PAGES}catalogue-items/{order['item_id']}", "The item as the catalogue has it")]
    if order["rfp_id"]:
        found.append((f"{PAGES}rfps/{order['rfp_id']}", "The RFP that it is for"))
    return found


def _from_endpoint(who: SignedIn, endpoint: Seen) -> list[tuple[str, str]]:
    sent = f"{PAGES}deliveries?target={endpoint['id']}"
    return [(sent, "What was sent there, and what came back")] if who.may("read-deliveries") else []


def _from_exemption(_: SignedIn, exemption: Seen) -> list[tuple[str, str]]:
    there = matter_page(exemption)
    return [(there, f"Open {exemption['matter']}")] if there else []


def _from_data(_: SignedIn, data: Seen) -> list[tuple[str, str]]:
    return [(f"{PAGES}milestones/{each['id']}", f"Milestone: {each['title']}") for each in data["waiting"]]


def _item_under(item: Seen) -> str:
    return str(item["category"])


def _scopes(account: Seen) -> str:
    return f"May {may_words(account)}"


def _host(endpoint: Seen) -> str:
    return str(endpoint["host"] or "An address that is a secret")


MANAGED: Mapping[str, ManagedKind] = {
    each.path: each
    for each in (
        ManagedKind(
            "delegations",
            "Delegations",
            "delegation",
            "Who for whom",
            "Who may decide in whose place, up to how much, from when until when.",
            "read-scheme",
            adding=GiveDelegation,
            add="Give a delegation",
            then="Your own counts from its first day on. One that an administrator proposes for somebody "
            "else counts for nothing until a second person, who is not the delegate, confirms it.",
        ),
        ManagedKind(
            "catalogue-items",
            "Catalogue",
            "catalogue item",
            "Item",
            "What services can have without an RFP, at what price and how soon.",
            "read-catalogue",
            _item_under,
            AddCatalogueItem,
            "Add a catalogue item",
            "It can be ordered from its first day on, and is shown to whoever raises an RFP for the like. "
            "Nobody else has to confirm it.",
            leads=_from_item,
        ),
        ManagedKind(
            "catalogue-orders",
            "Orders",
            "order",
            "What",
            "What services have ordered from the catalogue, and how far each order has come.",
            "read-catalogue",
            lambda order: f"{order['service_area']} · {order['cost_centre']}",
            RaiseOrder,
            "Order from the catalogue",
            "It goes to procurement, who send it on. Where it is worth more than the item's limit, "
            "an approver of its tier must approve it first.",
            asking=adding_forms.an_order,
            leads=_from_order,
        ),
        ManagedKind(
            "people",
            "People",
            "account",
            "Who",
            "Whoever has signed in or was named, and which accounts are one person's.",
            "read-people",
            lambda person: (
                (person["id"] if person["name"] else "") + (" · erased" if person["erased_at"] else "")
            ),
            InvitePerson,
            "Invite a person",
            "They can be named in decisions at once: as a lead, an evaluator, a delegate. They are told "
            "nothing, and may do nothing, before they sign in; their roles come from the council's sign-in.",
            adds_at="directory/decisions",
            asking=adding_forms.an_invitation,
        ),
        ManagedKind(
            "service-accounts",
            "Service accounts",
            "service account",
            "Program",
            "Programs that may ask this service, who answers for each, and their keys.",
            "read-service-accounts",
            _scopes,
            OpenServiceAccount,
            "Open a service account",
            "It may do nothing until a second person, who does not answer for it, confirms it; "
            "after that, each of its keys waits for a second person as well.",
        ),
        ManagedKind(
            "webhook-endpoints",
            "Endpoints",
            "endpoint",
            "Endpoint",
            "Programs that are told what happens: where each listens, of what it is told, and how it does.",
            "read-webhook-endpoints",
            _host,
            EndpointRegistration,
            "Register an endpoint",
            "It is sent a signed challenge at once, and nothing else before it has answered. Nothing is sent "
            "to an address that the allow-list does not name. Its secret is shown once, on the next page.",
            "RegisterEndpoint",
            asking=adding_forms.an_endpoint,
            leads=_from_endpoint,
        ),
        ManagedKind(
            "exemptions",
            "Exemptions",
            "exemption",
            "What",
            "What is kept from those without the right to it, by which paragraph, and when that is reviewed.",
            "read-exemptions",
            lambda exemption: str(exemption["matter"]),
            DeclareExempt,
            "Declare something exempt",
            "From then on it is kept from everybody without the right to what is exempt, in pages, lists, "
            "files and proofs. That it is exempt, by whom and why stays in sight, also of the public.",
            asking=adding_forms.an_exemption,
            leads=_from_exemption,
        ),
        ManagedKind(
            "pipeline-notices",
            "Pipeline notices",
            "pipeline notice",
            "Year",
            "What the council means to procure, published once a year where the law asks for it.",
            "read-contracts",
            lambda year: str(year["section"]),
        ),
        ManagedKind(
            "outcomes",
            "Outcomes",
            "outcome",
            "Outcome",
            "What must be true at the end of a programme, and how far that has come.",
            "read-outcomes",
            adding=AddOutcome,
            add="Add an outcome",
            then="It stands on the board and in the committee's paper from now on, with the milestones and "
            "the figures that show it.",
            asking=outcome_forms.an_outcome,
            has_own_pages=True,
        ),
        ManagedKind(
            "milestones",
            "Milestones",
            "milestone",
            "Milestone",
            "The steps to each outcome, when each is due, and what shows that it is met.",
            "read-outcomes",
            adding=ScheduleMilestone,
            add="Schedule a milestone",
            then="Its first day is a promise: however often it is moved, the committee's paper says "
            "what was promised first.",
            asking=outcome_forms.a_milestone,
            has_own_pages=True,
        ),
        ManagedKind(
            "promised-data",
            "Promised data",
            "promise",
            "What",
            "What others promised to hand over, how late it is, and what waits for it.",
            "read-outcomes",
            lambda data: str(data["promised_by"]),
            PromiseData,
            "Note promised data",
            "Its lateness counts from the day promised first, however often it is promised again, "
            "and it stands in the committee's paper.",
            asking=adding_forms.of_a_programme,
            leads=_from_data,
            of_programme=True,
        ),
        ManagedKind(
            "consultations",
            "Consultations",
            "consultation",
            "About",
            "What people were asked about, how many gave which answer, and what followed.",
            "read-outcomes",
            lambda consultation: f"{consultation['asked']:,} asked" if consultation["asked"] else "",
            OpenConsultation,
            "Open a consultation",
            "Its answers are counted here; nobody's own answer is ever kept.",
            asking=adding_forms.of_a_programme,
            of_programme=True,
        ),
    )
}
ADMINISTERED: Sequence[ManagedKind] = tuple(each for each in MANAGED.values() if each.at == "manage")


def kinds_for(who: SignedIn) -> list[ManagedKind]:
    """Return what somebody may read of what the service is run by."""
    return [each for each in ADMINISTERED if who.may(each.reading)]
