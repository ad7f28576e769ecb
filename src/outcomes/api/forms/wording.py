"""How the paper puts things: days, figures, and what there is to say of a milestone in one line."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from outcomes.api.answers import ConsultationShown, MilestoneShown, OutcomeShown, PromisedDataShown
from outcomes.api.case_decisions import CaseDecision, CaseDecisions
from outcomes.api.commitments import CommitmentsShown, ComparedMilestone, PromiseShown
from outcomes.api.decisions_in_period import DecisionInPeriod
from outcomes.api.listed_cases import ListedCase, ListedCases
from outcomes.api.measures import MeasureSeen
from outcomes.api.paper_content import PaperShown
from outcomes.domain.commitments import PromiseFate
from outcomes.domain.horizons import Colour, Horizon
from shared.kernel.calendar import LONDON, day_in_london
from shared.kernel.wording import counted, exact_percent, how_late, long_day, percent

COLOURS = {
    Colour.RED: "Red",
    Colour.AMBER: "Amber",
    Colour.GREEN: "Green",
    Colour.COMPLETE: "Complete",
    Colour.NOT_RATED: "Not rated",
}
FATES = {
    PromiseFate.MET: "Met",
    PromiseFate.DROPPED: "Dropped",
    PromiseFate.MOVED: "Moved",
    PromiseFate.SILENT: "Silent",
    PromiseFate.UNDER_WAY: "Under way",
}
UNKNOWN_WAITS = {
    "data": "data that are not known here",
    "project": "a project that is not known here",
    "contract": "a contract that is not known here",
    "rfp": "an RFP that is not known here",
}
ASKED_ABOUT = (
    PromiseFate.SILENT,
    PromiseFate.DROPPED,
    PromiseFate.MOVED,
    PromiseFate.UNDER_WAY,
    PromiseFate.MET,
)


def day(value: date | None) -> str:
    """Return a day as people write it."""
    return "no date" if value is None else long_day(value)


def instant(value: datetime) -> str:
    """Return an instant by London's clocks."""
    local = value.astimezone(LONDON)
    return f"{local:%H:%M} on {long_day(day_in_london(value))}"


def figure(value: float | None, unit: str, blank: str = "nothing to measure") -> str:
    """Return a figure: a share as per cent, an amount in pounds, a count as a whole number."""
    if value is None:
        return blank
    if unit == "pence":
        return f"£{value / 100:,.0f}"
    return percent(value) if unit == "share" else f"{value:,.0f}"


def now(measure: MeasureSeen) -> str:
    """Return a measure's figure, which never reads as its target where it misses that."""
    if measure.value is not None and measure.unit == "share" and measure.on_target is False:
        return percent(measure.value, measure.target)
    return figure(measure.value, measure.unit)


def month(value: str) -> str:
    """Return a month such as 2026-03 in three letters."""
    return f"{date.fromisoformat(f'{value}-01'):%b}"


def by_fate(promises: Sequence[PromiseShown]) -> list[list[PromiseShown]]:
    """Return promises by what became of them: first what a committee would ask about."""
    groups = [[promise for promise in promises if promise.fate is fate] for fate in ASKED_ABOUT]
    return [group for group in groups if group]


def kept_in_words(kept: CommitmentsShown) -> Markup:
    """Return what became of the promises as a sentence, each figure linked to its promises."""
    said = str(escape(kept.in_words))
    said = re.sub(r"(\d+ things?) (were|was) promised", r'<a href="#promises">\1</a> \2 promised', said)
    for fate in PromiseFate:
        told = rf"(?<=[ ])(\d+ (?:still )?{fate.value.replace('_', ' ')})"
        said = re.sub(told, rf'<a href="#promise-{fate.value}">\1</a>', said)
    return Markup(said)  # noqa: S704  # escaped above


def mark(colour: Colour) -> Markup:
    """Return a status in a word, which the colour only repeats."""
    return Markup('<span class="mark {}">{}</span>').format(colour.value, COLOURS[colour])


def sentence(text: str) -> str:
    """Return a text with a full stop at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def became(promise: PromiseShown) -> str:
    """Return what there is to say of a promise after its fate."""
    if promise.fate is PromiseFate.MET:
        return f" on {day(promise.met_on)}."
    said = ""
    if promise.fate is PromiseFate.DROPPED:
        said = f": {sentence(promise.dropped_because or 'no reason')}"
    elif promise.fate is PromiseFate.MOVED:
        reasons = " ".join(map(sentence, promise.reasons))
        beyond = ", beyond the six months" if promise.pushed_out else ""
        said = f" to {day(promise.due)}{beyond}. {reasons}".rstrip()
    elif promise.fate is PromiseFate.SILENT:
        said = f" since {day(promise.silent_since)}."
    else:
        said = "."
    overdue = " It is overdue." if promise.overdue else ""
    silent = promise.silent_since is not None and promise.fate is not PromiseFate.SILENT
    return said + overdue + (f" Silent since {day(promise.silent_since)}." if silent else "")


def told(milestone: MilestoneShown) -> str:
    """Return what there is to say of a milestone after its title."""
    parts = [_when(milestone)]
    if milestone.reopened and milestone.met_on is None:
        last = milestone.reopened[-1]
        parts.append(f"Reopened on {day(last.on)}: {sentence(last.reason)}")
    if milestone.dropped:
        parts.append(f"Dropped on {day(milestone.dropped.on)}: {sentence(milestone.dropped.reason)}")
    if milestone.met_on is None and milestone.later_moves:
        parts.append(f"{_moved(milestone)}: {sentence(milestone.later_moves[-1].reason)}")
    if milestone.progress and milestone.met_on is None and not milestone.dropped:
        parts.append(sentence(milestone.progress))
    if milestone.silent_since and milestone.horizon is Horizon.NEXT:
        parts.append(f"Nobody has reported since {day(milestone.silent_since)}.")
    waits = [wait.title or UNKNOWN_WAITS[wait.on] for wait in milestone.waits_for if not wait.over]
    if waits and milestone.met_on is None:
        parts.append(f"Waits for: {'; '.join(waits)}.")
    return "".join(parts[:1]) + "".join(f" {part}" for part in parts[1:])


def _moved(milestone: MilestoneShown) -> str:
    """Return from which day a milestone was moved, where that may be read and it did not come back to it."""
    if milestone.first_due is None:
        return "Moved"
    there = milestone.due == milestone.first_due
    return "Moved, and moved back" if there else f"Moved from {day(milestone.first_due)}"


def _when(milestone: MilestoneShown) -> str:
    if milestone.met_on is not None:
        return f", {day(milestone.met_on)}."
    if milestone.dropped or milestone.due is None:
        return "."
    return f", due {day(milestone.due)}."


def first_small(text: str) -> str:
    """Return a text that goes on a sentence."""
    return text[:1].lower() + text[1:]


def why(case: ListedCase) -> str:
    """Return why a case is listed: a text, or an amount."""
    return case.why if case.pence is None else figure(case.pence, "pence")


def listed(cases: ListedCases) -> str:
    """Return what there is to say of a list before its cases."""
    said = f"{cases.about}. " if cases.about else ""
    if cases.withheld:
        are = "is" if cases.withheld == 1 else "are"
        said += f"{cases.withheld} of them {are} in the exempt part only. "
    left = cases.total - cases.withheld - len(cases.items)
    if left > 0:
        said += f"The first {len(cases.items)} are below, and {left:,} more on the register."
    return said.rstrip()


def first_of_them(decisions: CaseDecisions) -> str:
    """Return that not all decisions are listed, where that is so."""
    listed = len(decisions.items)
    return f" The first {listed} are below." if listed < decisions.total else ""


def worth(decision: CaseDecision) -> str:
    """Return what a case was worth when it was decided on; a mark where that is exempt."""
    return decision.withheld.get("pence") or figure(decision.pence, "pence", "not known")


def by_and_why(decision: CaseDecision | DecisionInPeriod) -> str:
    """Return who took a decision, and for which reason."""
    return f"{decision.by_name}: {decision.reason or 'no reason was given.'}"


def standing(data: PromisedDataShown) -> str:
    """Return how promised data stand."""
    days = how_late(data.working_days_late)
    if data.arrived_on is not None:
        return f"Came on {day(data.arrived_on)}" + (f", {days}." if data.late else ", in time.")
    if not data.late:
        return "Not due yet."
    chased = len(data.chases)
    times = {1: "once", 2: "twice"}.get(chased, f"{chased} times")
    again = f"; now promised for {day(data.expected_on)}" if data.expected_on != data.due else ""
    return f"Missing, {days}; {f'chased {times}' if chased else 'not chased'}{again}."


def promised(kept: CommitmentsShown) -> str:
    """Return how many promises there were, and what of them moved or came in beside them."""
    counts = kept.counts
    return (
        f"On {day(kept.since)} the programme promised {counted(counts.promised, 'milestone')} for the six"
        f" months to {day(kept.promised_until)}. {counts.pushed_out} of them {_was(counts.pushed_out)} pushed"
        f" out beyond that day. {counts.added_late} came in later; {counts.reopened} that had been met"
        f" {_was(counts.reopened)} reopened."
    )


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def beside(one: ComparedMilestone) -> str:
    """Return what there is to say of a milestone beside the promises."""
    when = f", met on {day(one.met_on)}" if one.met_on else f", due {day(one.due)}" if one.due else ""
    return f" (outcome {one.outcome_number}){when}" + (f": {one.reason}" if one.reason else "")


def confidence(outcome: OutcomeShown) -> str:
    """Return how sure somebody was of an outcome, in the words it was given in."""
    if not outcome.confidence:
        return ""
    why = f" ({outcome.confidence_reason.rstrip('.')})" if outcome.confidence_reason else ""
    return f" Confidence, as given: {outcome.confidence}{why}."


def aim(measure: MeasureSeen) -> str:
    """Return what is aimed at, and whether it is reached."""
    reached = {None: "", True: " (reached)", False: " (not reached)"}[measure.on_target]
    if measure.target is not None and measure.unit == "share":
        return exact_percent(measure.target) + reached
    return figure(measure.target, measure.unit, "none") + reached


def answered(one: ConsultationShown) -> str:
    """Return how many answered a consultation, of how many asked."""
    return f"{one.answered:,} of {one.asked:,} answered" if one.asked else f"{one.answered:,} answered"


def made(paper: PaperShown) -> Iterator[tuple[str, str]]:
    """Yield what a paper says of itself, each with its catchword: its reading, its rules, what is exempt."""
    kept, record, rule = paper.commitments, paper.record, paper.board.colour_rule
    before = ""
    if kept:
        before = f", and compares it with the record as it stood on {day(kept.since)}, position"
        before += f" {kept.since_position}"
    yield (
        "Record.",
        (
            f"This paper was written by rfp-service {paper.release} from the council's own record as it"
            f" stood at {instant(paper.board.as_of)}, position {record.position}{before}."
            " Nobody typed its figures."
        ),
    )
    if record.root:
        yield (
            "Proof.",
            (
                f"The signed log's root at that position is {record.root}; with it anybody can check that the"
                " record was not changed since."
            ),
        )
    else:
        yield "Proof.", "The record is not under a signed checkpoint as far as that position yet."
    yield f"Status rule “{rule.name}”.", rule.text
    if kept:
        yield "Promises.", kept.rule
    yield "Exempt part.", exempt_part(paper.exempt_items)


def exempt_part(items: int) -> str:
    """Return of how much of a paper something is exempt, and where that is said."""
    if not items:
        return "Nothing in this paper is exempt."
    has = "item in this paper has" if items == 1 else "items in this paper have"
    return (
        f"{items} {has} something exempt under Schedule 12A of the Local Government Act 1972. It is marked"
        " where it would stand; the exempt part is a document of its own, for those entitled."
    )
