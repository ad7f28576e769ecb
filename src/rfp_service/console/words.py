"""How the pages say what the record holds: names, days, amounts and decisions in plain words."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from rfp_service.console.decision_labels import LABELS, LABELS_OF
from rfp_service.console.labels import FIELDS
from rfp_service.console.people_names import marked, marked_if_id
from shared.kernel.calendar import LONDON, SECOND, WORKING_DAY, day_in_london
from shared.kernel.system_actors import AUTHORITY_OF, CLOCK
from shared.kernel.wording import in_sentence, pounds

ABBREVIATIONS = {"wont": "won't", "rfp": "RFP", "vat": "VAT", "rfps": "RFPs"}
NAMED = {
    "procurement_act_2023": "Procurement Act 2023",
    "public_contracts_regulations_2015": "Public Contracts Regulations 2015",
    "rfp.read": "See what there is",
    "rfp.decide": "Decide",
}
BY_ITSELF = {actor: "the clock" if actor == CLOCK else "the service itself" for actor in AUTHORITY_OF}
AN_ID = re.compile(r"[0-9a-f-]{36}|[0-9a-f]{64}")  # which nobody reads
A_DAY = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?")
OWN_WORDS = frozenset({"reference", "title", "name"})
# What every event carries, or is said elsewhere on the page.
NOT_SHOWN = frozenset(
    {
        "stage",
        "waiting_on",
        "reason",
        "scheme_version",
        "decided_by",
        "acting_for",
        "tier",
        "onward",
        "raised_by",
        "same_need",
        "catalogue_position",
        "next_tier",
    }
)


def words(name: object) -> str:
    """Return a name of the record, such as `key_decision` or `approve-award`, as a sentence begins."""
    if name in NAMED:
        return NAMED[str(name)]
    said = [ABBREVIATIONS.get(word, word) for word in re.split(r"[-_ ]+", str(name).lower())]
    return " ".join([said[0][:1].upper() + said[0][1:], *said[1:]])


def label(decision: str, of: str = "") -> str:
    """Return what the button for a decision on a kind of thing says."""
    return LABELS_OF.get((of, decision)) or LABELS.get(decision) or words(decision)


def field_label(name: str) -> str:
    """Return what a form calls a field."""
    if name in FIELDS:
        return FIELDS[name]
    return f"{words(name.removesuffix('_pence'))} in pounds" if name.endswith("_pence") else words(name)


def step_words(stage: str) -> str:
    """Return a stage within a sentence; `(open)` is where nobody has gone on from yet."""
    if stage == "open":
        return "out for bids"
    return "wherever they go next" if stage == "(open)" else in_sentence(words(stage))


def event_words(name: str) -> str:
    """Return what an event's name says: `RfpRaised` is "RFP raised"."""
    return words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))


def name_of(person: str | None) -> str:
    """Return what somebody is called: a mark, which becomes their name when the page is made."""
    return BY_ITSELF.get(person or "") or marked(person or "") or "the service itself"


def _date_of(value: str | date | datetime) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return day_in_london(value) if isinstance(value, datetime) else value


def day(value: str | date | datetime) -> str:
    """Return a day as a letter names it; its year only where it is another than this one."""
    that = _date_of(value)
    year = f" {that.year}" if that.year != datetime.now(UTC).year else ""
    return f"{that.day} {that:%B}{year}"


def moment(value: str | datetime) -> str:
    """Return a day and the time in London."""
    that = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{day(that)}, {that.astimezone(LONDON):%H:%M}"


def capitalize_first(text: str) -> str:
    """Return words as a sentence begins."""
    return text[:1].upper() + text[1:]


def month_name(month: str) -> str:
    """Return a month such as 2026-11 as a letter names it."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def working_days(seconds: float) -> str:
    """Return working time as working days, which have eight hours."""
    days = seconds * SECOND / WORKING_DAY
    if days < 1:
        return "less than a working day"
    return f"{days:.0f} working day{'s' if round(days) != 1 else ''}"


def short_days(seconds: float) -> str:
    """Return working time as a number of working days, for a table that says so at its head."""
    days = seconds * SECOND / WORKING_DAY
    return "less than 1" if days < 1 else f"{days:.0f}"


def text_of(value: object) -> str:
    """Return a text of the record, whether it goes with whom it is about or not."""
    if isinstance(value, dict):
        return str(value.get("text") or "")
    return str(value or "")


def said_as(value: str) -> str:
    """Return a value that an event holds as a reader knows it: a name for an id, words for a code."""
    return words(value) if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", value) else marked_if_id(value)


def is_day(name: str, value: str) -> bool:
    """Say whether a value is a day or an instant; a reference such as 2024-25-01 only looks like one."""
    try:
        return bool(A_DAY.fullmatch(value) and datetime.fromisoformat(value)) and not is_own(name)
    except ValueError:
        return False


def is_own(name: str) -> bool:
    """Say whether values of this name stand as somebody gave them, whatever they look like."""
    return name.rpartition(".")[2] in OWN_WORDS


def said_value(name: str, value: object) -> str:
    """Return a value of the record as a reader knows it: money, a day, a name, words."""
    if name.endswith("_pence") and str(value).isdigit():
        return pounds(int(str(value)))
    if is_day(name, str(value)):
        return day(str(value))
    if name == "month" and re.fullmatch(r"\d{4}-\d\d", str(value)):
        return month_name(str(value))
    return str(value) if is_own(name) else said_as(str(value))


def said_in(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what an event said besides its reason: names and values that a reader can use."""
    found = []
    changed = entry.get("changed", ())
    for name, value in (entry.get("said") or {}).items():
        if name in NOT_SHOWN or isinstance(value, bool | dict | list) or value in (None, ""):
            continue
        label = words(name.removesuffix("_pence"))
        if label not in changed and not AN_ID.fullmatch(str(value)):
            found.append((label, said_value(name, value)))
    return found


def rows_in(typed: Mapping[str, str], at: str, spare: int = 1) -> int:
    """Return how many rows of a form are shown: those with something in them, and some more."""
    rows = [int(name[len(at) + 1 :].partition(".")[0]) for name in typed if name.startswith(f"{at}.")]
    return max(rows, default=-1) + 1 + (spare if rows or spare > 1 else 1)


def chosen_words(said: str, name: str) -> str:
    """Return what narrows a page as its reader knows it; what is no value of ours stays as it was typed."""
    if name == "decision":
        return event_words(said)
    if name == "stage":
        return capitalize_first(step_words(said))
    if said in ("true", "false"):
        return "yes" if said == "true" else "no"
    try:
        return day(said)
    except ValueError:
        pass
    return words(said) if said == said.lower() and "-" not in said else said
