"""The page of a bundle that people read: the story of its cases, in plain HTML."""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from pydantic import JsonValue

from shared.governance.audit.bundle.contents import CaseInside, Manifest, WithheldInside
from shared.governance.audit.bundle.page_template import PAGE
from shared.governance.audit.bundle.period_summary import (
    CaseName,
    case_name,
    contents,
    period_summary,
    who_waited,
)
from shared.governance.audit.record_index.domain import IndexCommitted
from shared.governance.audit.replay.parties import whom
from shared.governance.audit.replay.states import Change, words
from shared.governance.audit.replay.story import Story, StoryStep, ending, span, story
from shared.kernel.calendar import LONDON, day_in_london
from shared.kernel.messages import Recorded
from shared.kernel.personal import PERSONAL, is_sealed
from shared.kernel.wording import long_day
from shared.ledger.checkpoints import Vouched
from shared.record.eventstore.reader import ReadBasis

# What is said beside, or of use to programs only; each entry holds all of it.
NOT_WORDS = frozenset({"stage", "waiting_on", "decided_by", "acting_for", "scheme_version"})
_ID = re.compile(r"[0-9a-f-]{36}|[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
NOTHING: tuple[JsonValue, ...] = ("", [], {}, "absent")


def story_page(manifest: Manifest, events: Sequence[Recorded], vouched: Vouched) -> str:
    """Return the story of a bundle's cases, each in the order in which things happened."""
    cases: dict[str, list[Recorded]] = {case.id: [] for case in manifest.cases}
    around = {*manifest.before, *manifest.after, *manifest.indexes}
    for recorded in events:
        if recorded.position not in around:
            cases[str(recorded.stream_id)].append(recorded)
    hidden = [one for one in manifest.withheld if one.position not in around]
    of_one_case = "case" in manifest.filters
    names = {case.id: case_name(case.id, case.kind, cases[case.id]) for case in manifest.cases}
    stories = {case.id: _told_whole(case, cases[case.id]) for case in manifest.cases}
    summary = [period_summary(cases, names), who_waited(stories, names), contents(names, cases)]
    sections = [
        _case(case, names[case.id], stories[case.id], cases[case.id], hidden if of_one_case else ())
        for case in manifest.cases
    ]
    return PAGE.format(
        title=html.escape(_what_it_is(manifest, names)),
        opening=_opening(manifest, len(cases), _witnessed(vouched) + _indexed(manifest, events)),
        sections="\n".join(
            ([] if of_one_case else summary) + sections + ([] if of_one_case and cases else _withheld(hidden))
        ),
    )


def _opening(manifest: Manifest, cases: int, sure: str) -> str:
    """Return what there is to read, and how sure it is."""
    told = manifest.entries - len(manifest.before) - len(manifest.after)
    number = f"{_number(told, 'entry', 'entries')} about {_number(cases, 'case', 'cases')}"
    taken = f"It was taken from the record {manifest.origin} when that had {manifest.size:,} entries."
    return f"<p>This page tells {number}.</p>\n<p>{html.escape(taken)} {html.escape(sure)}</p>"


def _told_whole(case: CaseInside, events: Sequence[Recorded]) -> Story | None:
    """Return the story of a case that is there from its beginning, with nothing of it withheld."""
    numbers = [recorded.version for recorded in events]
    if not events or numbers != list(range(1, case.last_version + 1)):
        return None
    return story(events, [], events[-1].recorded_at, ReadBasis.KNOWN_THEN)


def _what_it_is(manifest: Manifest, names: Mapping[str, CaseName]) -> str:
    """Return what a bundle is of; a period in days, or in times where it does not end at midnight."""
    if case := manifest.filters.get("case"):
        return f"What was decided on {names[case].name}" if case in names else "What was decided on a case"
    start, end = (datetime.fromisoformat(manifest.filters[name]) for name in ("from", "to"))
    of_work = f" about {manifest.filters['body_of_work']}" if "body_of_work" in manifest.filters else ""
    return f"What was recorded from {_moment(start)} to {_moment(end)}{of_work}"


def _moment(at: datetime) -> str:
    local = at.astimezone(LONDON)
    midnight = (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    return long_day(day_in_london(at)) if midnight else _time(at)


def _witnessed(vouched: Vouched) -> str:
    """Return by when witnesses had seen that record: what is told below was so by then."""
    if not vouched.witnesses:
        return "No witness has countersigned that record yet."
    times = sorted((at, key.name) for key, at in vouched.witnesses.items())
    seen = "; ".join(f"{name} on {_time(datetime.fromtimestamp(at, LONDON))}" for at, name in times)
    return f"It was countersigned by {seen}: nothing below was changed since, whoever keeps the record."


def _indexed(manifest: Manifest, events: Sequence[Recorded]) -> str:
    """Return up to which entry of the record an index shows that nothing is left out."""
    sizes = [
        e.event.size for e in events if e.position in manifest.indexes and isinstance(e.event, IndexCommitted)
    ]
    if not sizes:
        return ""
    return f" By the index of the record, nothing of it is left out among its first {max(sizes):,} entries."


def _withheld(hidden: Sequence[WithheldInside]) -> list[str]:
    """Return the section of what is withheld from a period: nothing can be proved of whose it is."""
    shown = "\n".join(_hidden(one) for one in hidden)
    return [f"<section>\n<h2>Withheld</h2>\n{shown}\n</section>"] if hidden else []


def _case(
    case: CaseInside,
    name: CaseName,
    told: Story | None,
    events: Sequence[Recorded],
    hidden: Sequence[WithheldInside],
) -> str:
    versions = f"Versions {case.first_version:,} to {case.last_version:,} of this case."
    if case.first_version == case.last_version:
        versions = f"Version {case.first_version:,} of this case."
    place = f"{name.kind}, {case.id}"
    body = "\n".join(_step(item) for item in told.items) if told else _part(events, hidden)
    return (
        f"<section id='c-{case.id}'>\n<h2>{_text(name.name)} <span class=place>{_text(place)}</span></h2>\n"
        f"{_outline(case, events)}<p>{versions}</p>{_waited(told)}\n{body}\n</section>"
    )


def _outline(case: CaseInside, events: Sequence[Recorded]) -> str:
    """Return who began a case, and how it ended, as far as what is shown tells that."""
    if not events or events[0].version != 1 or events[-1].version != case.last_version:
        return ""
    first, stamp = events[0], events[0].stamp
    began, day = words(type(first.event).__name__), long_day(day_in_london(first.happened_at))
    by = _by(stamp.by, stamp.acting_for, stamp.authority)
    return f"<p>{_text(began)} by {by}, on {day}. {_text(ending(events))}</p>\n"


def _waited(told: Story | None) -> str:
    """Return for whom a whole case waited altogether, the longest first."""
    waits = sorted((wait for wait in told.waiting if wait.seconds), key=lambda w: -w.seconds) if told else []
    if not waits:
        return ""
    on = "; ".join(f"{span(timedelta(seconds=w.seconds))} for {whom(w.party)}" for w in waits)
    return f"\n<p>Altogether it waited {_text(on)}.</p>"


def _part(events: Sequence[Recorded], hidden: Sequence[WithheldInside]) -> str:
    """Return a part of a case: what was said; what it changed can't be told without all that went before."""
    articles = {recorded.position: _said(recorded) for recorded in events}
    articles |= {one.position: _hidden(one) for one in hidden}
    return "\n".join(articles[position] for position in sorted(articles))


def _hidden(one: WithheldInside) -> str:
    return (
        f"<article>\n<h3>Withheld</h3>\n<p>What was said here is withheld: {_text(one.why)}. That this entry"
        f" is in the record is proved; why it is withheld is the service's own word.</p>\n"
        f"<p class=place>Entry {one.position} of the record.</p>\n</article>"
    )


def _step(item: StoryStep) -> str:
    waited = ""
    if item.waited_on and item.waited_seconds:
        length = span(timedelta(seconds=item.waited_seconds))
        waited = f"<p>Before this, the case had waited {length} for {_text(whom(item.waited_on))}.</p>\n"
    gap = f"<p><b>Note:</b> {_text(item.gap)}</p>\n" if item.gap else ""
    return (
        f"<article id=e-{item.position}>\n<h3>{_text(words(item.decision))}</h3>\n"
        f"<p>{_text(item.meaning)}</p>\n"
        f"{_who(item.by, item.acting_for, item.authority, item.happened_at)}{waited}{gap}"
        f"{_reasons(item)}{_changes(item.changes)}{_place(item.position, item.recorded_at)}</article>"
    )


def _reasons(item: StoryStep) -> str:
    """Return what was said beside what was changed: reasons above all."""
    assert isinstance(item.said, dict), "an event says something by name"
    shown = [change.after for change in item.changes]
    rest = {n: v for n, v in item.said.items() if _is_said(n, v) and v not in shown}
    rows = "".join(
        f"<tr><th scope=row>{_field(n)}</th><td>{_value(n, v)}</td></tr>\n" for n, v in rest.items()
    )
    return f"<table>\n{rows}</table>\n" if rows else ""


def _said(recorded: Recorded) -> str:
    stamp = recorded.stamp
    said = recorded.envelope["data"]
    assert isinstance(said, dict), "an event says something by name"
    rows = "".join(
        f"<tr><th scope=row>{_field(n)}</th><td>{_value(n, v)}</td></tr>\n"
        for n, v in said.items()
        if _is_said(n, v)
    )
    return (
        f"<article id=e-{recorded.position}>\n<h3>{_text(words(type(recorded.event).__name__))}</h3>\n"
        f"{_who(stamp.by, stamp.acting_for, stamp.authority, recorded.happened_at)}"
        f"<table>\n{rows}</table>\n{_place(recorded.position, recorded.recorded_at)}</article>"
    )


def _who(by: str, acting_for: str | None, authority: str, at: datetime) -> str:
    return f"<p>{_by(by, acting_for, authority)}, on {_time(at)}.</p>\n"


def _by(by: str, acting_for: str | None, authority: str) -> str:
    stood_in = f" in place of <b>{_text(acting_for)}</b>" if acting_for else ""
    as_what = f", as {_text(words(authority).lower())}" if authority else ""
    return f"<b>{_text(by)}</b>{as_what}{stood_in}"


def _place(position: int, at: datetime) -> str:
    return f"<p class=place>Entry {position} of the record, written on {_time(at)}.</p>\n"


def _changes(changes: Sequence[Change]) -> str:
    """Return what a decision changed; what was there before only where something was."""
    if not changes:
        return ""
    new = all(_is_nothing(change.before) for change in changes)
    columns = ("What was set", "To") if new else ("What changed", "Before", "After")
    head = "".join(f"<th scope=col>{name}</th>" for name in columns)
    rows = "".join(
        f"<tr><th scope=row>{_field(c.field)}</th>"
        + ("" if new else f"<td>{_value(c.field, c.before)}</td>")
        + f"<td>{_value(c.field, c.after)}</td></tr>\n"
        for c in changes
    )
    return f"<table>\n<tr>{head}</tr>\n{rows}</table>\n"


def _field(name: str) -> str:
    named = name.removesuffix("_pence").replace(".", ": ").replace("_", " ")
    return _text(re.sub(r"\bvat\b", "VAT", named[:1].upper() + named[1:]))


def _value(field: str, value: JsonValue) -> str:
    if _is_nothing(value):
        return "nothing"
    if field.endswith("_pence") and isinstance(value, int):
        return f"£{value / 100:,.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "<br>".join(_value("", item) for item in value)
    if is_sealed(value):
        value = {"about": value["about"], "text": PERSONAL}  # a page that is kept outlives its keys
    if isinstance(value, dict):
        return "<br>".join(f"{_field(n)}: {_value(n, v)}" for n, v in value.items())
    return _plain(str(value))


def _is_said(name: str, value: JsonValue) -> bool:
    """Say whether a reader has use for what an event says: not for nothing, nor for ids."""
    values = value if isinstance(value, list) else [value]
    are_ids = all(isinstance(each, str) and _ID.fullmatch(each) for each in values)
    return bool(value) and name not in NOT_WORDS and value != "absent" and not are_ids


def _is_nothing(value: JsonValue) -> bool:
    return value is None or value in NOTHING


def _plain(text: str) -> str:
    """Return a text as people write it: days and times in words, codes without their underscores."""
    if _DAY.fullmatch(text):
        return long_day(date.fromisoformat(text))
    if _INSTANT.fullmatch(text):
        return _time(datetime.fromisoformat(text))
    return _text(text.replace("_", " ") if _CODE.fullmatch(text) else text)


def _time(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M:%S} {local.tzname()}"


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _text(text: str) -> str:
    return html.escape(text)
