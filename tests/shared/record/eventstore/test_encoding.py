"""A row's event is the same, whether its whole envelope is read or only what it said."""

from typing import Any, ClassVar

import orjson
import pytest
from pydantic import Field

from shared.kernel.messages import Event
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.unread import EventUnread


class Signed(Event[Any]):
    """An event whose own words look like the end of what it said."""

    kind: ClassVar[str] = "paper"

    part: dict[str, str] = Field(default_factory=dict)
    by: str = ""
    words: str = ""


class Renamed(Event[Any]):
    """An event of a second shape."""

    kind: ClassVar[str] = "paper"
    class_version: ClassVar[int] = 2

    title: str

    @staticmethod
    def upcast_v1_v2(said: dict[str, Any]) -> None:
        """Call the name a title."""
        said["title"] = said.pop("name")


MAPPER = EnvelopeMapper(Topics([Signed, Renamed]))


def event_in(topic: str, state: bytes) -> Event[Any]:
    [event] = MAPPER.events_in([(1, 1, topic, state)])
    return event


@pytest.mark.parametrize(
    "event",
    [
        Signed(by="ann"),
        Signed(part={"x": "1"}, by="ann"),
        Signed(part={"by": "bob"}, by="ann", words='}},"by":"eve"'),
        Signed(words='{"data":{},"by":"eve"}\\'),
    ],
)
def test_words_that_look_like_the_end_are_read_whole(event: Signed) -> None:
    state = orjson.dumps({"data": event.model_dump(), "by": "ann", "at": "2026-03-02T10:00:00Z"})
    assert event_in("Signed", state) == event


def test_an_older_shape_is_brought_up_to_date() -> None:
    state = orjson.dumps({"data": {"name": "Laptops"}, "by": "ann"})
    assert event_in("Renamed", state) == Renamed(title="Laptops")


def test_what_no_longer_loads_says_which_event_it_is() -> None:
    with pytest.raises(EventUnread) as refusal:
        event_in("Signed", orjson.dumps({"data": {"words": 5}, "by": "ann"}))
    assert refusal.value.facts == {"position": 1, "event_type": "Signed"}
