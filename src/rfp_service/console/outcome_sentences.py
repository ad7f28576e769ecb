"""What the figures of outcomes and of readiness say, in sentences made by rule of the figures beside them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rfp_service.console.flow_sentences import count
from rfp_service.console.words import words
from shared.governance.audit.replay.parties import whom
from shared.kernel.wording import exact_percent, in_sentence, percent

COLOURS = {"red": "Red", "amber": "Amber", "green": "Green", "complete": "Complete", "not_rated": "Not rated"}
HORIZONS = {
    "achieved": "Achieved",
    "next_6_months": "In the next six months",
    "6_months_plus": "Later",
    "undated": "No day yet",
    "dropped": "Dropped",
}
STANDINGS = {"ready": "Ready", "on_track": "On track", "at_risk": "At risk", "blocked": "Blocked"}
WAITED_FOR = {"data": "Promised data", "project": "A project", "contract": "A contract", "rfp": "An RFP"}
WORKS = {"rfps": "RFPs", "projects": "Projects", "contracts": "Contracts"}


def heading(counts: Mapping[str, int], promises: Mapping[str, Any] | None) -> str:
    """Return how many milestones are met and late, and how many promises were kept."""
    late = counts["overdue"]
    met = f"{count(counts['achieved'], 'milestone')} met, {late or 'none'} overdue"
    if not promises or not promises["promised"]:
        return met
    return f"{met}; {promises['met']} of {count(promises['promised'], 'promise')} kept"


def figure(value: float | None, unit: str) -> str:
    """Return a measure as its unit says: a share as per cent, an amount as pounds, a count whole."""
    if value is None:
        return "nothing to measure"
    if unit == "pence":
        return f"£{value / 100:,.0f}"
    return percent(value) if unit == "share" else f"{value:,.0f}"


def now_words(measure: Mapping[str, Any]) -> str:
    """Return a measure's figure, which never reads as its target where it misses that."""
    if measure["value"] is not None and measure["unit"] == "share" and measure["on_target"] is False:
        return percent(measure["value"], measure["target"])
    return figure(measure["value"], measure["unit"])


def target_words(measure: Mapping[str, Any]) -> str:
    """Return what is aimed at, as it was set."""
    if measure["target"] is None:
        return "none"
    is_share = measure["unit"] == "share"
    return exact_percent(measure["target"]) if is_share else figure(measure["target"], measure["unit"])


def trend_words(measure: Mapping[str, Any]) -> str:
    """Return which way a measure went over the months shown, and whether that is to the good."""
    values = [each["value"] for each in measure["trend"] if each["value"] is not None]
    if len(values) < 2:
        return "too new to compare"
    first, last = figure(values[0], measure["unit"]), figure(values[-1], measure["unit"])
    if first == last:
        return f"as before: {first}"
    rose = values[-1] > values[0]
    good = rose == (measure["better"] == "higher")
    return f"{'up' if rose else 'down'} from {first}, {'better' if good else 'worse'}"


def readiness_heading(days_left: int | None, items: Iterable[Mapping[str, Any]]) -> str:
    """Return how long there is, and how many bodies of work are not on track."""
    rows = list(items)
    blocked = sum(row["standing"] == "blocked" for row in rows)
    at_risk = sum(row["standing"] == "at_risk" for row in rows)
    begun = any(row["standing"] for row in rows)
    said = "Everything is ready or on track" if begun else "Nothing to make ready is on record yet"
    if blocked or at_risk:
        parts = [f"{blocked} blocked"] if blocked else []
        parts += [f"{at_risk} at risk"] if at_risk else []
        said = f"{' and '.join(parts)}, of {len(rows)}"
    if days_left is None:
        return said
    if days_left < 0:
        return f"The transition was {count(-days_left, 'day')} ago; {in_sentence(said)}"
    return f"{count(days_left, 'day')} to the transition: {in_sentence(said)}"


def waits_words(waits: Iterable[Mapping[str, Any]]) -> str:
    """Return on whose data or decision parts wait."""
    return "; ".join(f"{count(each['parts'], 'part')} for {on_words(each['on'])}" for each in waits)


def on_words(on: str) -> str:
    """Return a party as a sentence names it; a supplier by its own name."""
    return whom(on) if on == on.lower() else on


def work_words(item: Mapping[str, Any]) -> str:
    """Return what a body of work is called; an outcome by its own sentence."""
    return str(item["name"] or WORKS.get(item["body_of_work"], words(item["body_of_work"])))


def sentence_words(reason: str) -> str:
    """Return a reason within a sentence: a code in words, a sentence as it is."""
    return in_sentence(words(reason)) if reason.replace("_", "").isalnum() else reason
