"""What a scheme says in plain words: its values one by one, and how one scheme differs from another."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from rfp_service.console.words import day, name_of, said_value, words
from shared.governance.scheme.domain import SchemeValues
from shared.kernel.wording import in_sentence

Seen = Mapping[str, Any]
NAMED_BY = ("name", "stage", "code", "regime", "kind", "notice")  # what tells parts of a list apart
ONE_OF = {"tiers": "Tier", "stage_targets": "Target for", "advisory_bodies": "Advisory body"}
OWN = {"effective_from", "tiers"}  # what every scheme must say for itself
USUAL = SchemeValues.model_construct(effective_from=date.max, tiers=[]).model_dump(mode="json", exclude=OWN)
NOT_SAID, NONE = "Not set", "None"
SAYS_NOTHING = frozenset({NOT_SAID, NONE})  # a list's parts each have a name: empty, it has its own


def said_one_by_one(values: Seen | None) -> dict[str, str]:
    """Return all that a scheme says, each part by a name of its own."""
    return dict(_flat("", values or {}))


def scheme_changes(before: Seen | None, after: Seen) -> list[tuple[str, str, str]]:
    """Return what a scheme says otherwise than another: its name, what stood, what takes its place."""
    was, becomes = said_one_by_one(before), said_one_by_one(after)
    names = [*becomes, *(name for name in was if name not in becomes)]
    both = [(name, was.get(name, NOT_SAID), becomes.get(name, NOT_SAID)) for name in names]
    return [each for each in both if each[1] != each[2] and not SAYS_NOTHING.issuperset(each[1:])]


def proposed_changes(scheme: Seen, body: Seen) -> list[tuple[str, str, str]]:
    """Return what a proposal that is being written changes; nothing of other decisions."""
    return scheme_changes(scheme["values"] or USUAL, body["values"]) if "values" in body else []


def _flat(within: str, values: Seen) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        label = f"{within}: {in_sentence(words(name.removesuffix('_pence')))}" if within else words(name)
        if isinstance(value, Mapping):
            yield from _flat(label, value)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield from _flat_list(label if within else ONE_OF.get(name, label), value)
        else:
            yield label.removesuffix(" pence"), _said(name, value)


def _flat_list(label: str, rows: Sequence[Seen]) -> Iterator[tuple[str, str]]:
    met = set()
    for number, row in enumerate(rows, 1):
        named = [name for name in NAMED_BY if isinstance(row.get(name), str)]
        called = ", ".join(in_sentence(words(row[name])) if name != "name" else row[name] for name in named)
        if called in met:  # so that none hides another
            called = f"{called} ({number})"
        met.add(called)
        rest = {name: value for name, value in row.items() if name not in named}
        if rest:
            yield from _flat(f"{label} {called or number}", rest)
        else:
            yield f"{label} {called}", "Yes"


def _said(name: str, value: Any) -> str:  # any JSON
    match value:
        case None:
            return NOT_SAID
        case bool():
            return "Yes" if value else "No"
        case list():
            return ", ".join(said_value(name, each) for each in value) or NONE
    return said_value(name, value)


def proposals_meant(scheme: Seen) -> dict[str, list[tuple[str, str]]]:
    """Return which proposals, and which schemes ahead, a decision can mean."""
    proposals = [
        (str(each["proposal"]), f"{each['proposal']}: by {name_of(each['proposed_by'])}, {_from(each)}")
        for each in scheme["proposals"]
    ]
    ahead = [
        (str(each["scheme_version"]), f"{each['scheme_version']}: {_from(each)}") for each in scheme["ahead"]
    ]
    return {"proposal": proposals, "scheme_version": ahead}


def stands_for_another(_: str, scheme: Seen) -> Seen:
    """Return what a proposal opens with: the scheme in force; from when on is for its proposer to say."""
    values = scheme["values"] or USUAL
    return {"values": {name: value for name, value in values.items() if name != "effective_from"}}


def proposals_facts(scheme: Seen) -> list[tuple[str, str]]:
    """Return what each proposal changes, for whoever is about to decide on one."""
    return [
        (f"Proposal {each['proposal']}, {in_sentence(name)}", f"{was} becomes {becomes}")
        for each in scheme["proposals"]
        for name, was, becomes in scheme_changes(scheme["values"], each["values"])
    ]


def proposals_wait(scheme: Seen) -> list[str]:
    """Return from when each proposal would be in force, and who can't confirm it."""
    return [_waits(each) for each in scheme["proposals"]]


def _waits(proposal: Seen) -> str:
    proposer = name_of(proposal["proposed_by"])
    gaining = ", ".join(name_of(each) for each in proposal["gaining"])
    nobody = f" Nor can whoever gains by it: {gaining}." if gaining else ""
    return (
        f"Once a second person confirms proposal {proposal['proposal']}, it is the scheme, {_from(proposal)}."
        f" Until then nothing goes by it. {proposer}, who proposed it, can't confirm it.{nobody}"
    )


def _from(scheme: Seen) -> str:
    return f"from {day(scheme['values']['effective_from'])}"
