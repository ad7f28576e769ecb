"""Corrections are decisions: what it was stays beside what it is, and nothing is stuck on a slip."""

from datetime import timedelta
from typing import Any

import pytest

from rfp_service.rfps.commands.awards import SendSummaries
from rfp_service.rfps.commands.corrections import (
    ConfirmNoConflict,
    CorrectAnswer,
    CorrectBid,
    CorrectSummaries,
    WithdrawConflict,
)
from rfp_service.rfps.commands.participants import AppointEvaluator
from rfp_service.rfps.commands.responses import AnswerClarification, RecordClarification
from rfp_service.rfps.commands.set_asides import SetBidAside
from rfp_service.rfps.commands.tender import CloseResponses
from rfp_service.rfps.domain.correction_events import AnswerCorrected, BidCorrected
from rfp_service.rfps.domain.correction_refusals import (
    AnotherConfirms,
    AnotherCorrects,
    BiddersMissing,
    NotConflicted,
    NotInDoubt,
)
from rfp_service.rfps.domain.evaluation_refusals import NoSuchBid, ScoringHasBegun
from rfp_service.rfps.domain.refusals import (
    AlreadyReceived,
    Conflicted,
    NoPartInIt,
    NoSuchQuestion,
    NothingAmended,
    OwnRfp,
    ReceivedBeforeAsked,
    ReceivedInTheFuture,
    SummariesFirst,
    WrongStage,
)
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import SetAsideGround
from tests.rfps import way
from tests.rfps.examples import ABSENT, IN_BUSINESS_CASE
from tests.rfps.way import CLOCK, HEAD, IN_TIME, LEGAL, OFFICER, RESPONSES_BY, TOO_LATE, after
from tests.support.specs import NOW, given

PAUL: dict[str, Any] = {"by": "paul", "roles": ["procurement_officer"]}
AT = {"at": way.CLOSED_AT}


def correct(bid: str = "A", **fields: Any) -> CorrectBid:
    return CorrectBid(bid=bid, reason="Mistyped.", **fields)


def references(history: Any) -> tuple[list[str], tuple[str, ...]]:
    rfp = ABSENT
    for event in history:
        rfp = event.apply(rfp)
    return [bid.reference for bid in rfp.tender.bids], rfp.tender.competing


def test_a_bids_reference_and_time_are_put_right_and_both_are_kept() -> None:
    early = IN_TIME - timedelta(hours=1)
    given(ABSENT, *way.WITH_BIDS).when(
        correct(reference="A-7", received_at=early), at=IN_TIME, **OFFICER
    ).then(
        BidCorrected(
            stage=Stage.OPEN,
            waiting_on=Party.MARKET,
            bid="A",
            reference="A-7",
            was_received_at=IN_TIME,
            received_at=early,
            was_late=False,
            late=False,
            reason="Mistyped.",
        )
    )


def test_once_bids_are_open_somebody_else_puts_one_right() -> None:
    spec = given(ABSENT, *way.IN_EVALUATION)
    spec.when(correct(reference="A-7"), **OFFICER).refused(AnotherCorrects, recorded_by="priya")
    spec.when(correct(reference="A-7"), **PAUL).leads_to(stage=Stage.EVALUATION)


def test_a_bid_is_put_right_wherever_it_is_named() -> None:
    aside = SetBidAside(bid="B", ground=SetAsideGround.NON_COMPLIANT, reason="Unsigned.", highest_bid_pence=1)
    history = after(way.SCORED, aside, **HEAD)
    for bid in ("A", "B"):
        history = after(history, correct(bid, reference=f"{bid}-7"), **PAUL)
    assert references(history) == (["A-7", "B-7"], ("A-7",))
    best = way.RECOMMEND.model_copy(update={"bid": "A-7"})
    given(ABSENT, *history).when(best, **OFFICER).leads_to(stage=Stage.AWARD_APPROVAL)


def test_a_bid_that_was_late_by_a_slip_competes_and_the_other_way_round() -> None:
    late = after(way.IN_EVALUATION, way.bid("C", TOO_LATE), **AT, **OFFICER)
    joined = after(late, correct("C", received_at=IN_TIME), **AT, **PAUL)
    assert references(joined)[1] == ("A", "B", "C")
    out = after(joined, correct("C", received_at=TOO_LATE), **AT, **PAUL)
    assert references(out)[1] == ("A", "B")
    scoring = way.scored(late[: len(late)], *[])
    begun = after(after(scoring, way.DECLARE, **way.EVE), way.DECLARE, **way.EVAN)
    begun = way.scored(begun, (way.EVE, "A", "Price", 90))
    given(ABSENT, *begun).when(correct("C", received_at=IN_TIME), **AT, **PAUL).refused(ScoringHasBegun)


def test_the_only_bid_late_by_a_slip_takes_the_rfp_on_though_it_had_ended() -> None:
    late = after(way.OPEN, way.bid("A", TOO_LATE), **AT, **OFFICER)
    ended = after(late, CloseResponses(number=1, due_at=RESPONSES_BY), **AT, **CLOCK)
    assert ended[-1].stage is Stage.UNSUCCESSFUL
    spec = given(ABSENT, *ended)
    spec.when(correct(received_at=IN_TIME), **AT, **PAUL).leads_to(stage=Stage.EVALUATION)
    spec.when(correct(reference="A-7"), **AT, **PAUL).refused(WrongStage)


def test_a_correction_names_a_bid_and_what_is_right_instead() -> None:
    spec = given(ABSENT, *way.WITH_BIDS)
    spec.when(correct("Z", reference="A-7"), **OFFICER).refused(NoSuchBid)
    spec.when(correct(), **OFFICER).refused(NothingAmended)
    spec.when(correct(reference="A"), **OFFICER).refused(NothingAmended)
    spec.when(correct(reference="B"), **OFFICER).refused(AlreadyReceived, reference="B")
    spec.when(correct(received_at=NOW + timedelta(days=1)), **OFFICER).refused(ReceivedInTheFuture)
    before = correct(received_at=NOW - timedelta(days=1))
    spec.when(before, **OFFICER).refused(ReceivedBeforeAsked)
    spec.when(correct(reference="A-7"), by="ann").refused(OwnRfp)


def test_an_answer_is_put_right_for_every_bidder_once_there_is_one() -> None:
    asked = after(way.OPEN, RecordClarification(question="How many?"), **OFFICER)
    right = CorrectAnswer(number=1, answer="Fifty.", reason="Ten more were found.")
    given(ABSENT, *asked).when(right, **OFFICER).refused(NoSuchQuestion, unanswered=[1])
    given(ABSENT, *way.OPEN).when(right, **OFFICER).refused(NoSuchQuestion)
    answered = after(asked, AnswerClarification(number=1, answer="Forty."), **OFFICER)
    given(ABSENT, *answered).when(right, **OFFICER).then(
        AnswerCorrected(
            stage=Stage.OPEN,
            waiting_on=Party.MARKET,
            number=1,
            answer="Fifty.",
            reason="Ten more were found.",
        )
    )


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        (["A"], {"missing": ["B"]}),
        (["A", "B", "C"], {"unknown": ["C"]}),
        (["A", "B", "B"], {"missing": []}),
        ([], {"missing": ["A", "B"]}),
    ],
)
def test_summaries_name_every_bidder_and_nobody_else(told: list[str], facts: dict[str, object]) -> None:
    given(ABSENT, *way.AWARDED).when(SendSummaries(told=told), **OFFICER).refused(BiddersMissing, **facts)


def test_whoever_withdrew_is_not_assessed_and_older_summaries_named_nobody() -> None:
    aside = SetBidAside(bid="B", ground=SetAsideGround.WITHDRAWN, reason="Withdrawn.", highest_bid_pence=1)
    history = after(after(way.SCORED, aside, **HEAD), way.RECOMMEND, **OFFICER)
    awarded = after(history, way.APPROVE_AWARD, **HEAD)
    [sent] = given(ABSENT, *awarded).when(SendSummaries(told=["A"]), **OFFICER).events()
    assert sent.bidders == 1  # type: ignore[attr-defined]
    old = given(ABSENT, *way.AWARDED).when(SendSummaries(bidders=2), rules=None, **OFFICER)
    assert old.events()[0].told == ()  # type: ignore[attr-defined]


def test_who_was_told_is_put_right_and_what_was_recorded_is_kept() -> None:
    old = after(way.AWARDED, SendSummaries(bidders=3), rules=None, **OFFICER)
    right = CorrectSummaries(told=["A", "B"], reason="There were two.")
    [corrected] = given(ABSENT, *old).when(right, **OFFICER).events()
    assert (corrected.told, corrected.was, corrected.was_bidders) == (("A", "B"), (), 3)  # type: ignore[attr-defined]
    given(ABSENT, *way.AWARDED).when(right, **OFFICER).refused(SummariesFirst)
    missing = CorrectSummaries(told=["A"], reason="There was one.")
    given(ABSENT, *old).when(missing, **OFFICER).refused(BiddersMissing)


WAIVER = way.WAIVER.model_copy(update={"conflicted": ["paul"]})
CONFLICTED = after(IN_BUSINESS_CASE, WAIVER)
WITHDRAW = WithdrawConflict(person="paul", reason="It is another Paul.")
CONFIRM = ConfirmNoConflict(person="paul", reason="Looked up.")


def test_a_conflict_declared_by_mistake_counts_until_another_person_confirms_that() -> None:
    doubted = after(CONFLICTED, WITHDRAW)
    appoint = AppointEvaluator(evaluator="paul")
    given(ABSENT, *doubted).when(appoint, **OFFICER).refused(Conflicted, person="paul")
    withdrawn = after(doubted, CONFIRM, **LEGAL)
    given(ABSENT, *withdrawn).when(appoint, **OFFICER).leads_to(conflicted=(), doubted=())


def test_a_withdrawal_names_a_conflict_and_is_confirmed_by_neither_side() -> None:
    given(ABSENT, *CONFLICTED).when(CONFIRM, **LEGAL).refused(NotInDoubt)
    other = WITHDRAW.model_copy(update={"person": "hana"})
    given(ABSENT, *CONFLICTED).when(other).refused(NotConflicted, person="hana")
    given(ABSENT, *CONFLICTED).when(WITHDRAW, by="ben", roles=["requester"]).refused(NoPartInIt)
    doubted = given(ABSENT, *after(CONFLICTED, WITHDRAW, **OFFICER))
    for by in ("priya", "paul"):
        doubted.when(CONFIRM, by=by).refused(AnotherConfirms, asked_by=["priya"])
    doubted.when(CONFIRM, by="p2", same=[("p2", "paul")]).refused(AnotherConfirms)
