"""What pages say of an outcome and of a milestone, beside what of them is decided."""

from rfp_service.console.administration_facts import FactsSaid, Said
from rfp_service.console.outcome_sentences import COLOURS
from rfp_service.console.words import day, name_of, words


def milestone_lead(milestone: Said) -> str:
    """Return whether a milestone is met, and when it is or was to be."""
    if milestone["met_on"]:
        by = milestone["accepted_by_name"] or (milestone["accepted_by"] and name_of(milestone["accepted_by"]))
        return f"Met on {day(milestone['met_on'])}{f', accepted by {by}' if by else ''}."
    if milestone["dropped"]:
        return f"Given up on {day(milestone['dropped']['on'])}: it is no longer to be reached."
    if milestone["due"]:
        return f"{'Was due' if milestone['overdue'] else 'Due'} on {day(milestone['due'])}."
    return "It has no day yet."


def milestone_facts(milestone: Said) -> FactsSaid:
    """Return what somebody must know who decides on a milestone."""
    found = [
        (
            "Whose",
            milestone["owner_name"] or (name_of(milestone["owner"]) if milestone["owner"] else "Nobody's"),
        ),
        ("Day", day(milestone["due"]) if milestone["due"] else "None yet"),
    ]
    if milestone["first_due"] and milestone["first_due"] != milestone["due"]:
        found.append(("First promised for", day(milestone["first_due"])))
    if milestone["progress"]:
        found.append(("Last word", milestone["progress"]))
    shows = [
        f"{each['document']['title']}, handed in by {name_of(each['submitted_by'])}"
        for each in milestone["evidence"]
    ]
    return [*found, *(("What shows it", said) for said in shows)]


def outcome_lead(outcome: Said) -> str:
    """Return how many of an outcome's milestones are met, and how many are late."""
    counts = outcome["counts"]
    to_come = counts["next_6_months"] + counts["later"] + counts["undated"]
    if not to_come and not counts["achieved"]:
        return "It has no milestone yet: nothing shows how far it has come."
    late = f", {counts['overdue']} of them overdue" if counts["overdue"] else ""
    is_met, is_to_come = ("is" if n == 1 else "are" for n in (counts["achieved"], to_come))
    return f"{counts['achieved']} of its milestones {is_met} met, {to_come} {is_to_come} to come{late}."


def outcome_facts(outcome: Said) -> FactsSaid:
    """Return what somebody must know who decides on an outcome."""
    owner = outcome["owner_name"] or (name_of(outcome["owner"]) if outcome["owner"] else "Nobody's")
    found = [("Whose", owner), ("Stands", COLOURS.get(outcome["colour"], words(outcome["colour"])))]
    if outcome["confidence"]:
        because = f": {outcome['confidence_reason']}" if outcome["confidence_reason"] else ""
        found.append(("Confidence", f"{outcome['confidence']}{because}"))
    return found
