"""The people directory over HTTP: who stands behind an id; accounts linked, people erased by decisions."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, select

from shared.governance.people.commands import InvitePerson, PeopleDecision
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.governance.people.viewed_person import ASKED_ABOUT
from shared.kernel.errors import NotFound
from shared.kernel.fields import CODE_LIMIT, ONE_LINE, PersonId
from shared.kernel.messages import Receipt
from shared.record.projecting.row_models import COUNTED, SEARCHED, UNSORTED, Derived, read_table
from shared.web.access.permissions import Permissions
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.lists.filters import ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.lists.statements import NO_THING
from shared.web.reads.answers import DECIDES, answer_now, one
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(prefix="/v1", tags=["people"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


class PersonRow(BaseModel):
    """Who stands behind an id; blank once erased. `same_as` is the person that an account belongs to.

    An address is shown to its own person and to those who may read addresses; to others it is blank.
    """

    id: Annotated[str, SEARCHED]
    name: Annotated[str, SEARCHED]
    email: Annotated[str, UNSORTED]
    same_as: Annotated[str, Derived()]
    absent_from: Annotated[date | None, Derived(), Field(description="When they are not there any more.")]
    absent_until: Annotated[
        date | None, Derived(), Field(description="Their last day away; none where they have left.")
    ]
    source: Annotated[str, COUNTED]
    first_seen: datetime
    erased_at: datetime | None
    number: int


# Who is in the directory is invited no more.
DECISIONS = tuple(each for each in commands_in(PeopleDecision) if each is not InvitePerson)

people = read_table("people", PersonRow)


def _named(name: str, _: ListMoment) -> ColumnElement[bool]:
    """Return the condition that a name holds a text."""
    return people.c.name.icontains(name, autoescape=True)


class PeopleFilters(BaseModel):
    """What the directory can be narrowed to."""

    name: Annotated[
        str | None,
        Where(_named),
        Field(max_length=100, pattern=ONE_LINE, description="Only those whose name holds this."),
    ] = None


def _known(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the condition on whom the directory knew by then."""
    return [people.c.first_seen <= moment.reading.as_of] if moment.reading.past else []


async def _reads_addresses(query: ListQuery, reading: Reading) -> bool:
    """Say whether the reader may read other people's addresses."""
    return _may_read_addresses(query.request, reading)


def _may_read_addresses(request: Request, reading: Reading) -> bool:
    permissions: Permissions = core_service(request).permissions
    return permissions.allows(reading.person, "read-addresses")


async def _with_links(reading: Reading, addresses: object, items: list[dict[str, Any]]) -> None:
    """Add whose account each id is, which only the record holds; leave out others' addresses."""
    directory, _version = await _folded(reading)
    for item in items:
        item["same_as"] = _other(directory, item["id"])
        item.update(_absence(directory, item["id"]))
        if not addresses and item["id"] not in reading.person.ids:
            item["email"] = ""


PEOPLE_LIST = ListOf(
    name="people",
    row=PersonRow,
    table=people,
    filters=PeopleFilters,
    facts=_reads_addresses,
    key="number",
    within=_known,
    derive=_with_links,
    thing=NO_THING,
    tagged=False,
)


class PersonSeen(PersonRow):
    """One person with all their ids; `version` is the directory's, which decisions on it name."""

    ids: list[str]
    proposed_as: str = Field(
        "", description="The person it is proposed to belong to, until a second person confirms it."
    )
    version: int
    next: Next = None


@router.get(
    "/people", summary="List people", dependencies=[may("read-people")], responses=PEOPLE_LIST.responses
)
async def list_people(query: Annotated[ListQuery, PEOPLE_LIST.asked]) -> Response:
    """List whoever has signed in or is named in an import, latest first, as named today.

    As of the past, the list holds whom the directory knew by then; old names are not kept.
    """
    return await PEOPLE_LIST.answer(query)


@router.get(
    "/people/{person_id}",
    summary="See a person",
    dependencies=[may("read-people")],
    responses=one(PersonSeen, lasting=False),
)
async def see_person(
    request: Request,
    person_id: Annotated[PersonId, Path(max_length=CODE_LIMIT, description="The person's id.")],
    reading: Read,
) -> Response:
    """Show who stands behind an id, every other id they have, and now what you may decide on them."""
    rows = await reading.rows(_known_by(reading).where(people.c.id == person_id))
    if not rows:
        raise NotFound
    directory, version = await _folded(reading)
    row = dict(rows[0])
    if person_id not in reading.person.ids and not _may_read_addresses(request, reading):
        row["email"] = ""
    shown = PersonSeen(
        **row,
        same_as=_other(directory, person_id),
        **_absence(directory, person_id),
        version=version,
        ids=list(directory.same(person_id)),
        proposed_as=directory.proposed.get(person_id, ("", ""))[0],
    )
    stream = await core_service(request).store.load(DIRECTORY_ID, Directory())
    shown = await with_next(request, reading, stream, shown, DECISIONS, None, **{ASKED_ABOUT: person_id})
    return answer_now(shown, version)


@router.post("/directory/decisions", summary="Decide on the directory", responses=DECIDES)
async def decide_on_people(
    request: Request, command: Annotated[PeopleDecision, strict(PeopleDecision), Body()], handler: Commands
) -> Receipt:
    """Propose or confirm a link, take one back, invite or erase somebody; the version is the directory's."""
    receipt = await handler.set(DIRECTORY_ID, command, blank=Directory())
    await core_service(request).people.carry_out_invitations()
    await core_service(request).people.carry_out_erasures()
    return receipt


def _known_by(reading: Reading) -> "Select[Any]":
    statement = select(people)
    return statement.where(people.c.first_seen <= reading.as_of) if reading.past else statement


async def _folded(reading: Reading) -> tuple[Directory, int]:
    events = await reading.record.stream(DIRECTORY_ID, reading.position if reading.past else None)
    directory = Directory()
    for recorded in events:
        directory = recorded.event.apply(directory)
    return directory, len(events)


def _absence(directory: Directory, identity: str) -> dict[str, Any]:
    absence = directory.absences.get(identity)
    return {
        "absent_from": absence.first_day if absence else None,
        "absent_until": absence.last_day if absence else None,
    }


def _other(directory: Directory, identity: str) -> str:
    person = directory.person(identity)
    return "" if person == identity else person
