"""What a committee asks first of a period: its figures, what was out of the ordinary, and its cases."""

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from shared.governance.audit.decision_rows import DecisionRow, decision_rows
from shared.governance.audit.exception_figures import COUNTED
from shared.governance.audit.replay.states import called_in, words
from shared.kernel.messages import Recorded
from shared.kernel.personal import is_sealed

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
SENTENCES = {name: counting.sentence for name, counting in COUNTED.items() if name in CALLED} | {
    "late_approvals": "Approvals that say of themselves that they were late. Which others were, by the"
    " scheme's targets, is in the service's figures of the period: a bundle does not hold all that it takes."
}
TITLES = ("title", "name", "subject")
LINKS_LIMIT = 20
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


def period_summary(cases: Mapping[str, Sequence[Recorded]]) -> str:
    """Return the figures of a period, each with the entries that it counts."""
    rows = [
        {**row, "position": recorded.position}
        for events in cases.values()
        for recorded in events
        for row in decision_rows(recorded)
    ]
    rows.sort(key=lambda row: int(str(row["position"])))
    people = len({str(row["by"]) for row in rows})
    bodies = Counter(str(row["body_of_work"]) for row in rows)
    lines = [
        (
            "Decisions",
            str(len(rows)),
            "; ".join(f"{words(BODY_NAMES.get(body, body))}: {n}" for body, n in bodies.most_common()),
        ),
        ("Cases", str(len(cases)), ""),
        ("People who decided", str(people), ""),
    ]
    table = "".join(
        f"<tr><th scope=row>{_text(name)}</th><td>{n}</td><td>{_text(more)}</td></tr>\n"
        for name, n, more in lines
    )
    unusual = "".join(_figure(name, [row for row in rows if _counts(name, row)]) for name in CALLED)
    head = "<tr><th scope=col>Figure</th><th scope=col>Number</th><th scope=col>{}</th></tr>\n"
    return (
        "<section id=glance>\n<h2>The period at a glance</h2>\n"
        f"<table>\n{head.format('By body of work')}{table}</table>\n"
        "<h3>Out of the ordinary</h3>\n"
        f"<table>\n{head.format('What it counts, and where')}{unusual}</table>\n</section>"
    )


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
            f"<li><a href='#c-{case}'>{_text(names[case].name)}</a>"
            f" <span class=place>{_last(cases[case])}</span></li>\n"
            for case in kinds[kind]
        )
        yield f"<h3>{_text(kind)} ({len(kinds[kind])})</h3>\n<ul>\n{items}</ul>\n"


def _last(events: Sequence[Recorded]) -> str:
    if not events:
        return "withheld"
    number = "" if len(events) == 1 else f"{len(events)} decisions, the last: "
    return _text(f"{number}{words(type(events[-1].event).__name__)}")


def _figure(name: str, rows: Sequence[DecisionRow]) -> str:
    places = [f"<a href='#e-{row['position']}'>entry {row['position']}</a>" for row in rows[:LINKS_LIMIT]]
    more = f", and {len(rows) - LINKS_LIMIT} more" if len(rows) > LINKS_LIMIT else ""
    where = f"<br>{', '.join(places)}{more}" if places else ""
    return (
        f"<tr><th scope=row>{_text(CALLED[name])}</th><td>{len(rows)}</td>"
        f"<td>{_text(SENTENCES[name])}{where}</td></tr>\n"
    )


def _counts(name: str, row: DecisionRow) -> bool:
    if name == "by_delegation":
        return bool(row["acting_for"])
    marks = row["marks"]
    assert isinstance(marks, list), "a journal's row lists its marks"
    return row["decision"] in COUNTED[name].names or name in marks


def _title(events: Sequence[Recorded]) -> str:
    for recorded in events:
        said = recorded.envelope["data"]
        assert isinstance(said, dict), "an event says something by name"
        for name in TITLES:
            if isinstance(value := said.get(name), str) and value and not is_sealed(value):
                return value
    return ""


def _text(text: str) -> str:
    return html.escape(text)
