"""What is sealed: each event's own fields, until one that opens them comes after it."""

from typing import ClassVar

from rfp_service.events import EVENTS
from shared.governance.disclosure.field_redaction import SEALED, withhold
from shared.governance.disclosure.sealed_fields import SealedFields, Seen
from shared.kernel.messages import Event, Sealed


class BidCame(Event):  # type: ignore[type-arg]  # of no thing in particular
    sealed: ClassVar[Sealed | None] = Sealed(("price", "bidder"), until=("BidsOpened",))


class ScoreGiven(Event):  # type: ignore[type-arg]  # the same
    sealed: ClassVar[Sealed | None] = Sealed(("score",), until=("AwardMade", "RoundVoid"))


class BidsOpened(Event):  # type: ignore[type-arg]  # the same
    pass


SEALS = SealedFields([BidCame, ScoreGiven, BidsOpened])


def closed(*topics: str) -> dict[int, set[str]]:
    seen = [Seen(version, topic) for version, topic in enumerate(topics, start=1)]
    return {version: set(fields) for version, fields in SEALS.closed(seen).items()}


def test_a_bid_is_sealed_until_bids_are_opened() -> None:
    assert closed("BidCame") == {1: {"price", "bidder"}}
    assert closed("BidCame", "BidCame") == {1: {"price", "bidder"}, 2: {"price", "bidder"}}
    assert closed("BidCame", "BidCame", "BidsOpened") == {}


def test_opening_opens_what_came_before_it_and_nothing_that_comes_after() -> None:
    assert closed("BidsOpened", "BidCame") == {2: {"price", "bidder"}}
    assert closed("BidCame", "BidsOpened", "BidCame") == {3: {"price", "bidder"}}


def test_one_seal_opens_no_other() -> None:
    assert closed("BidCame", "ScoreGiven", "BidsOpened") == {2: {"score"}}
    assert closed("BidCame", "ScoreGiven", "AwardMade") == {1: {"price", "bidder"}}
    assert closed("ScoreGiven", "RoundVoid") == {}


def test_what_is_withheld_is_taken_out_at_any_depth_and_named() -> None:
    item = {"title": "Laptops", "bids": [{"bidder": "Acme", "price": 7, "late": False}]}
    withhold(item, {"price": SEALED, "bidder": SEALED, "absent": SEALED})
    assert item == {
        "title": "Laptops",
        "bids": [{"bidder": SEALED, "price": None, "late": False}],
        "withheld": {"price": SEALED, "bidder": SEALED},
    }


def test_a_name_that_means_another_field_in_the_row_is_taken_out_only_inside() -> None:
    item = {"bidder": "the RFP's own", "bids": [{"bidder": "Acme"}], "said": {"bidder": "Acme"}}
    withhold(item, {"bidder": SEALED}, {"bidder"})
    assert item == {
        "bidder": "the RFP's own",
        "bids": [{"bidder": SEALED}],
        "said": {"bidder": SEALED},
        "withheld": {"bidder": SEALED},
    }


def test_every_seal_names_fields_that_its_event_has_and_events_that_exist() -> None:
    names = {event.__name__ for event in EVENTS}
    for event in EVENTS:
        if event.sealed is not None:
            assert set(event.sealed.fields) <= set(event.model_fields), event
            assert set(event.sealed.within) <= set(event.sealed.fields), event
            assert event.sealed.author in {"", *event.model_fields}, event
            assert set(event.sealed.until) <= names, event
