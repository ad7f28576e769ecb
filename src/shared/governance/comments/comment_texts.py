"""The words of comments: as their reader may read them, and which comments have some of them.

The tables hold them encrypted, so that those of somebody who was erased are gone. Nothing is found by an
index: the latest are opened, as they would be shown, and looked through.
"""

from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, ColumnElement, Text, literal, or_, select, true

from shared.governance.comments.views import comments
from shared.governance.disclosure.disclosure_filter import READ_PERSONAL
from shared.governance.disclosure.field_redaction import ERASED, WITHHELD
from shared.governance.documents.cases import add_case_names, said_of
from shared.kernel.personal import PERSONAL
from shared.record.projecting.views import STILL_VALID
from shared.web.core_service import CoreService, core_service
from shared.web.lists.filters import ListMoment
from shared.web.lists.queries import ListQuery
from shared.web.lists.search import Forgiving, matching
from shared.web.reads.readings import Reading
from shared.web.reads.thing_names import Tables

LOOKED_THROUGH = 1_000  # comments, the latest that the reader may read
FORGIVEN = (Forgiving.NOTHING, Forgiving.ONE_SLIP)  # to compare spellings takes long without an index
NO_WORDS = {"about": "", "text": ""}
MARKS = ("", PERSONAL, ERASED)  # what stands where there are no words, or none for this reader


class CommentBounds(NamedTuple):
    """What bounds a list of comments: the cases in sight, and which have the words asked for."""

    sight: "ColumnElement[bool]"
    tables: Tables
    found: frozenset[UUID]


async def comment_bounds(query: ListQuery, reading: Reading) -> CommentBounds:
    """Return which comments somebody may see, and of those the ones with the words they look for."""
    of = await said_of(query, reading, comments)
    service = core_service(query.request)
    found = await _with_words(service, reading, of.sight, query.q) if query.q else frozenset()
    return CommentBounds(of.sight, of.tables, found)


def with_the_words(moment: ListMoment) -> "ColumnElement[bool]":
    """Return the condition on comments that have the words asked for."""
    return comments.c.id.in_(sorted(moment.facts.found))


async def add_names_and_texts(reading: Reading, bounds: CommentBounds, items: list[dict[str, Any]]) -> None:
    """Add the words, and what they are about."""
    await add_case_names(reading, bounds.tables, items)
    await _add_texts(reading, items)


async def _add_texts(reading: Reading, items: list[dict[str, Any]]) -> None:
    """Add the words; of what has been taken back since, none are shown of any time."""
    ids = [item["id"] for item in items]
    now = comments.c.taken_back & (comments.c.valid_to == STILL_VALID) & comments.c.id.in_(ids)
    taken_back = {row["id"] for row in await reading.rows(select(comments.c.id).where(now))}
    for item in items:
        item["text"] = NO_WORDS if item["id"] in taken_back else orjson.loads(item["text"])


async def _with_words(
    service: CoreService, reading: Reading, sight: "ColumnElement[bool]", asked: str
) -> frozenset[UUID]:
    """Return which of the latest comments have these words, by what of them is shown to their reader."""
    columns = (comments.c.id, comments.c.case_id, comments.c.made_by, comments.c.text)
    statement = select(*columns).where(reading.valid(comments), sight, _readable(service, reading))
    latest = statement.order_by(comments.c.first_position.desc()).limit(LOOKED_THROUGH)
    items = [dict(row) for row in await reading.rows(latest)]
    await _add_texts(reading, items)
    await reading.redacted(items)
    shown = [
        item for item in items if "text" not in item.get(WITHHELD, ()) and item["text"]["text"] not in MARKS
    ]
    texts = [item["text"]["text"] for item in shown]
    for forgiving in FORGIVEN:
        if numbers := await matching(reading, texts, asked, forgiving):
            return frozenset(shown[number]["id"] for number in numbers)
    return frozenset()


def _readable(service: CoreService, reading: Reading) -> "ColumnElement[bool]":
    """Return the condition on comments whose words this reader may read: all, or those about themselves."""
    if service.permissions.allows(reading.person, READ_PERSONAL):
        return true()
    ids = list(reading.person.ids)
    mentioned = comments.c.mentions.bool_op("&&")(literal(ids, ARRAY(Text)))
    return or_(comments.c.made_by.in_(ids), mentioned)
