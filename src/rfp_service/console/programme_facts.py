"""What pages say of pipeline notices, promised data and consultations."""

from rfp_service.console.administration_facts import FactsSaid, Said
from rfp_service.console.words import day, words
from shared.kernel.wording import how_late, pounds


def pipeline_title(year: Said) -> str:
    """Return which financial year a notice is of."""
    return f"Pipeline notice of {year['year']}/{(year['year'] + 1) % 100:02}"


def pipeline_lead(year: Said) -> str:
    """Return whether a year's notice is still to be published, and by when."""
    match year["standing"]:
        case "published":
            return f"It was published on {day(year['published_on'])}."
        case "due":
            return f"It is to be published by {day(year['due_on'])}: what the council means to procure."
        case "missed":
            return f"It was to be published by {day(year['due_on'])}, and is not on record. Publish it late."
    return "The scheme asks for no notice of this year."


def pipeline_facts(year: Said) -> FactsSaid:
    """Return which notice the law asks for, by when, and where it was published."""
    found = [
        ("Notice", f"{words(year['notice'])} ({year['section']})") if year["notice"] else ("Notice", "None")
    ]
    if year["above_pence"]:
        found.append(("For contracts above", pounds(year["above_pence"])))
    if year["due_on"]:
        found.append(("Due", day(year["due_on"])))
    if year["published_on"]:
        found += [("Published", day(year["published_on"])), ("Reference", year["reference"])]
    return found


def data_lead(data: Said) -> str:
    """Return whether promised data came, and how late they are."""
    said = how_late(data["working_days_late"])
    if data["arrived_on"]:
        return f"It came on {day(data['arrived_on'])}, {said if data['late'] else 'in time'}."
    if data["late"]:
        return f"It is {said}: it was first promised for {day(data['due'])}."
    return f"It is promised for {day(data['expected_on'])}."


def data_facts(data: Said) -> FactsSaid:
    """Return who promised data for when, how often they were chased, and what waits for them."""
    chases = [
        (
            f"Chased {day(each['on'])}",
            each["note"] + (f" Promised then for {day(each['new_day'])}." if each["new_day"] else ""),
        )
        for each in data["chases"]
    ]
    waiting = [
        ("Waits for it", f"Outcome {each['outcome_number']}: {each['title']}") for each in data["waiting"]
    ]
    return [
        ("Promised by", data["promised_by"]),
        ("First promised for", day(data["due"])),
        ("Promised now for", "" if data["arrived_on"] else day(data["expected_on"])),
        ("Came", day(data["arrived_on"]) if data["arrived_on"] else ""),
        ("Said of that", data["note"]),
        *chases,
        *waiting,
    ]


def consultation_lead(consultation: Said) -> str:
    """Return whether people can still answer, and how many have."""
    asked = f" of {consultation['asked']:,} asked" if consultation["asked"] else ""
    answers = (
        f"{consultation['answered']:,}{asked} {'has' if consultation['answered'] == 1 else 'have'} answered"
    )
    if consultation["closed_on"]:
        return f"Closed on {day(consultation['closed_on'])}. {answers}."
    return f"Open until {day(consultation['closes_on'])}. {answers} so far."


def consultation_facts(consultation: Said) -> FactsSaid:
    """Return how many gave each answer, and what follows from it."""
    counts = sorted(consultation["counts"].items(), key=lambda each: -each[1])
    return [
        ("Open from", day(consultation["opened_on"])),
        ("Until", day(consultation["closes_on"])),
        *((answer, f"{n:,}") for answer, n in counts),
        ("What follows", consultation["conclusion"]),
    ]
