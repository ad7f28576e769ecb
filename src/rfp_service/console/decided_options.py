"""What can be meant by what decisions ask for: bids, criteria, days, documents, keys, deliveries."""

from collections.abc import Sequence

from rfp_service.console import administration_facts, notification_facts
from rfp_service.console.decided_thing import Options, Seen
from rfp_service.console.forms.decisions import DecisionForm
from rfp_service.console.visits import Visit
from rfp_service.console.words import day, words

RFPS_LIMIT = 100


def rfp_options(rfp: Seen) -> Options:
    """Return what can be meant by the references that an RFP's decisions ask for."""
    bids = [(each["reference"], each["reference"]) for each in rfp["bids_received"]]
    asked = [(str(each["number"]), f"{each['number']}: {each['question']}") for each in rfp["clarifications"]]
    criteria = [(each["name"], f"{each['name']} ({each['weight']}%)") for each in rfp["criteria"]]
    return {"bid": bids, "criterion": criteria, "number": asked}


async def found_for_rfp(visit: Visit, rfp: Seen, form: DecisionForm) -> Options:
    """Return what the catalogue had for an RFP, where one of it is asked for."""
    if not rfp["catalogue_check_id"] or all(each.name != "item_id" for each in form.fields):
        return {}
    check = await visit.get(f"/v1/catalogue-checks/{rfp['catalogue_check_id']}")
    items = [await visit.get(f"/v1/catalogue-items/{item}") for item in check["shown"]]
    return {"item_id": [(item["id"], item["name"]) for item in items]}


async def found_for_contract(visit: Visit, contract: Seen, form: DecisionForm) -> Options:
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


def contract_options(contract: Seen) -> Options:
    """Return which flags and which duties of a contract can be meant."""
    flags = [(each["code"], words(each["code"])) for each in contract["all_flags"]]
    duties = [
        (str(each["number"]), f"{words(each['notice'])}, due {day(each['due_on'])}")
        for each in contract["duties"]
    ]
    return {"code": flags, "number": duties}


def project_options(project: Seen) -> Options:
    """Return which steps and which milestones of a project can be meant."""
    steps = [(str(n), step["what"]) for n, step in enumerate(project["steps"], 1)]
    return {"step": steps, "name": [(each["name"], each["name"]) for each in project["milestones"]]}


def round_options(seen: Seen) -> Options:
    """Return which contracts of a round can be meant."""
    return {"contract": [(each["contract"], each["reference"]) for each in seen["lines"]]}


def itself(_: str, seen: Seen) -> Seen:
    """Return a thing as it is: what changes it opens with that."""
    return seen


def contract_itself(_: str, contract: Seen) -> Seen:
    """Return a contract as its own decisions say it: its supplier by name and number."""
    supplier = {"name": contract["supplier"], "number": contract["supplier_number"] or None}
    return {**contract, "supplier": supplier}


async def found_for_account(_: Visit, account: Seen, form: DecisionForm) -> Options:
    """Return which keys of an account can be meant."""
    return administration_facts.key_options(account, form.decision)


async def found_for_endpoint(visit: Visit, endpoint: Seen, form: DecisionForm) -> Options:
    """Return what was to be sent to an endpoint, where one of it is asked for."""
    if form.decision != "resend":
        return {}
    return await notification_facts.deliveries_to(visit, endpoint)
