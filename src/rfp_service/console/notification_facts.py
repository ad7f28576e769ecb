"""What pages say of endpoints and what is sent there: their state, what they are told, how they do."""

from collections.abc import Mapping
from typing import Any

from rfp_service.console.administration_facts import FactsSaid, Said
from rfp_service.console.visits import Visit
from rfp_service.console.words import event_words, moment, name_of, words

DELIVERIES_LIMIT = 50
ENDPOINT_STANDS = {
    "unverified": "Has not answered its challenge",
    "active": "In use",
    "paused": "Paused",
    "disabled": "Disabled",
    "deleted": "Deleted",
}
LEADS = {
    "unverified": "It has been sent a challenge. Nothing else is sent there until it has answered with it.",
    "active": "It has answered its challenge, and is told what happens.",
    "paused": "Nothing is sent there. What would have been is held, and can be sent again by its period.",
    "disabled": "Nothing is sent there any more. Mend what is wrong, then resume it; or delete it.",
    "deleted": "It is gone, with its secrets. What was sent there stays in the log.",
}
TARGETS = {"webhook": "A program that checks our signature", "teams-workflow": "A workflow of Teams"}
FAULTS = {  # why nothing came back, as whoever sends calls it
    "ConnectError": "It could not be reached.",
    "ConnectTimeout": "It could not be reached in time.",
    "ReadTimeout": "It did not answer in time.",
    "WriteTimeout": "It did not take it in time.",
    "PoolTimeout": "Too much was on its way at once.",
    "ReadError": "It broke off while it answered.",
    "RemoteProtocolError": "It broke off, or answered in no way that is known.",
    "SecretNotThere": "The secret that signs what it is told is not there.",
    "NoMailAddress": "No address is known for this person.",
    "NotAMailAddress": "What is known as this person's address is none.",
}


def came_back(attempt: Said) -> str:
    """Return what came back of an attempt to tell something, or why nothing did."""
    if fault := attempt["fault"]:
        return FAULTS.get(fault) or event_words(fault)
    said = attempt["answer"] or ("Taken" if attempt["outcome"] == "delivered" else "")
    return f"{attempt['status_code'] or ''} {said}".strip()


def told_type(kind: str) -> str:
    """Return what is told, such as `approval.due-soon`, in words."""
    return "Case waits unusually long" if kind == "case.slow" else words(kind.replace(".", " "))


def endpoint_lead(endpoint: Said) -> str:
    """Return whether an endpoint is told anything, and what would change that."""
    return LEADS[endpoint["status"]]


def endpoint_facts(endpoint: Said) -> FactsSaid:
    """Return where an endpoint listens, what it is told of, and how many secrets sign for it."""
    signs = endpoint["signing_secrets"]
    found = [
        ("Stands", ENDPOINT_STANDS[endpoint["status"]]),
        ("Is", TARGETS.get(endpoint["target"], words(endpoint["target"]))),
        ("Listens at", endpoint["url"] or "An address that is a secret: it is never shown again"),
        ("Answered for by", name_of(endpoint["owner"])),
        ("Told of", ", ".join(told_type(each) for each in endpoint["types"]) or "Everything"),
        ("What these are told", ", ".join(map(name_of, endpoint["people"]))),
        ("What these tiers are told", ", ".join(endpoint["teams"])),
        ("Cases of", ", ".join(endpoint["areas"]) or "Every service"),
        ("In order", "Yes: nothing before what came before it" if endpoint["in_order"] else "No"),
    ]
    if endpoint["target"] == "webhook":
        found.append(("Signed with", "1 secret" if signs == 1 else f"{signs} secrets"))
    return [fact for fact in found if fact[1]] + health_facts(endpoint["health"])


def health_facts(health: Mapping[str, Any]) -> FactsSaid:
    """Return how much an endpoint took, what waits for it, and since when it takes nothing."""
    counts = ((health[name], name) for name in ("delivered", "pending", "held", "failed"))
    found = [("Sent there", ", ".join(f"{n:,} {name}" for n, name in counts if n) or "Nothing yet")]
    if health["last_delivered_at"]:
        found.append(("Last taken", moment(health["last_delivered_at"])))
    if health["failing_since"]:
        tries = (
            f"{health['failures_in_a_row']} failure{'' if health['failures_in_a_row'] == 1 else 's'} in a row"
        )
        found.append(("Failing since", f"{moment(health['failing_since'])}, {tries}"))
    if health["rests_until"]:
        found.append(("Rests until", moment(health["rests_until"])))
    return found


async def name_targets(visit: Visit, deliveries: list[dict[str, Any]]) -> None:
    """Say with each delivery to whom or what it goes."""
    seen = await visit.get("/v1/webhook-endpoints", limit=DELIVERIES_LIMIT)
    names = {each["id"]: each["name"] for each in seen["items"]}
    for each in deliveries:
        each["to"] = names.get(each["target"]) or name_of(each["target"].rpartition(":")[2])


async def deliveries_to(visit: Visit, endpoint: Said) -> dict[str, list[tuple[str, str]]]:
    """Return what was to be sent to an endpoint, newest first."""
    seen = await visit.get("/v1/deliveries", target=endpoint["id"], limit=DELIVERIES_LIMIT)
    said = [
        (str(each["id"]), f"{told_type(each['type'])}, {moment(each['happened_at'])}: {each['status']}")
        for each in seen["items"]
    ]
    return {"delivery_id": said}
