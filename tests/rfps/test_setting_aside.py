"""Setting a single bid aside: on a ground, with a reason, and with what that does to the comparison."""

from typing import Any

import pytest

from rfp_service.rfps.commands.set_asides import ReadmitBid, SetBidAside
from rfp_service.rfps.commands.tender import CloseResponses
from rfp_service.rfps.domain.evaluation_refusals import (
    BidderNotHeard,
    BidIsSetAside,
    NoSuchBid,
    NotSetAside,
    OthersMayBeSeen,
    ScoresMissing,
    StillSealed,
)
from rfp_service.rfps.domain.refusals import OwnRfp, WrongStage
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import SetAsideGround as Ground
from rfp_service.rfps.domain.tender_events import BidSetAside
from tests.rfps import way
from tests.rfps.examples import ABSENT
from tests.rfps.way import CLOCK, HEAD, OFFICER, RESPONSES_BY, SCORED, after
from tests.support.specs import given


def aside(bid: str, ground: Ground = Ground.NON_COMPLIANT, **said: Any) -> SetBidAside:
    return SetBidAside(bid=bid, ground=ground, reason="As its papers say.", highest_bid_pence=1, **said)


READMIT = ReadmitBid(bid="A", reason="The form was there.", highest_bid_pence=1)
WITHOUT_A = after(SCORED, aside("A"), **HEAD)


def rfp_after(history: way.History) -> Rfp:
    state: Rfp = given(ABSENT, *history).state  # type: ignore[assignment]
    return state


def test_what_is_set_aside_is_ranked_no_more_and_the_next_best_is_put_forward() -> None:
    tender = rfp_after(WITHOUT_A).tender
    assert (tender.timely, tender.competing, tender.best()) == (("A", "B"), ("B",), ("B",))
    assert len(tender.scores) == len(rfp_after(SCORED).tender.scores)  # they stay on record
    given(ABSENT, *WITHOUT_A).when(way.RECOMMEND, **OFFICER).refused(BidIsSetAside)
    other = way.RECOMMEND.model_copy(update={"bid": "B"})
    given(ABSENT, *WITHOUT_A).when(other, **OFFICER).leads_to(stage=Stage.AWARD_APPROVAL)


def test_what_is_set_aside_is_not_scored_and_none_of_its_scores_are_missed() -> None:
    without = after(way.DECLARED, aside("A"), **OFFICER)
    given(ABSENT, *without).when(way.score("A", "Price", 90), **way.EVE).refused(BidIsSetAside)
    given(ABSENT, *without).when(way.RECOMMEND.model_copy(update={"bid": "B"}), **OFFICER).refused(
        ScoresMissing, missing=["B: Price", "B: Quality"]
    )


@pytest.mark.parametrize("ground", Ground)
def test_every_ground_is_taken_with_a_reason_and_it_waits_on_procurement(ground: Ground) -> None:
    [event] = given(ABSENT, *SCORED).when(aside("B", ground, bidder_said="No."), **HEAD).events()
    assert isinstance(event, BidSetAside)
    assert (event.ground, event.reason, event.waiting_on) == (ground, "As its papers say.", Party.PROCUREMENT)


def test_a_bid_is_abnormally_low_only_once_its_bidder_was_heard() -> None:
    low = aside("B", Ground.ABNORMALLY_LOW)
    given(ABSENT, *SCORED).when(low, **HEAD).refused(BidderNotHeard)
    heard = aside("B", Ground.ABNORMALLY_LOW, bidder_said="We hope to grow.")
    given(ABSENT, *SCORED).when(heard, **HEAD).leads_to(stage=Stage.EVALUATION)


def test_a_sealed_bid_is_set_aside_only_where_it_was_withdrawn() -> None:
    given(ABSENT, *way.WITH_BIDS).when(aside("A"), **OFFICER).refused(StillSealed, ground="non_compliant")
    withdrawn = aside("A", Ground.WITHDRAWN)
    given(ABSENT, *way.WITH_BIDS).when(withdrawn, **OFFICER).leads_to(stage=Stage.OPEN)


def test_where_every_bid_was_withdrawn_nobody_has_answered() -> None:
    nobody = way.WITH_BIDS
    for bid in ("A", "B"):
        nobody = after(nobody, aside(bid, Ground.WITHDRAWN), **OFFICER)
    given(ABSENT, *nobody).when(CloseResponses(number=1, due_at=RESPONSES_BY), **CLOCK).leads_to(
        stage=Stage.UNSUCCESSFUL
    )


def test_only_what_came_in_time_is_set_aside_and_only_once() -> None:
    late = after(way.IN_EVALUATION, way.bid("L", way.TOO_LATE), at=way.CLOSED_AT, **OFFICER)
    for unknown in ("Z", "L"):
        given(ABSENT, *late).when(aside(unknown), **OFFICER).refused(NoSuchBid)
    given(ABSENT, *WITHOUT_A).when(aside("A"), **HEAD).refused(BidIsSetAside)


def test_neither_before_bids_come_nor_after_one_is_put_forward_nor_by_the_requester() -> None:
    for history in (way.READY, way.RECOMMENDED, way.IN_STANDSTILL):
        given(ABSENT, *history).when(aside("A"), **OFFICER).refused(WrongStage)
        given(ABSENT, *history).when(READMIT, **OFFICER).refused(WrongStage)
    for command in (aside("A"), READMIT):
        given(ABSENT, *WITHOUT_A).when(command, **{**HEAD, "by": "ann"}).refused(OwnRfp)
        given(ABSENT, *way.DECLARED).when(command, **{**OFFICER, "by": "ann"}).refused(OwnRfp)


def test_what_was_set_aside_by_mistake_competes_again_with_its_scores() -> None:
    given(ABSENT, *SCORED).when(READMIT, **HEAD).refused(NotSetAside)
    again = rfp_after(after(WITHOUT_A, READMIT, **HEAD)).tender
    assert (again.competing, again.best(), again.missing()) == (("A", "B"), ("A",), [])


def test_a_bid_that_not_all_have_scored_stays_aside_once_the_others_may_be_seen() -> None:
    others = [(who, "A", criterion, 90) for who in (way.EVE, way.EVAN) for criterion in ("Price", "Quality")]
    readmit_b = READMIT.model_copy(update={"bid": "B"})
    unseen = after(way.scored(way.DECLARED, *others[:-1]), aside("B"), **HEAD)
    given(ABSENT, *unseen).when(readmit_b, **HEAD).leads_to(stage=Stage.EVALUATION)
    seen = after(way.scored(way.DECLARED, *others), aside("B"), **HEAD)
    given(ABSENT, *seen).when(readmit_b, **HEAD).refused(OthersMayBeSeen)
