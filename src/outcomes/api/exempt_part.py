"""The exempt part of the paper: a document of its own, for those alone who may read what is exempt."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from outcomes.api.case_decisions import DECISIONS_LIMIT, CaseDecision, CaseDecisions, case_decisions
from outcomes.api.commitments import SinceLastPaper
from outcomes.api.exempt_answers import ExemptGround, ExemptItem, ExemptPartShown, ExemptSaid
from outcomes.api.facts import ProgrammeFacts, Row, programme_facts
from outcomes.api.forms import wording
from outcomes.api.forms.pages import HTML, PDF, exempt_html, pdf
from outcomes.api.issued_papers import before_of
from outcomes.api.listed_cases import LISTED_LIMIT, ListedCase, ListedCases, listed_cases
from outcomes.api.paper_content import NOBODY, record_at
from outcomes.api.programmes import OfProgramme
from shared.governance.disclosure.domain import ExemptionStatus
from shared.governance.disclosure.field_redaction import WITHHELD
from shared.governance.disclosure.views import exemptions
from shared.record.projecting.views import valid_at
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.reads.answers import problems
from shared.web.reads.pages import JSON
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/outcomes", tags=["outcomes"], route_class=StrictRoute)


class ExemptForm(StrEnum):
    """The forms that the exempt part has."""

    JSON = "json"
    HTML = "html"
    PDF = "pdf"


EVERY_CASE = 5_000
NOT_LISTED = "not listed"
MEDIA = {ExemptForm.JSON: JSON, ExemptForm.HTML: HTML, ExemptForm.PDF: PDF}


@router.get(
    "/report/exempt",
    summary="Make the paper's exempt part",
    dependencies=[may("read-exempt")],
    responses={
        **problems(404, 409),
        200: {
            "description": "The exempt part",
            "model": ExemptPartShown,
            "content": {
                HTML: {"schema": {"type": "string"}},
                PDF: {"schema": {"type": "string", "contentMediaType": PDF}},
            },
        },
    },
)
async def make_exempt_part(
    request: Request,
    reading: Read,
    programme: OfProgramme,
    since: SinceLastPaper = None,
    form: Annotated[ExemptForm, Query(description="The form of the document.")] = ExemptForm.JSON,
) -> Response:
    """Say what the open paper of the same reading leaves out, and why it is not published."""
    service = core_service(request)
    reading = replace(reading, past=True)
    anybody = replace(reading, person=NOBODY, areas=None)
    whole = await programme_facts(service, reading, programme)
    public = await programme_facts(service, anybody, programme)
    lists, open_lists = [await listed_cases(service, each, EVERY_CASE) for each in (reading, anybody)]
    before = await before_of(reading, programme, since)
    taken, open_taken = [
        await case_decisions(service, each, before, EVERY_CASE) for each in (reading, anybody)
    ]
    items = [
        *_items(whole, public),
        *_items_waited_for(whole, public),
        *_items_of_lists(lists, open_lists),
        *_items_of_decisions(taken, open_taken),
    ]
    grounds = await _grounds(reading, items)
    part = ExemptPartShown(
        programme=whole.programme["name"],
        day=whole.day,
        as_of=reading.as_of,
        release=request.app.version,
        record=await record_at(service, reading),
        items=[item.model_copy(update={"grounds": grounds[item.id]}) for item in items],
    )
    content = await _made(part, form)
    return Response(content, media_type=MEDIA[form], headers={"Vary": "Authorization"})


async def _made(part: ExemptPartShown, form: ExemptForm) -> bytes:
    if form is ExemptForm.JSON:
        return part.model_dump_json().encode()
    page = await asyncio.to_thread(exempt_html, part)
    return page if form is ExemptForm.HTML else await asyncio.to_thread(pdf, page, part.as_of)


def _items(whole: ProgrammeFacts, public: ProgrammeFacts) -> Iterator[ExemptItem]:
    """Yield what the public facts leave out, as the whole facts say it; what is sealed stays sealed."""
    groups: Sequence[tuple[str, str, Sequence[Row], Sequence[Row]]] = (
        ("programme", "name", [whole.programme], [public.programme]),
        ("outcome", "statement", whole.outcomes, public.outcomes),
        ("milestone", "title", whole.milestones, public.milestones),
        ("promised data", "what", whole.promised_data, public.promised_data),
        ("consultation", "about", whole.consultations, public.consultations),
    )
    for kind, called, rows, marked in groups:
        marks = {row["id"]: row.get(WITHHELD, {}) for row in marked}
        for row in rows:
            said = [
                ExemptSaid(field=name, said=_text(row, name), mark=mark)
                for name, mark in sorted(marks[row["id"]].items())
                if name not in row.get(WITHHELD, {})
            ]
            if said:
                yield ExemptItem(kind=kind, id=row["id"], called=row[called], said=said, grounds=[])


def _items_waited_for(whole: ProgrammeFacts, public: ProgrammeFacts) -> Iterator[ExemptItem]:
    """Yield the things of other rooms that milestones wait for, where the open paper can't name them."""
    for identity, shown in public.found.items():
        if shown.marked and (thing := whole.found.get(identity)):
            said = ExemptSaid(field="title", said=thing.title, mark=shown.title)
            yield ExemptItem(
                kind="thing waited for", id=identity, called=thing.title, said=[said], grounds=[]
            )


def _items_of_lists(whole: Sequence[ListedCases], public: Sequence[ListedCases]) -> Iterator[ExemptItem]:
    """Yield what the open lists of other rooms' cases leave out: whole cases, or parts of them."""
    for every, shown in zip(whole, public, strict=True):
        marked = {case.id: case for case in shown.items}
        beyond = {case.id for case in shown.items[LISTED_LIMIT:]}
        for case in (each for each in every.items if each.id not in beyond):
            fields = zip(every.headings, _columns(case), _columns(marked.get(case.id)), strict=True)
            said = [
                ExemptSaid(field=name, said=text, mark=mark) for name, text, mark in fields if text != mark
            ]
            if said:
                yield ExemptItem(kind=every.name, id=case.id, called=case.title, said=said, grounds=[])


def _items_of_decisions(
    whole: Sequence[CaseDecisions], public: Sequence[CaseDecisions]
) -> Iterator[ExemptItem]:
    """Yield what the open paper leaves out of the decisions on other rooms' cases that it lists."""
    for every, shown in zip(whole, public, strict=True):
        told = {each.position: each for each in every.items}
        for each in shown.items[:DECISIONS_LIMIT]:
            if each.withheld and (full := told.get(each.position)):
                called, said = f"{full.title}, {wording.first_small(full.what)}", _said(each, full)
                yield ExemptItem(kind="decision", id=each.thing, called=called, said=said, grounds=[])


def _said(shown: CaseDecision, whole: CaseDecision) -> list[ExemptSaid]:
    """Return what a decision says where the open paper has a mark, column by column."""
    mark = next(iter(shown.withheld.values()))
    fields = (
        ("Case", whole.title, shown.title),
        ("Decision", whole.what, shown.what),
        ("Worth", wording.figure(whole.pence, "pence", ""), wording.figure(shown.pence, "pence", "")),
        ("Reason", whole.reason, shown.reason),
    )
    return [ExemptSaid(field=name, said=text, mark=mark) for name, text, open_ in fields if text != open_]


def _columns(case: ListedCase | None) -> Sequence[str]:
    """Return what a list says of a case, column by column."""
    if case is None:
        return (NOT_LISTED,) * 4
    return (case.title, wording.day(case.day), wording.why(case), case.standing)


def _text(row: Row, name: str) -> str:
    """Return what a thing says in a field, at any depth."""
    return "; ".join(str(value) for value in _values(row, name) if value not in (None, ""))


def _values(value: object, name: str) -> Iterator[object]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == name:
                yield inner
            else:
                yield from _values(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values(inner, name)


async def _grounds(reading: Reading, items: Sequence[ExemptItem]) -> Mapping[UUID, list[ExemptGround]]:
    """Return, of each item, under which paragraphs it is exempt now, and why."""
    t = exemptions.c
    statement = (
        select(t.matter_id, t.paragraph, t.reason, t.public_interest, t.review_on)
        .where(valid_at(exemptions, None), t.status == ExemptionStatus.IN_FORCE)
        .where(t.matter_id.in_([item.id for item in items]))
        .order_by(t.first_position)
    )
    found: dict[UUID, list[ExemptGround]] = {item.id: [] for item in items}
    for row in await reading.rows(statement):
        found[row["matter_id"]].append(ExemptGround.model_validate(dict(row)))
    return found
