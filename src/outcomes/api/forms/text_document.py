"""The paper as an OpenDocument text: headings, lists and tables that a word processor knows."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from odfdo import Document, Header, List, Paragraph, Row, Table

from outcomes.api.answers import MilestoneShown, OutcomeShown
from outcomes.api.commitments import CommitmentsShown
from outcomes.api.forms import words
from outcomes.api.forms.pages import Meeting
from outcomes.api.measures import MeasureSeen
from outcomes.api.paper_content import PaperShown

MIMETYPE = "mimetype"  # the first member, and not compressed: OpenDocument 1.3, part 2, section 3.3
EPOCH = (1980, 1, 1, 0, 0, 0)

Cells = Sequence[str]


def odt(paper: PaperShown, meeting: Meeting | None) -> bytes:
    """Return the paper as ODT; the same paper makes the same bytes."""
    document = Document("text")
    document.body.clear()
    _front(document, paper, meeting)
    if paper.commitments:
        _kept(document, paper.commitments)
    _data(document, paper)
    document.body.append(Header(1, "Outcome by outcome"))
    for outcome in paper.board.outcomes:
        _outcome(document, outcome)
    _figures(document, paper.measures)
    _decisions(document, paper)
    _appendix(document, paper)
    _said_of_itself(document, paper)
    return _without_clock(document)


def _front(document: Document, paper: PaperShown, meeting: Meeting | None) -> None:
    for_whom = f"{meeting.meeting}, {words.day(meeting.meeting_on)}" if meeting else "Draft: not issued"
    document.body.append(Paragraph(for_whom))
    document.body.append(Header(1, paper.title))
    if paper.commitments:
        document.body.append(Paragraph(paper.commitments.in_words))
    rows = [
        (
            f"{o.number}. {o.statement}",
            words.COLOURS[o.colour],
            str(o.counts.achieved),
            str(o.counts.next_6_months),
            str(o.counts.overdue),
            str(o.counts.later + o.counts.undated),
        )
        for o in paper.board.outcomes
    ]
    headings = ("Outcome", "Status", "Achieved", "Next 6 months", "Overdue", "Later")
    _table(document, "Every outcome in one line", headings, rows)


def _kept(document: Document, kept: CommitmentsShown) -> None:
    document.body.append(Header(1, "Promises kept"))
    rows = [
        (p.title, str(p.outcome_number), words.day(p.promised_for), words.FATES[p.fate] + words.became(p))
        for p in kept.promises
    ]
    headings = ("Promise", "Outcome", "Promised for", "What became of it")
    _table(document, "What became of each promise", headings, rows)


def _data(document: Document, paper: PaperShown) -> None:
    rows = [
        (
            d.what,
            d.promised_by,
            words.day(d.due),
            words.standing(d),
            ", ".join(map(str, sorted({w.outcome_number for w in d.waiting}))) or "none",
        )
        for d in paper.board.promised_data
    ]
    if rows:
        document.body.append(Header(1, "Data promised to us"))
        headings = ("Data", "Promised by", "Due", "Standing", "Outcomes waiting")
        _table(document, "What was promised, and how late it is in working days", headings, rows)


def _outcome(document: Document, outcome: OutcomeShown) -> None:
    document.body.append(Header(2, f"{outcome.number}. {outcome.statement}"))
    status = f"Status: {words.COLOURS[outcome.colour]}."
    given = f" Confidence, as given: {outcome.confidence}." if outcome.confidence else ""
    owner = f" Owner: {outcome.owner_name}." if outcome.owner else ""
    document.body.append(Paragraph(status + owner + given))
    groups = (
        ("Achieved so far", outcome.achieved),
        ("Planned for the next 6 months", outcome.next_6_months),
        ("6 months plus", outcome.later),
        ("Without a date", outcome.undated),
        ("Dropped", outcome.dropped),
    )
    for heading, group in groups:
        if group:
            document.body.append(Header(3, heading))
            document.body.append(List([_line(one) for one in group]))


def _line(one: MilestoneShown) -> str:
    return f"{'Overdue. ' if one.overdue else ''}{one.title}{words.told(one)}"


def _figures(document: Document, measures: Sequence[MeasureSeen]) -> None:
    rows = [
        (m.title, words.figure(m.value, m.unit), words.figure(m.target, m.unit, "none")) for m in measures
    ]
    if rows:
        document.body.append(Header(1, "Live figures"))
        _table(document, "As the registers answer", ("Figure", "Now", "Aim"), rows)


def _decisions(document: Document, paper: PaperShown) -> None:
    rows = [
        (d.title, words.day(d.on), d.what, d.by_name, d.reason or "None was given.") for d in paper.decisions
    ]
    if rows:
        document.body.append(Header(1, "Decisions in the period"))
        headings = ("Milestone", "On", "Decision", "By", "Reason")
        _table(document, "What was decided, by whom, and why", headings, rows)


def _appendix(document: Document, paper: PaperShown) -> None:
    document.body.append(Header(1, "Appendix: how this paper was made"))
    made = f"Written by rfp-service {paper.release} from the record at position {paper.record.position}."
    document.body.append(Paragraph(f"{made} Root: {paper.record.root or 'not signed yet'}."))
    document.body.append(Paragraph(paper.board.colour_rule.text))


def _table(document: Document, name: str, headings: Cells, rows: Iterable[Cells]) -> None:
    """Add a table whose first row is a heading row."""
    document.body.append(Paragraph(name))
    table = Table(name)
    for cells in (headings, *rows):
        row = Row()
        row.set_values(list(cells))
        table.append_row(row)
    document.body.append(table)


def _said_of_itself(document: Document, paper: PaperShown) -> None:
    """Give the document its title, language and date; odfdo would give it the clock's."""
    meta, at = document.meta, paper.board.as_of.replace(tzinfo=None, microsecond=0)
    meta.title, meta.language, meta.generator = paper.title, "en-GB", f"rfp-service {paper.release}"
    meta.creation_date = meta.date = datetime.fromisoformat(at.isoformat())
    document.language = "en-GB"


def _without_clock(document: Document) -> bytes:
    """Return a document's bytes with no time of its making in them."""
    saved, made = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as given, zipfile.ZipFile(made, "w") as kept:
        names = sorted(given.namelist(), key=lambda name: (name != MIMETYPE, name))
        for name in names:
            place = zipfile.ZipInfo(name, EPOCH)
            place.compress_type = zipfile.ZIP_STORED if name == MIMETYPE else zipfile.ZIP_DEFLATED
            kept.writestr(place, given.read(name))
    return made.getvalue()
