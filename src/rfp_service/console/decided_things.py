"""What has pages of its own: how it is called, where it is read, which decisions there are, what they ask."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from projects.api import projects
from rfp_service.catalogue.api import versions as catalogue
from rfp_service.console import administration_facts, case_facts, scheme_words
from rfp_service.console.forms.decisions import DecisionForm, forms_of
from rfp_service.console.visits import Visit
from rfp_service.console.words import day, words
from rfp_service.contracts.api import contracts, rounds
from rfp_service.rfps.api import rfps
from shared.governance.accounts import api as accounts
from shared.governance.delegations import api as delegations
from shared.governance.people import api as people
from shared.governance.scheme import api as scheme
from shared.kernel.errors import NotFound
from shared.kernel.messages import Command

RFPS_LIMIT = 100

Seen = Mapping[str, Any]
Facts = list[tuple[str, str]]
Options = Mapping[str, Sequence[tuple[str, str]]]
Found = Callable[[Visit, Seen, DecisionForm], Awaitable[Options]]


def _no_facts(_: Seen) -> Facts:
    return []


def _none_waits(_: Seen) -> Sequence[str]:
    return ()


def _no_options(_: Seen) -> Options:
    return {}


def _nothing(_: str, __: Seen) -> Seen:
    return {}


async def _nothing_found(_: Visit, __: Seen, ___: DecisionForm) -> Options:
    return {}


@dataclass(frozen=True)
class DecidedThing:
    """A kind of thing that is decided on."""

    at: str  # which part of the pages it belongs to
    path: str  # in the addresses of pages, and of the API
    noun: str
    decisions: tuple[type[Command[Any]], ...]
    title: Callable[[Seen], str]
    over: Callable[[Seen], str]
    facts: Callable[[Seen], Facts] = _no_facts
    options: Callable[[Seen], Options] = _no_options
    found: Found = _nothing_found  # what can be meant, where that must be asked for
    stands: Callable[[str, Seen], Seen] = _nothing  # what a decision's form opens with
    decide_at: str = ""  # where its decisions go, where that is not below it
    fixed: str = ""  # the field that says there which one it is
    has_history: bool = True
    is_only: bool = False  # there is one of its kind, which addresses need not name
    waits: Callable[[Seen], Sequence[str]] = _none_waits  # for a second person, and what it does then

    @cached_property
    def forms(self) -> Mapping[str, DecisionForm]:
        """Return the forms of its decisions."""
        forms = forms_of(self.decisions)
        return {
            name: replace(form, fields=tuple(each for each in form.fields if each.name != self.fixed))
            for name, form in forms.items()
        }

    def form_of(self, decision: str) -> DecisionForm:
        """Return a decision's form, if there is such a decision."""
        if decision not in self.forms:
            raise NotFound
        return self.forms[decision]

    def api(self, thing_id: str) -> str:
        """Return where the API shows one."""
        return f"/v1/{self.path}" if self.is_only else f"/v1/{self.path}/{thing_id}"

    def decisions_at(self, thing_id: str) -> str:
        """Return where the API takes decisions on one."""
        return self.decide_at or f"{self.api(thing_id)}/decisions"

    def page(self, thing_id: str) -> str:
        """Return the address of its page."""
        return f"/console/{self.path}" if self.is_only else f"/console/{self.path}/{thing_id}"


def _rfp_options(rfp: Seen) -> Options:
    """Return what can be meant by the references that an RFP's decisions ask for."""
    bids = [(each["reference"], each["reference"]) for each in rfp["bids_received"]]
    asked = [(str(each["number"]), f"{each['number']}: {each['question']}") for each in rfp["clarifications"]]
    criteria = [(each["name"], f"{each['name']} ({each['weight']} %)") for each in rfp["criteria"]]
    return {"bid": bids, "criterion": criteria, "number": asked}


async def _found_for_rfp(visit: Visit, rfp: Seen, form: DecisionForm) -> Options:
    """Return what the catalogue had for an RFP, where one of it is asked for."""
    if not rfp["catalogue_check_id"] or all(each.name != "item_id" for each in form.fields):
        return {}
    check = await visit.get(f"/v1/catalogue-checks/{rfp['catalogue_check_id']}")
    items = [await visit.get(f"/v1/catalogue-items/{item}") for item in check["shown"]]
    return {"item_id": [(item["id"], item["name"]) for item in items]}


async def _found_for_contract(visit: Visit, contract: Seen, form: DecisionForm) -> Options:
    """Return the documents of a contract, or the RFPs that might take its place."""
    asked = {each.name for each in form.fields}
    found: dict[str, Sequence[tuple[str, str]]] = {}
    if "document" in asked:
        seen = await visit.maybe("/v1/documents", case_id=contract["id"]) or {"items": []}
        found["document"] = [(each["id"], each["title"]) for each in seen["items"]]
    if "rfp_id" in asked:
        seen = await visit.get("/v1/rfps", limit=RFPS_LIMIT)
        found["rfp_id"] = [(each["id"], f"{each['reference']}: {each['title']}") for each in seen["items"]]
    return found


def _contract_options(contract: Seen) -> Options:
    flags = [(each["code"], words(each["code"])) for each in contract["all_flags"]]
    duties = [
        (str(each["number"]), f"{words(each['notice'])}, due {day(each['due_on'])}")
        for each in contract["duties"]
    ]
    return {"code": flags, "number": duties}


def _project_options(project: Seen) -> Options:
    steps = [(str(n), step["what"]) for n, step in enumerate(project["steps"], 1)]
    return {"step": steps, "name": [(each["name"], each["name"]) for each in project["milestones"]]}


def _round_options(seen: Seen) -> Options:
    return {"contract": [(each["contract"], each["reference"]) for each in seen["lines"]]}


def _itself(_: str, seen: Seen) -> Seen:
    return seen


async def _found_for_account(_: Visit, account: Seen, form: DecisionForm) -> Options:
    return administration_facts.key_options(account, form.decision)


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
            _rfp_options,
            _found_for_rfp,
            _itself,
        ),
        DecidedThing(
            "contracts",
            "contracts",
            "contract",
            contracts.DECISIONS,
            lambda contract: str(contract["title"]),
            lambda contract: f"{contract['reference']} · {contract['service_area']}",
            case_facts.contract_facts,
            _contract_options,
            _found_for_contract,
            _itself,
        ),
        DecidedThing(
            "contracts",
            "renewal-rounds",
            "round",
            rounds.DECISIONS,
            lambda seen: f"Contracts of {seen['month']}",
            lambda seen: f"Round of {seen['month']}",
            options=_round_options,
        ),
        DecidedThing(
            "projects",
            "projects",
            "project",
            projects.DECISIONS,
            lambda project: str(project["title"]),
            lambda project: f"{project['reference']} · {project['service_area']}",
            case_facts.project_facts,
            _project_options,
            stands=_itself,
        ),
        DecidedThing(
            "manage",
            "catalogue-items",
            "item",
            catalogue.DECISIONS,
            lambda item: str(item["name"]),
            lambda item: str(item["category"]),
            administration_facts.item_facts,
            stands=_itself,
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
            found=_found_for_account,
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
        ),
    )
}


def thing_of(path: str) -> DecidedThing:
    """Return a kind of thing by its address."""
    if path not in THINGS:
        raise NotFound
    return THINGS[path]
