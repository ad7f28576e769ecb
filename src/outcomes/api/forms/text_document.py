"""The paper as an OpenDocument text: the same content as the page, in parts that a word processor knows."""

from collections.abc import Iterator, Sequence

from odfdo import Document

from outcomes.api.answers import MilestoneShown, OutcomeShown
from outcomes.api.commitments import CommitmentsShown
from outcomes.api.forms import wording
from outcomes.api.forms.odt_parts import (
    Column,
    Linked,
    Said,
    blank,
    bullets,
    described,
    footer,
    heading,
    say,
    table,
    without_clock,
)
from outcomes.api.forms.pages import Meeting
from outcomes.api.forms.paper_links import PaperLinks
from outcomes.api.forms.text_appendix import appendix, total
from outcomes.api.measures import MeasureSeen
from outcomes.api.paper_content import PaperShown
from outcomes.api.paper_figures import Links
from shared.kernel.calendar import day_in_london


def odt(paper: PaperShown, meeting: Meeting | None, base: str = "") -> bytes:
    """Return the paper as ODT, its links beginning with `base`; the same paper makes the same bytes."""
    cases = PaperLinks(Links(base, paper.board.as_of), paper.board.programme.id)
    document = blank()
    _front(document, paper, meeting, cases)
    if paper.commitments:
        heading(document, 2, "Promises kept")
        say(document, cases.comparison(wording.promised(paper.commitments), paper.since))
        _kept(document, paper.commitments, cases)
    _data(document, paper, cases)
    heading(document, 2, "Outcome by outcome")
    for outcome in paper.board.outcomes:
        _outcome(document, outcome, cases)
    _figures(document, paper.measures, cases)
    _consultations(document, paper, cases)
    appendix(document, paper, cases)
    described(document, paper.title, f"rfp-service {paper.release}", paper.board.as_of)
    return without_clock(document)


def _front(document: Document, paper: PaperShown, meeting: Meeting | None, cases: PaperLinks) -> None:
    board = paper.board
    for_whom = f"{meeting.meeting}, {wording.day(meeting.meeting_on)}" if meeting else "Draft: not issued"
    footer(document, f"{board.programme.name} · {for_whom}")
    say(document, for_whom)
    heading(document, 1, board.programme.name)
    since = (
        f", and what became of the promises of {wording.day(day_in_london(paper.since))}"
        if paper.since
        else ""
    )
    say(document, f"Progress on outcomes at {wording.day(board.day)}{since}")
    if board.programme.purpose:
        say(document, board.programme.purpose)
    heading(document, 2, "In short")
    if paper.commitments:
        say(document, cases.comparison(paper.commitments.in_words, paper.since))
    for each in paper.lists:
        say(document, f"To watch: {wording.first_small(each.title)}: ", total(each, cases), ".")
    for taken in paper.case_decisions:
        all_of_them = cases.decided(taken.total, paper.since, taken.body_of_work)
        say(document, f"To watch: {wording.first_small(taken.title)}: ", all_of_them, ".")
    _counts(document, paper, cases)


def _counts(document: Document, paper: PaperShown, cases: PaperLinks) -> None:
    all_of_them, board = paper.board.counts, paper.board
    numbers = (
        cases.number(all_of_them.achieved, None, horizon="achieved"),
        cases.number(all_of_them.next_6_months, None, horizon="next_6_months"),
        cases.number(all_of_them.overdue, None, overdue="true"),
        cases.number(all_of_them.later, None, horizon="6_months_plus"),
        cases.number(all_of_them.undated, None, horizon="undated"),
        cases.number(all_of_them.dropped, None, horizon="dropped"),
    )
    named = ("Achieved", "Next 6 months", "Of these overdue", "6 months plus", "Without a date", "Dropped")
    columns = [Column(name, 17 if n < 4 else 16) for n, name in enumerate(named)]
    table(document, f"The programme's milestones at {wording.day(board.day)}", columns, [numbers])
    columns = [
        Column("Outcome", 48),
        Column("Status", 14),
        *(Column(name, 9) for name in ("Achieved", "Next")),
    ]
    columns += [Column("Overdue", 11), Column("Later", 9)]
    rows: list[tuple[Said, ...]] = [
        (f"{o.number}. {o.statement}", wording.COLOURS[o.colour], *cases.counts(o.counts, o.number))
        for o in board.outcomes
    ]
    table(document, "Every outcome in one line", columns, rows)


def _kept(document: Document, kept: CommitmentsShown, cases: PaperLinks) -> None:
    rows = [
        (
            cases.milestone(p.title, p.id),
            str(p.outcome_number),
            wording.day(p.promised_for),
            wording.FATES[p.fate] + wording.became(p),
        )
        for group in wording.by_fate(kept.promises)
        for p in group
    ]
    columns = [Column("Promise", 32), Column("Outcome", 10), Column("Promised for", 18)]
    if rows:
        table(document, "What became of each promise", [*columns, Column("What became of it", 40)], rows)
    beside = (("Added late", kept.added_late), ("Brought forward", kept.brought_forward))
    for name, group in (*beside, ("Reopened", kept.reopened)):
        if not group:
            say(document, f"{name}: nothing.")
            continue
        heading(document, 3, name)
        bullets(document, [(cases.milestone(m.title, m.id), wording.beside(m)) for m in group])


def _data(document: Document, paper: PaperShown, cases: PaperLinks) -> None:
    rows = [
        (
            cases.of_programme(d.what, "/v1/promised-data"),
            d.promised_by,
            wording.day(d.due),
            wording.standing(d),
            ", ".join(map(str, sorted({w.outcome_number for w in d.waiting}))) or "none",
        )
        for d in paper.board.promised_data
    ]
    if rows:
        heading(document, 2, "Data promised to us")
        columns = [Column("Data", 26), Column("Promised by", 18), Column("Due", 17), Column("Standing", 27)]
        name = "What was promised, what waits for it, and how late it is in working days"
        table(document, name, [*columns, Column("Outcomes waiting", 12)], rows)


def _outcome(document: Document, outcome: OutcomeShown, cases: PaperLinks) -> None:
    heading(document, 3, f"{outcome.number}. {outcome.statement}")
    owner = f" Owner: {outcome.owner_name}." if outcome.owner else ""
    say(document, f"Status: {wording.COLOURS[outcome.colour]}.{owner}{wording.confidence(outcome)}")
    always = (("Achieved so far", outcome.achieved), ("Planned for the next 6 months", outcome.next_6_months))
    for name, group in always:
        _group(document, name if group else f"{name}: nothing", group, outcome, cases)
    others = (
        ("6 months plus", outcome.later),
        ("Without a date", outcome.undated),
        ("Dropped", outcome.dropped),
    )
    for name, group in others:
        if group:
            _group(document, name, group, outcome, cases)


def _group(
    document: Document, name: str, group: Sequence[MilestoneShown], outcome: OutcomeShown, cases: PaperLinks
) -> None:
    heading(document, 4, name)
    if group:
        bullets(document, [tuple(_line(one, outcome, cases)) for one in group])


def _line(one: MilestoneShown, outcome: OutcomeShown, cases: PaperLinks) -> Iterator[Said]:
    if one.overdue:
        yield "Overdue. "
    yield cases.milestone(one.title, one.id)
    yield wording.told(one)
    if one.owner and one.owner != outcome.owner:
        yield f" Owner: {one.owner_name}."


def _figures(document: Document, measures: Sequence[MeasureSeen], cases: PaperLinks) -> None:
    rows = [
        (m.title, Linked(wording.now(m), cases.links.to(m.cases)), wording.aim(m), tuple(_months(m, cases)))
        for m in measures
    ]
    if rows:
        heading(document, 2, "Live figures")
        columns = [Column("Figure", 32), Column("Now", 12), Column("Aim", 16), Column("By month", 40)]
        table(document, "As the registers answer; the last month is not over", columns, rows)


def _months(measure: MeasureSeen, cases: PaperLinks) -> Iterator[Said]:
    for point in measure.trend:
        yield f"{wording.month(point.month)} "
        figure = wording.figure(point.value, measure.unit, "none")
        yield Linked(figure, cases.links.to(measure.cases, point.as_of))
        yield ", " if point.finished else " so far"


def _consultations(document: Document, paper: PaperShown, cases: PaperLinks) -> None:
    if paper.board.consultations:
        heading(document, 2, "Consultations")
    for one in paper.board.consultations:
        heading(document, 3, one.about)
        answers = cases.of_programme(wording.answered(one), "/v1/consultations")
        period = f"From {wording.day(one.opened_on)} to {wording.day(one.closes_on)}. "
        say(document, period, answers, f". {one.conclusion or ''}".rstrip())
        rows = [
            (answer, cases.of_programme(str(count), "/v1/consultations"))
            for answer, count in one.counts.items()
        ]
        if rows:
            table(document, f"Answers: {one.about}", [Column("Answer", 80), Column("How many", 20)], rows)
