"""Which views an event that can't be read stops, which go past it, and what those owe it.

A view stops where its rows would be wrong without the event, and stands just before it. What goes past is
kept by name: a release that can read the event rebuilds those of them that have rows of it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from shared.kernel.messages import Recorded
from shared.record.database import Connection
from shared.record.eventstore.encoding import EnvelopeMapper
from shared.record.eventstore.reader import AT
from shared.record.eventstore.unread import UnreadEvent, UnreadMark, kind_of, name_of, unread
from shared.record.projecting.positions import move
from shared.record.projecting.views import StateView, View

MET = """
INSERT INTO unread_events (position, stream_id, kind, topic, why, views)
SELECT m.position, m.stream_id, m.kind, m.topic, m.why, string_to_array(m.views, ' ')
FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
     AS m ("position", stream_id, kind, topic, why, views)
ON CONFLICT (position) DO UPDATE SET views =
    ARRAY(SELECT DISTINCT v FROM unnest(unread_events.views || EXCLUDED.views) AS v ORDER BY v)
"""
OWED = "SELECT position, views FROM unread_events WHERE views <> '{}' ORDER BY position"
STILL_OWED = "UPDATE unread_events SET views = $2 WHERE position = $1"
# Views that are rebuilt owe only what they go past from now on.
BEGUN_ANEW = """
UPDATE unread_events SET views = ARRAY(SELECT v FROM unnest(views) AS v WHERE v <> ALL ($1))
WHERE views && $1
"""
FORGET = """
DELETE FROM unread_events u WHERE u.position = ANY ($1) AND u.views = '{}' AND u.reactions = '{}'
  AND NOT EXISTS (SELECT FROM views v WHERE v.unread = u.position)
"""
STOPPED = "SELECT name, unread FROM views WHERE unread IS NOT NULL"
RESUME = "UPDATE views SET stopped = NULL, unread = NULL WHERE name = ANY ($1)"


class Stop(NamedTuple):
    """Before which position a view stops, and the event that it can't do without."""

    at: int
    cause: UnreadMark


def stops(
    views: Iterable[View], block: Sequence[Recorded], broken: Mapping[UUID, UnreadMark]
) -> dict[str, Stop]:
    """Return which views stop within a block; `broken` are the streams known to hold an unread event.

    A thing that holds one is not known from there on, so its next events stop its views as well.
    """
    broken, found = dict(broken), dict[str, Stop]()
    open_views = {view.name: view for view in views}
    for recorded in block:
        if (event := unread(recorded)) is not None:
            broken.setdefault(event.stream_id, event)
        cause = broken.get(recorded.stream_id) if broken else None
        if cause is None:
            continue
        for name in [n for n, view in open_views.items() if _needs(view, recorded)]:
            found[name] = Stop(recorded.position, event or cause)
            del open_views[name]
    return found


def _needs(view: View, recorded: Recorded) -> bool:
    """Say whether a view can't go past an event of a stream that holds an unread one."""
    if isinstance(view, StateView):
        return bool(kind_of(recorded) == view.blank.kind)
    if not isinstance(recorded.event, UnreadEvent):
        return False  # a journal takes each event by itself
    if view.of is not None:
        return name_of(recorded) in {cls.__name__ for cls in view.of}
    return view.passes is None or not view.passes(recorded)


def _owes(view: View, event: UnreadMark) -> bool:
    """Say whether a view that went past an event may have rows of it, once it can be read."""
    return not isinstance(view, StateView) or event.kind in ("", view.blank.kind)


async def keep_met(connection: Connection, met: Sequence[tuple[UnreadMark, Collection[View]]]) -> None:
    """Keep which unread events were met, each with the views that went past it."""
    if not met:
        return
    positions, streams, kinds, topics, whys = zip(*[event for event, _ in met], strict=True)
    views = [" ".join(view.name for view in passed if _owes(view, event)) for event, passed in met]
    await connection.execute(MET, positions, streams, kinds, topics, whys, views)


async def owing(connection: Connection, mapper: EnvelopeMapper, views: Sequence[View]) -> list[View]:
    """Return the views that went past events which this release can read, and have rows of them."""
    owed = {row["position"]: set(row["views"]) for row in await connection.fetch(OWED)}
    found: set[str] = set()
    for recorded in await _readable(connection, mapper, owed):
        names = owed[recorded.position]
        found |= {view.name for view in views if view.name in names and _has_rows(view, recorded)}
    return [view for view in views if view.name in found]


async def begin_anew(connection: Connection, views: Iterable[View]) -> None:
    """Cross views off everywhere: they have just been rebuilt."""
    await connection.execute(BEGUN_ANEW, [view.name for view in views])


async def settle(connection: Connection, mapper: EnvelopeMapper, views: Sequence[View]) -> None:
    """Cross off what turns out to have no rows of an event that can be read now; forget what is done."""
    owed = {row["position"]: set(row["views"]) for row in await connection.fetch(OWED)}
    for recorded in await _readable(connection, mapper, owed):
        names = owed[recorded.position]
        left = [v.name for v in views if v.name in names and _has_rows(v, recorded)]
        await connection.execute(STILL_OWED, recorded.position, left)
    met = await connection.fetch("SELECT position FROM unread_events")
    gone = await _readable(connection, mapper, [row["position"] for row in met])
    await connection.execute(FORGET, [recorded.position for recorded in gone])


async def resume(connection: Connection, mapper: EnvelopeMapper, views: Sequence[View]) -> list[str]:
    """Let the views that stand before an event go on which this release can read; return their names.

    Views that went past it and would have had rows of it wait for their rebuild.
    """
    at = {row["name"]: row["unread"] for row in await connection.fetch(STOPPED)}
    readable = {r.position for r in await _readable(connection, mapper, at.values())}
    owed = {view.name for view in await owing(connection, mapper, views)}
    names = [name for name, position in at.items() if position in readable and name not in owed]
    await connection.execute(RESUME, names)
    await settle(connection, mapper, views)
    await move(connection, (), 0)  # how far all have come is another position now
    return names


def _has_rows(view: View, recorded: Recorded) -> bool:
    if isinstance(view, StateView):
        return bool(kind_of(recorded) == view.blank.kind)
    if view.of is not None:
        return type(recorded.event) in view.of
    return True


async def _readable(
    connection: Connection, mapper: EnvelopeMapper, positions: Iterable[int]
) -> list[Recorded]:
    """Return the events at some positions that this release can read."""
    rows = await connection.fetch(AT, list(positions))
    found = [mapper.recorded_or_unread(row) for row in rows]
    return [recorded for recorded in found if not isinstance(recorded.event, UnreadEvent)]
