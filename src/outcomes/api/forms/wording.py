"""How the paper puts things: days, figures, and what there is to say of a milestone in one line."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from outcomes.api.answers import MilestoneShown, PromisedDataShown
from outcomes.api.commitments import CommitmentsShown, PromiseShown, long_day
from outcomes.domain.commitments import PromiseFate
from outcomes.domain.horizons import Colour, Horizon
from shared.kernel.calendar import LONDON, day_in_london

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
    return f"{value * 100:.0f}%" if unit == "share" else f"{value:,.0f}"


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
    if milestone.met_on is None and milestone.moves:
        parts.append(f"Moved from {day(milestone.first_due)}: {sentence(milestone.moves[-1].reason)}")
    if milestone.progress and milestone.met_on is None and not milestone.dropped:
        parts.append(sentence(milestone.progress))
    if milestone.silent_since and milestone.horizon is Horizon.NEXT:
        parts.append(f"Nobody has reported since {day(milestone.silent_since)}.")
    waits = [
        wait.title or f"a {wait.on} that is not known here" for wait in milestone.waits_for if not wait.over
    ]
    if waits and milestone.met_on is None:
        parts.append(f"Waits for: {'; '.join(waits)}.")
    return "".join(parts[:1]) + "".join(f" {part}" for part in parts[1:])


def _when(milestone: MilestoneShown) -> str:
    if milestone.met_on is not None:
        return f", {day(milestone.met_on)}."
    if milestone.dropped or milestone.due is None:
        return "."
    return f", due {day(milestone.due)}."


def standing(data: PromisedDataShown) -> str:
    """Return how promised data stand."""
    late = data.working_days_late
    days = f"{late} working day{'' if late == 1 else 's'} late"
    if data.arrived_on is not None:
        return f"Came on {day(data.arrived_on)}" + (f", {days}." if late else ", in time.")
    if not late:
        return "Not due yet."
    chased = len(data.chases)
    times = {1: "once", 2: "twice"}.get(chased, f"{chased} times")
    again = f"; now promised for {day(data.expected_on)}" if data.expected_on != data.due else ""
    return f"Missing, {days}; {f'chased {times}' if chased else 'not chased'}{again}."
