"""From events to the rows of every view: the one computation behind live projection and rebuild."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.kernel.messages import Recorded, State, Stream
from shared.record.eventstore.store import advance
from shared.record.eventstore.unread import UnreadMark, kind_of, unread
from shared.record.projecting.views import STILL_VALID, Journal, StateView, View, blanks


@dataclass(slots=True)
class Written:
    """What a block of events adds to one view: new rows, and the ends of rows that were valid."""

    rows: list[tuple[object, ...]] = field(default_factory=list)
    closed: dict[UUID, int] = field(default_factory=dict)


class Streams:
    """The things that blocks of events are about, each as it stands; bounded, oldest use forgotten."""

    def __init__(self, views: Iterable[View], limit: int | None) -> None:
        """Follow the kinds of streams that some state view shows; hold at most `limit` of them."""
        self._blanks = blanks(views)
        self._limit = limit
        self._streams: dict[UUID, Stream[Any]] = {}
        self.broken: dict[UUID, UnreadMark] = {}  # those that hold an event that can't be read

    def missing(self, block: Sequence[Recorded]) -> set[UUID]:
        """Return the streams of a block that are not at hand and did not begin in it."""
        begun = {r.stream_id for r in block if r.version == 1}
        return {
            r.stream_id
            for r in block
            if kind_of(r) in self._blanks and r.stream_id not in self._streams and r.stream_id not in begun
        }

    def advance(self, recorded: Recorded) -> Stream[Any] | None:
        """Apply one event; answer with its stream, or with nothing where no state view shows it.

        Nor is there anything to show of a stream from an event on that can't be read.
        """
        blank: State | None = self._blanks.get(type(recorded.event).kind)
        if blank is None:
            if (event := unread(recorded)) is not None:
                self.broken.setdefault(event.stream_id, event)
            return None
        if self.broken and recorded.stream_id in self.broken:
            return None
        stream = self._streams.pop(recorded.stream_id, None) or Stream(recorded.stream_id, blank)
        if recorded.version > stream.version:
            stream = advance(stream, recorded)
        self._streams[recorded.stream_id] = stream
        return stream

    def forget_oldest(self) -> None:
        """Drop what was used longest ago, down to the limit."""
        if self._limit is not None:
            for stream_id in list(self._streams)[: max(0, len(self._streams) - self._limit)]:
                del self._streams[stream_id]

    def forget(self) -> None:
        """Drop everything: what was computed may never have been written."""
        self._streams.clear()
        self.broken.clear()


def state_rows(view: StateView[Any], streams: Sequence[Stream[Any]]) -> Written:
    """Return a state view's rows for a block: each version's row ends where the next one begins."""
    written = Written()
    last: dict[UUID, Stream[Any]] = {}
    for stream in streams:
        before = last.get(stream.id)
        if before is None:
            if stream.version > 1:
                written.closed[stream.id] = stream.position
        else:
            written.rows.append(view.values(before, stream.position))
        last[stream.id] = stream
    written.rows.extend(view.values(stream, STILL_VALID) for stream in last.values())
    return written


def journal_rows(journal: Journal, block: Sequence[Recorded]) -> Written:
    """Return a journal's rows for a block."""
    return Written(journal.values(block))
