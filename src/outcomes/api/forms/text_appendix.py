"""The appendix of the paper as an OpenDocument text: lists, decisions, and how it was made."""

from datetime import datetime

from odfdo import Document

from outcomes.api.case_decisions import CaseDecisions
from outcomes.api.forms import wording
from outcomes.api.forms.odt_parts import Column, Linked, Said, heading, say, table
from outcomes.api.forms.paper_links import PaperLinks
from outcomes.api.listed_cases import ListedCases
from outcomes.api.paper_content import PaperShown
from shared.kernel.calendar import day_in_london


def appendix(document: Document, paper: PaperShown, cases: PaperLinks) -> None:
    heading(document, 2, "Appendix")
    for each in paper.lists:
        _listed(document, each, cases)
    for taken in paper.case_decisions:
        _decided(document, taken, paper.since, cases)
    _decisions(document, paper, cases)
    heading(document, 3, "How this paper was made")
    for label, said in wording.made(paper):
        say(document, f"{label} {said}")


def total(each: ListedCases, cases: PaperLinks) -> Linked:
    return Linked(f"{each.total}", cases.links.to(each.cases))


def _listed(document: Document, each: ListedCases, cases: PaperLinks) -> None:
    heading(document, 3, each.title)
    say(document, "There are ", total(each, cases), f". {wording.listed(each)}".rstrip())
    rows = [
        (
            Linked(case.title, cases.links.to(case.path)),
            wording.day(case.day),
            case.why if case.pence is None else Linked(wording.why(case), cases.links.to(case.path)),
            case.standing,
        )
        for case in each.items
    ]
    if rows:
        columns = [Column(name, width) for name, width in zip(each.headings, (32, 18, 25, 25), strict=True)]
        table(document, f"{each.title}, those first that matter most", columns, rows)


def _decided(document: Document, taken: CaseDecisions, since: datetime | None, cases: PaperLinks) -> None:
    """Add what was decided on one room's cases: how often in which way, and the first of them."""
    day = wording.day(since and day_in_london(since))
    heading(document, 3, f"{taken.title} since {day}")
    told: list[Said] = ["In all ", cases.decided(taken.total, since, taken.body_of_work), f". {taken.about}."]
    for one in taken.counts:
        told += [f" {one.called}: ", cases.decided(one.count, since, taken.body_of_work, one.kind)]
        told.append("." if one is taken.counts[-1] else ";")
    say(document, *told, wording.first_of_them(taken))
    rows = [
        (
            Linked(d.title, cases.links.to(d.path)),
            d.what,
            wording.day(d.on),
            wording.worth(d) if d.pence is None else Linked(wording.worth(d), cases.links.to(d.path)),
            wording.by_and_why(d),
        )
        for d in taken.items
    ]
    if rows:
        columns = [Column("Case", 25), Column("Decision", 20), Column("On", 16), Column("Worth", 12)]
        columns.append(Column("By, and why", 27))
        table(document, f"{taken.title}, the rarest first, by whom, and why", columns, rows)


def _decisions(document: Document, paper: PaperShown, cases: PaperLinks) -> None:
    rows = [
        (
            Linked(d.title, cases.links.to(d.path)),
            d.what.capitalize(),
            wording.day(d.on),
            wording.by_and_why(d),
        )
        for d in paper.decisions
    ]
    if rows and paper.since:
        since = wording.day(day_in_london(paper.since))
        heading(document, 3, f"Decisions on milestones and outcomes since {since}")
        columns = [Column("Milestone or outcome", 30), Column("Decision", 16), Column("On", 16)]
        name = "What was decided on outcomes and milestones, by whom, and why"
        table(document, name, [*columns, Column("By, and why", 38)], rows)
