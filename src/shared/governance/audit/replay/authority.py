"""By which rule somebody could take a decision, in sentences: role, limits, tier, delegation, second person.

They are made of what the record holds of the decision, as its reader may see it, and of the permission
table. They name nobody: the reader may be shown a name, an id, or that somebody was erased.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from shared.governance.audit.replay.states import words
from shared.kernel.calendar import day_in_london
from shared.kernel.four_eyes import FACT, Eyes
from shared.kernel.roles import Role
from shared.kernel.system_actors import AUTHORITY_OF, CLOCK, IMPORTER, INDEXER, SENDER
from shared.kernel.wording import long_day, pounds
from shared.web.access.permissions import Condition, Permissions

Said = Mapping[str, Any]
BY_ITSELF = {  # what each part of the service decides by
    CLOCK: "a day or an hour had come, and the rule says what follows.",
    SENDER: "it follows from what came back when something was told.",
    INDEXER: "the service indexes the record by itself.",
    IMPORTER: "whatever took the log in had stopped.",
}
BY_NOBODY = {
    **{AUTHORITY_OF[actor]: f"Nobody had to decide this: {why}" for actor, why in BY_ITSELF.items()},
    "operator": "Whoever operates the service did this at its command line, where no role is asked for.",
}
LIMITS = {
    Condition.OWN_AREA: "for their own service areas",
    Condition.OWN: "on what they raised themselves",
    Condition.NAMED_TIER: "where the scheme names them for the tier that decides, never on what is theirs",
    Condition.INDEPENDENT: "but never on what they raised or lead themselves",
}


def authority_in_words(line: Said, rule: str, permissions: Permissions) -> str:
    """Return what allowed a decision, as it was explained; `rule` names its row in the permission table."""
    if (said := BY_NOBODY.get(line["authority"])) is not None:
        return said
    return " ".join([*_by_role(line, rule, permissions), *_by_scheme(line), *_by_a_second(line)])


def _by_role(line: Said, rule: str, permissions: Permissions) -> Iterator[str]:
    """Yield who may ever decide this, and what limits them."""
    held, allowed = line["authority"], permissions.table.get(rule, ())
    if held not in allowed:
        return
    if set(allowed) == set(Role):
        yield "Everybody who has signed in may decide this."
        return
    limits = " and ".join(LIMITS[limit] for limit in permissions.conditions_of(Role(held), rule))
    yield f"{_somebody(held)} may take this decision{', ' if limits else ''}{limits}."


def _somebody(role: str) -> str:
    """Return whoever holds a role, as a sentence begins; some are called by their department."""
    name = words(role)
    if role in (Role.LEGAL, Role.FINANCE):
        return name
    return f"{'An' if name[0] in 'AEIO' else 'A'} {name.lower()}"


def _by_scheme(line: Said) -> Iterator[str]:
    """Yield which tiers a value needs, on which one somebody stood, and what was delegated to them."""
    said, known = line["said"], line["known"]
    tiers = {tier["name"]: tier for tier in _whole(known.get("tiers"))}
    if isinstance(asked := said.get("tiers"), list) and asked:
        value = _measured(said.get("value_pence"), asked[-1], tiers)
        yield f"By the scheme, {value} needs the approval of: {', then '.join(asked)}."
    if line["acting_for"]:
        yield _delegated(line)
    elif line["authority"] == Role.APPROVER:
        named = [said["tier"]] if said.get("tier") in tiers else known.get("own_tiers", ())
        yield from (f"They stood on the tier {_tier(tiers[name])}." for name in named if name in tiers)


def _measured(pence: object, asked: object, tiers: Mapping[str, Said]) -> str:
    """Return what the scheme went by: of a waiver below its estimate, that larger amount, not said here."""
    if not isinstance(pence, int):
        return "this value"
    needed = next((name for name, tier in tiers.items() if pence <= tier["up_to_pence"]), asked)
    return f"{pounds(pence)} without VAT" if needed == asked else "what the case as a whole is worth"


def _tier(tier: Said) -> str:
    post = ", an elected post" if tier.get("elected_post") else ""
    return f"{tier['name']}{post}, which decides on up to {pounds(tier['up_to_pence'])}"


def _delegated(line: Said) -> str:
    """Return what whoever was stood in for had delegated: the most of what counted on that day."""
    known, day = line["known"], str(day_in_london(line["happened_at"]))
    ids = next((ids for ids in known.get("same", ()) if line["by"] in ids), [line["by"]])
    live = [
        given
        for given in _whole(_facts(known).get("delegations"))
        if given["delegate"] in ids and given["first_day"] <= day <= given["last_day"]
    ]
    if not live:
        return "They stood in for somebody else."
    widest = max(live, key=lambda given: int(given["limit_pence"]))
    tiers, most = " and ".join(widest["tiers"]), pounds(widest["limit_pence"])
    first, last = (long_day(date.fromisoformat(widest[name])) for name in ("first_day", "last_day"))
    return (
        f"They stood in for somebody on the tier {tiers}, who had delegated decisions on up to {most} to"
        f" them, from {first} to {last}."
    )


def _by_a_second(line: Said) -> Iterator[str]:
    """Yield whether it took a second person."""
    fact, decision = _facts(line["known"]).get(FACT), line["decision"]
    if line["said"].get("unconfirmed"):
        yield "No second person confirmed it, for there was a single administrator."
    elif fact == Eyes.FOUR and decision.endswith("Proposed"):
        yield "It counts for nothing until a second person, who gains nothing by it, confirms it."
    elif fact == Eyes.FOUR and decision.endswith("Confirmed"):
        yield "Whoever confirms it must be another person than proposed it, and gain nothing by it."


def _facts(known: Said) -> Said:
    facts = known.get("facts")
    return facts if isinstance(facts, Mapping) else {}


def _whole(found: object) -> Sequence[Said]:
    """Return what is there whole: of what is withheld there is only a mark."""
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
