"""What pages say of delegations, catalogue items, people and service accounts, and what waits of them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rfp_service.console.words import day, moment, name_of, text_of, words
from shared.kernel.calendar import day_in_london
from shared.kernel.wording import counted, in_sentence, pounds

Said = Mapping[str, Any]
FactsSaid = list[tuple[str, str]]


def delegation_title(given: Said) -> str:
    """Return who stands in for whom."""
    return f"{name_of(given['delegate'])} for {name_of(given['delegator'])}"


def delegation_facts(given: Said) -> FactsSaid:
    """Return up to how much a delegation is, from when until when, and why."""
    return [
        ("Up to", f"{pounds(given['limit_pence'])} without VAT"),
        ("From", day(given["first_day"])),
        ("Until", day(given["last_day"])),
        ("Stands", delegation_stands(given)),
        ("Reason", text_of(given["reason"])),
    ]


def delegation_stands(given: Said) -> str:
    """Return how a delegation stands today."""
    today = day_in_london(datetime.now(UTC)).isoformat()
    if given["ended"]:
        return "Taken back"
    if given["last_day"] < today:
        return "Over"
    if given["waiting"]:
        return "Waits for a second person"
    return "Given, and not yet begun" if given["first_day"] > today else "Given"


def delegation_waits(given: Said) -> list[str]:
    """Return what a proposed delegation does once it is confirmed, and who can't confirm it."""
    if not given["waiting"] or given["ended"]:
        return []
    delegate, delegator = name_of(given["delegate"]), name_of(given["delegator"])
    said = (
        f"Once a second person confirms it, {delegate} may decide in place of {delegator}, "
        f"up to {pounds(given['limit_pence'])} without VAT, from {day(given['first_day'])} until "
        f"{day(given['last_day'])}. Until then it counts for nothing. "
        f"Neither {name_of(given['proposed_by'])}, who proposed it, nor {delegate} can confirm it."
    )
    return [said]


def item_facts(item: Said) -> FactsSaid:
    """Return what a catalogue item costs, how soon and from whom it is available, and who must approve it."""
    above = item["approval_above_pence"]
    return [
        ("Price", f"{pounds(item['price_pence'])} without VAT"),
        ("Comes within", counted(item["lead_time_days"], "day")),
        ("For", ", ".join(item["service_areas"]) or "Every service"),
        ("Available from", day(item["available_from"]) if item["available_from"] else "The day it was added"),
        ("Available until", day(item["available_until"]) if item["available_until"] else "Further notice"),
        ("Approval", f"Orders above {pounds(above)}" if above is not None else "None is needed"),
    ]


def person_title(person: Said) -> str:
    """Return what somebody is called; their id where no name is known, or it was erased."""
    return str(person["name"] or person["id"])


def person_facts(person: Said) -> FactsSaid:
    """Return what the directory knows of somebody."""
    found = [("Id", str(person["id"])), ("Known since", day(person["first_seen"]))]
    if person["email"]:
        found.append(("Address", str(person["email"])))
    if others := [each for each in person["ids"] if each != person["id"]]:
        found.append(("Other ids", ", ".join(others)))
    if person["same_as"]:
        found.append(("Belongs to", name_of(person["same_as"])))
    if person["absent_from"]:
        until = person["absent_until"]
        found.append(("Away from", day(person["absent_from"]) + (f" until {day(until)}" if until else "")))
    if person["erased_at"]:
        found.append(("Erased", day(person["erased_at"])))
    return found


def person_waits(person: Said) -> list[str]:
    """Return what a proposed link does once it is confirmed."""
    if not person["proposed_as"]:
        return []
    said = (
        f"Once a second person confirms it, the accounts {person['id']} and {person['proposed_as']} are one "
        "person's: what either did counts as done by both, also where two people must decide. "
        "Whoever proposed it can't confirm it, nor whoever's accounts they are."
    )
    return [said]


def may_words(account: Said) -> str:
    """Return what the scopes of an account let a program do."""
    return " and ".join(in_sentence(words(scope)) for scope in account["scopes"].split())


def account_facts(account: Said) -> FactsSaid:
    """Return what a program may do, who answers for it, and how its keys stand."""
    keys = [(f"Key {each['key_name']}", _key_stands(each)) for each in account["key_list"]]
    return [
        ("Stands", words(account["status"])),
        ("Answered for by", name_of(account["owner"])),
        ("May", may_words(account)),
        *keys,
    ]


def _key_stands(key: Said) -> str:
    last = f", last used {moment(key['last_used_at'])}" if key["last_used_at"] else ", never used"
    if key["revoked"]:
        return f"Revoked{last}"
    if key["proposed_by"]:
        return f"Waits for a second person, made by {name_of(key['proposed_by'])}"
    return f"{'Opens the account' if key['live'] else 'Ran out'}, until {moment(key['expires_at'])}{last}"


def account_waits(account: Said) -> list[str]:
    """Return what a proposed account, or its proposed keys, do once they are confirmed."""
    owner, found = name_of(account["owner"]), []
    if account["status"] == "proposed":
        found.append(
            f"Once a second person confirms it, this program may have keys, and {may_words(account)}. "
            "Until then it may do nothing. "
            f"Neither whoever proposed it nor {owner}, who answers for it, can confirm it."
        )
    if account["status"] != "closed":
        found += [_key_waits(key, owner) for key in account["key_list"] if _is_waiting(key)]
    return found


def _is_waiting(key: Said) -> bool:
    return bool(key["proposed_by"]) and not key["revoked"]


def _key_waits(key: Said, owner: str) -> str:
    return (
        f"Once a second person confirms it, the key {key['key_name']} opens this account until "
        f"{moment(key['expires_at'])}. Neither {name_of(key['proposed_by'])}, who made it, "
        f"nor {owner}, who answers for the account, can confirm it."
    )


def key_options(account: Said, decision: str) -> dict[str, list[tuple[str, str]]]:
    """Return which keys a decision can mean, where it means one that is there."""
    usable = [each for each in account["key_list"] if not each["revoked"]]
    waiting = [each for each in usable if _is_waiting(each)]
    meant = {"confirm-key": ("key_name", waiting), "revoke-key": ("key_name", usable)}
    meant["rotate-key"] = ("replaces", [each for each in usable if each["live"]])
    if decision not in meant:
        return {}
    name, keys = meant[decision]
    return {
        name: [(each["key_name"], f"{each['key_name']}: {in_sentence(_key_stands(each))}") for each in keys]
    }
