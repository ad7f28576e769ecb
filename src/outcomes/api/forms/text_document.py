"""The paper as an OpenDocument text: headings, lists and tables that a word processor knows."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from odfdo import Cell, Document, Header, Link, List, ListItem, Paragraph, Row, Table

from outcomes.api.answers import HorizonCounts, MilestoneShown, OutcomeShown
from outcomes.api.commitments import CommitmentsShown
from outcomes.api.forms import wording
from outcomes.api.forms.pages import Links, Meeting
from outcomes.api.measures import MeasureSeen
from outcomes.api.paper_content import PaperShown

MIMETYPE = "mimetype"  # the first member, and not compressed: OpenDocument 1.3, part 2, section 3.3
EPOCH = (1980, 1, 1, 0, 0, 0)


class Linked(NamedTuple):
    """A figure or a title, and where the cases behind it are."""

    text: str
    url: str


Cells = Sequence[str | Linked]


class PaperLinks(NamedTuple):
    """Where the cases of one paper are."""

    links: Links
    programme: UUID

    def milestone(self, title: str, milestone: UUID) -> Linked:
        """Return a milestone's title, linked to it."""
        return Linked(title, f"{self.links.base}/v1/milestones/{milestone}")

    def counts(self, counts: HorizonCounts, outcome: int) -> Sequence[Linked]:
        """Return how many of an outcome's milestones are achieved, next, overdue and later."""
        return (
            self._milestones(counts.achieved, outcome, horizon="achieved"),
            self._milestones(counts.next_6_months, outcome, horizon="next_6_months"),
            self._milestones(counts.overdue, outcome, overdue="true"),
            self._milestones(counts.later + counts.undated, outcome, horizon=["6_months_plus", "undated"]),
        )

    def _milestones(self, count: int, outcome: int, horizon: object = None, overdue: object = None) -> Linked:
        asked = {"programme": self.programme, "horizon": horizon, "overdue": overdue}
        return Linked(
            str(count), self.links.to("/v1/milestones", as_of=None, **asked, outcome_number=outcome)
        )


def odt(paper: PaperShown, meeting: Meeting | None, base: str = "") -> bytes:
    """Return the paper as ODT, its links beginning with `base`; the same paper makes the same bytes."""
    cases = PaperLinks(Links(base, paper.board.as_of), paper.board.programme.id)
    document = Document("text")
    document.body.clear()
    _front(document, paper, meeting, cases)
    if paper.commitments:
        _kept(document, paper.commitments, cases)
    _data(document, paper, cases)
    document.body.append(Header(1, "Outcome by outcome"))
    for outcome in paper.board.outcomes:
        _outcome(document, outcome, cases)
    _figures(document, paper.measures, cases)
    _decisions(document, paper, cases)
    _appendix(document, paper)
    _said_of_itself(document, paper)
    return _without_clock(document)


def _front(document: Document, paper: PaperShown, meeting: Meeting | None, cases: PaperLinks) -> None:
    for_whom = f"{meeting.meeting}, {wording.day(meeting.meeting_on)}" if meeting else "Draft: not issued"
    document.body.append(Paragraph(for_whom))
    document.body.append(Header(1, paper.title))
    if paper.commitments:
        document.body.append(Paragraph(paper.commitments.in_words))
    rows: list[Cells] = [
        (f"{o.number}. {o.statement}", wording.COLOURS[o.colour], *cases.counts(o.counts, o.number))
        for o in paper.board.outcomes
    ]
    headings = ("Outcome", "Status", "Achieved", "Next 6 months", "Overdue", "Later")
    _table(document, "Every outcome in one line", headings, rows)


def _kept(document: Document, kept: CommitmentsShown, cases: PaperLinks) -> None:
    document.body.append(Header(1, "Promises kept"))
    rows = [
        (
            cases.milestone(p.title, p.id),
            str(p.outcome_number),
            wording.day(p.promised_for),
            wording.FATES[p.fate] + wording.became(p),
        )
        for p in kept.promises
    ]
    headings = ("Promise", "Outcome", "Promised for", "What became of it")
    _table(document, "What became of each promise", headings, rows)


def _data(document: Document, paper: PaperShown, cases: PaperLinks) -> None:
    all_of_it = cases.links.to("/v1/promised-data", programme=cases.programme)
    rows = [
        (
            Linked(d.what, all_of_it),
            d.promised_by,
            wording.day(d.due),
            wording.standing(d),
            ", ".join(map(str, sorted({w.outcome_number for w in d.waiting}))) or "none",
        )
        for d in paper.board.promised_data
    ]
    if rows:
        document.body.append(Header(1, "Data promised to us"))
        headings = ("Data", "Promised by", "Due", "Standing", "Outcomes waiting")
        _table(document, "What was promised, and how late it is in working days", headings, rows)


def _outcome(document: Document, outcome: OutcomeShown, cases: PaperLinks) -> None:
    document.body.append(Header(2, f"{outcome.number}. {outcome.statement}"))
    status = f"Status: {wording.COLOURS[outcome.colour]}."
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
            listed = List()
            for one in group:
                item = ListItem()
                item.append(_line(one, cases))
                listed.append(item)
            document.body.append(listed)


def _line(one: MilestoneShown, cases: PaperLinks) -> Paragraph:
    line = _paragraph(cases.milestone(one.title, one.id), "Overdue. " if one.overdue else "")
    line.append_plain_text(wording.told(one))
    return line


def _figures(document: Document, measures: Sequence[MeasureSeen], cases: PaperLinks) -> None:
    rows = [
        (
            m.title,
            Linked(wording.figure(m.value, m.unit), cases.links.to(m.cases)),
            wording.figure(m.target, m.unit, "none"),
        )
        for m in measures
    ]
    if rows:
        document.body.append(Header(1, "Live figures"))
        _table(document, "As the registers answer", ("Figure", "Now", "Aim"), rows)


def _decisions(document: Document, paper: PaperShown, cases: PaperLinks) -> None:
    rows = [
        (
            Linked(d.title, f"{cases.links.base}/v1/milestones/{d.milestone}/history"),
            wording.day(d.on),
            d.what,
            d.by_name,
            d.reason or "None was given.",
        )
        for d in paper.decisions
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
        for each in cells:
            row.append_cell(_cell(each))
        table.append_row(row)
    document.body.append(table)


def _cell(said: str | Linked) -> Cell:
    """Return a cell of a table; what is linked is a paragraph with a link."""
    if not isinstance(said, Linked):
        return Cell(said)
    cell = Cell()
    cell.append(_paragraph(said))
    return cell


def _paragraph(linked: Linked, before: str = "") -> Paragraph:
    paragraph = Paragraph(before)
    paragraph.append(Link(linked.url, text=linked.text))
    return paragraph


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
