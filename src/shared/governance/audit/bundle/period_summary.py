"""What a committee asks first of a period: its figures, what was out of the ordinary, and its cases."""

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from shared.governance.audit.bundle.late_approvals import LateApprovals, late_approvals
from shared.governance.audit.decision_rows import DecisionRow, decision_rows
from shared.governance.audit.exception_figures import BY_NO_PERSON, COUNTED
from shared.governance.audit.replay.parties import whom
from shared.governance.audit.replay.states import called_in, title_in, words
from shared.governance.audit.replay.story import Story, span
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Recorded
from shared.kernel.wording import long_day

CALLED = {
    "exceptions": "General exceptions",
    "urgencies": "Special urgencies",
    "waivers": "Waivers granted",
    "waivers_asked": "Waivers asked for",
    "overrides": "Overrides",
    "late_approvals": "Late approvals",
    "by_delegation": "Decisions in somebody's place",
    "conflicts_declared": "Conflicts declared",
    "call_ins": "Call-ins",
    "unconfirmed": "Unconfirmed decisions",
    "corrections": "Corrections",
}
SENTENCES = {name: counting.sentence for name, counting in COUNTED.items() if name in CALLED}
LATE = "late_approvals"
LINKS_LIMIT = 60
BODY_NAMES = {"rfps": "RFP work"}


class CaseName(NamedTuple):
    """What people call a case, and what kind of thing it is."""

    name: str
    kind: str


def case_name(case: str, kind: str, events: Sequence[Recorded]) -> CaseName:
    """Return a case's number with its title, as far as the events that are shown tell them."""
    kind_in_words = words(kind.replace("-", " "))
    parts = [part for part in (called_in(events), _title(events)) if part]
    return CaseName(": ".join(parts) or f"{kind_in_words} {case[:8]}", kind_in_words)


def period_summary(cases: Mapping[str, Sequence[Recorded]], names: Mapping[str, CaseName]) -> str:
    """Return the figures of a period, each with the entries that it counts."""
    rows = [
        {
            **row,
            "position": recorded.position,
            "case": names[case].name,
            "on": day_in_london(recorded.happened_at),
        }
        for case, events in cases.items()
        for recorded in events
        for row in decision_rows(recorded)
    ]
    rows.sort(key=lambda row: int(str(row["position"])))
    people = len({str(row["by"]) for row in rows if row["authority"] not in BY_NO_PERSON})
    bodies = Counter(str(row["body_of_work"]) for row in rows)
    lines = [
        (
            "Decisions",
            f"{len(rows):,}",
            "; ".join(f"{words(BODY_NAMES.get(body, body))}: {n:,}" for body, n in bodies.most_common()),
        ),
        ("Cases", f"{len(cases):,}", ""),
        ("People who decided", str(people), ""),
    ]
    table = "".join(
        f"<tr><th scope=row>{_text(name)}</th><td>{n}</td><td>{_text(more)}</td></tr>\n"
        for name, n, more in lines
    )
    late = late_approvals(cases)
    unusual = "".join(
        _figure(name, [row for row in rows if _counts(name, row, late)], late) for name in CALLED
    )
    head = "<tr><th scope=col>Figure</th><th scope=col>Number</th><th scope=col>{}</th></tr>\n"
    return (
        "<section id=glance>\n<h2>The period at a glance</h2>\n"
        f"<table>\n{head.format('By body of work')}{table}</table>\n"
        "<h3>Out of the ordinary</h3>\n"
        f"<table>\n{head.format('What it counts, and where')}{unusual}</table>\n</section>"
    )


def who_waited(stories: Mapping[str, Story | None], names: Mapping[str, CaseName]) -> str:
    """Return for whom cases waited, the longest first: those that are told from their beginning."""
    waits: dict[str, list[tuple[float, str]]] = {}
    for case, told in stories.items():
        for wait in told.waiting if told else ():
            if wait.seconds:
                waits.setdefault(wait.party, []).append((wait.seconds, case))
    rows = "".join(
        f"<tr><th scope=row>{_text(whom(party).capitalize())}</th>"
        f"<td data-what=Cases>{len(found):,}</td>"
        f"<td data-what=Altogether>{_span(sum(seconds for seconds, _ in found))}</td>"
        f"<td data-what='The longest'>{_span(max(found)[0])}, {_case_link(max(found)[1], names)}</td></tr>\n"
        for party, found in sorted(waits.items(), key=lambda each: -sum(seconds for seconds, _ in each[1]))
    )
    begun = sum(told is None for told in stories.values())
    rest = f" {begun:,} of which not all is here are not counted." if begun else ""
    heads = ("Waited for", "Cases", "Altogether", "The longest")
    head = "".join(f"<th scope=col>{each}</th>" for each in heads)
    table = f"<table>\n<tr>{head}</tr>\n{rows}</table>\n" if rows else "<p>None did.</p>\n"
    return (
        "<section id=waits>\n<h2>Who waited for whom</h2>\n"
        f"<p>For whom cases waited until the next decision.{rest}</p>\n{table}</section>"
    )


def _span(seconds: float) -> str:
    return _text(span(timedelta(seconds=seconds)))


def _case_link(case: str, names: Mapping[str, CaseName]) -> str:
    return f"<a href='#c-{case}'>{_text(names[case].name)}</a>"


def contents(names: Mapping[str, CaseName], cases: Mapping[str, Sequence[Recorded]]) -> str:
    """Return the list of all cases, by kind, each with a link to what happened in it."""
    kinds: dict[str, list[str]] = {}
    for case, name in names.items():
        kinds.setdefault(name.kind, []).append(case)
    return (
        "<section id=contents>\n<h2>Contents</h2>\n" + "".join(_of_kind(kinds, names, cases)) + "</section>"
    )


def _of_kind(
    kinds: Mapping[str, Sequence[str]], names: Mapping[str, CaseName], cases: Mapping[str, Sequence[Recorded]]
) -> Iterator[str]:
    for kind in sorted(kinds):
        items = "".join(
            f"<li>{_case_link(case, names)} <span class=place>{_last(cases[case])}</span></li>\n"
            for case in kinds[kind]
        )
        yield f"<h3>{_text(kind)} ({len(kinds[kind])})</h3>\n<ul>\n{items}</ul>\n"


def _last(events: Sequence[Recorded]) -> str:
    if not events:
        return "withheld"
    number = "" if len(events) == 1 else f"{len(events)} decisions, the last: "
    return _text(f"{number}{words(type(events[-1].event).__name__)}")


def _figure(name: str, rows: Sequence[DecisionRow], late: LateApprovals) -> str:
    places = [f"<li>{_place(row)}</li>\n" for row in rows[:LINKS_LIMIT]]
    if len(rows) > LINKS_LIMIT:
        places.append(f"<li>and {len(rows) - LINKS_LIMIT} more, each under its case</li>\n")
    where = f"<ul>\n{''.join(places)}</ul>" if places else ""
    number = "not known" if name == LATE and not late.known else f"{len(rows)}"
    sentence = late.sentence if name == LATE else SENTENCES[name]
    heading = f"<th scope=row>{_text(CALLED[name])}</th>"
    return f"<tr>{heading}<td>{number}</td><td>{_text(sentence)}{where}</td></tr>\n"


def _place(row: DecisionRow) -> str:
    """Return a link to a decision: on which case, and on which day."""
    day = row["on"]
    assert isinstance(day, date), "it was put there"
    return f"<a href='#e-{row['position']}'>{_text(str(row['case']))}</a>, {long_day(day)}"


def _counts(name: str, row: DecisionRow, late: LateApprovals) -> bool:
    if name == LATE and row["position"] in late.positions:
        return True
    if name == "by_delegation":
        return bool(row["acting_for"])
    marks, counting = row["marks"], COUNTED[name]
    assert isinstance(marks, list), "a journal's row lists its marks"
    marked = name in marks and counting.authority in ("", row["authority"])
    return marked or row["decision"] in counting.names


def _title(events: Sequence[Recorded]) -> str:
    for recorded in events:
        said = recorded.envelope["data"]
        assert isinstance(said, dict), "an event says something by name"
        if title := title_in(said):
            return title
    return ""


def _text(text: str) -> str:
    return html.escape(text)
