"""The people directory over HTTP: who stands behind an id; accounts linked, people erased by decisions."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field

from shared.governance.people.commands import InvitePerson, PeopleDecision
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.governance.people.viewed_person import ASKED_ABOUT
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.fields import CODE_LIMIT, ONE_LINE, PersonId, TextOrNull
from shared.kernel.messages import Receipt
from shared.record.projecting.row_models import COUNTED, SEARCHED, UNSORTED
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.lists.filters import BY_ITS_LIST
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.answers import DECIDES, answer_now, one
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(prefix="/v1", tags=["people"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


class PersonRow(BaseModel):
    """Who stands behind an id; null once erased. `same_as` is the person that an account belongs to.

    An address is shown to its own person and to those who may read addresses; to others it is null.
    """

    id: Annotated[str, SEARCHED]
    name: Annotated[TextOrNull, SEARCHED]
    email: Annotated[TextOrNull, UNSORTED]
    same_as: TextOrNull
    absent_from: date | None = Field(
        description="When they are not there any more; of several absences, the one that holds or comes next."
    )
    absent_until: date | None = Field(description="Their last day away; none where they have left.")
    source: Annotated[str, COUNTED]
    first_seen: datetime
    erased_at: datetime | None
    number: int


# People in the directory are no longer invited.
DECISIONS = tuple(each for each in commands_in(PeopleDecision) if each is not InvitePerson)

# Names are sealed: what the directory is searched and sorted by is known once they are opened.
KNOWN = """
SELECT id, sealed, name, email, source, first_seen, erased_at, number FROM people
WHERE ($1::text IS NULL OR id = $1) AND ($2::timestamptz IS NULL OR first_seen <= $2)
"""


class PeopleFilters(BaseModel):
    """What the directory can be narrowed to."""

    name: Annotated[
        str | None,
        BY_ITS_LIST,
        Field(max_length=100, pattern=ONE_LINE, description="Only those whose name holds this."),
    ] = None


PEOPLE_LIST = ShortList(name="people", row=PersonRow, filters=PeopleFilters, tagged=False)


class PersonSeen(PersonRow):
    """One person with all their ids; `version` is the directory's, which decisions on it name."""

    ids: list[str]
    proposed_as: TextOrNull = Field(
        description="The person it is proposed to belong to, until a second person confirms it."
    )
    version: int
    next: Next = None


@router.get(
    "/people", summary="List people", dependencies=[may("read-people")], responses=PEOPLE_LIST.responses
)
async def list_people(query: Annotated[ListQuery, PEOPLE_LIST.asked]) -> Response:
    """List everybody who has signed in or is named in an import, latest first, by today's names.

    As of the past, the list holds whom the directory knew by then; old names are not kept.
    """
    reading = await PEOPLE_LIST.reading(query)
    found = await _known_by(query.request, reading, await _folded(reading))
    part = (query.asked["name"] or "").casefold()
    items = [item for item in found if part in item["name"].casefold()]
    return await PEOPLE_LIST.answer(query, reading, items, lambda item: -item["number"])


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
    directory, version = folded = await _folded(reading)
    rows = await _known_by(request, reading, folded, person_id)
    if not rows:
        raise NotFound
    shown = PersonSeen(
        **rows[0],
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


async def _known_by(
    request: Request, reading: Reading, folded: tuple[Directory, int], person: str | None = None
) -> list[dict[str, Any]]:
    """Return whom the directory knew by then, or one of them; others' addresses to whoever may read them."""
    service = core_service(request)
    rows = await reading.pool.fetch(KNOWN, person, reading.as_of if reading.past else None)
    details = await service.people.details.opened(rows)
    addresses = service.permissions.allows(reading.person, "read-addresses")
    return [
        {
            **{name: value for name, value in row.items() if name != "sealed"},
            "name": known.name,
            "email": known.email if addresses or row["id"] in reading.person.ids else "",
            "same_as": _other(folded[0], row["id"]),
            **_absence(folded[0], row["id"], day_in_london(reading.as_of)),
        }
        for row, known in zip(rows, details, strict=True)
    ]


async def _folded(reading: Reading) -> tuple[Directory, int]:
    events = await reading.record.stream(DIRECTORY_ID, reading.until)
    directory = Directory()
    for recorded in events:
        directory = recorded.event.apply(directory)
    return directory, len(events)


def _absence(directory: Directory, identity: str, day: date) -> dict[str, Any]:
    absence = directory.absence_shown(identity, day)
    return {
        "absent_from": absence.first_day if absence else None,
        "absent_until": absence.last_day if absence else None,
    }


def _other(directory: Directory, identity: str) -> str:
    person = directory.person(identity)
    return "" if person == identity else person
