"""What a request asks of a list: whether it is the same question again, and the one that is asked most."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.kernel.errors import ViewsBehind
from shared.web.core_service import core_service
from shared.web.lists.filters import narrows
from shared.web.lists.queries import ListQuery
from shared.web.lists.statements import ListStatement
from shared.web.reads.cursors import Cursor, UnreadableCursor, mark_of
from shared.web.reads.readings import Reading


def question(name: str, query: ListQuery) -> str:
    """Return what tells one question from another: but for which page, how long, in which form."""
    sent = query.request.query_params
    asked = sorted((name, value) for name, value in query.asked.items() if value is not None)
    return mark_of(name, query.sort, query.q, asked, sent.get("as_of"), sent.get("basis"))


async def pinned(query: ListQuery, cursor: Cursor) -> Reading:
    """Return the reading that a cursor goes on with: as of the position and the day of the first page."""
    reading, service = query.reading, core_service(query.request)
    if cursor.as_of > datetime.now(UTC) + timedelta(days=1):
        raise UnreadableCursor
    visible = reading.visible
    if cursor.position > visible:
        if cursor.position > await reading.record.head():
            raise UnreadableCursor
        if not await service.visibility.reaches(cursor.position):
            raise ViewsBehind(position=cursor.position, visible=visible)
        visible = service.visibility.position
    past = reading.past or cursor.position != visible
    return replace(reading, position=cursor.position, visible=visible, as_of=cursor.as_of, past=past)


def is_usual(stated: ListStatement, query: ListQuery, reading: Reading) -> bool:
    """Say whether the first page is asked for of all that there is now, in the usual order.

    It is then the same question whoever asks it: nothing narrows it, and no service area limits its reader.
    """
    more = query.cursor or query.q or query.sort or query.count or query.count_by
    limited = reading.past or reading.happened_by is not None or reading.areas is not None
    bounded = stated.within is not None or not stated.is_of_states
    return not (more or limited or bounded or narrows(stated.filters, query.asked))
