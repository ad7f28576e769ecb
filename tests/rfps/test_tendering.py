"""Asking the market: prepared, with enough time, the same for everybody; bids stay sealed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rfp_service.rfps.commands.evaluation import FindNoCompliantBid
from rfp_service.rfps.commands.holds import StartHold
from rfp_service.rfps.commands.responses import AnswerClarification, RecordClarification, RecordResponse
from rfp_service.rfps.commands.tender import (
    CloseResponses,
    CloseResponsesByHand,
    ExtendDeadline,
    FixCriteria,
    IssueInvitation,
    PublishTenderNotice,
)
from rfp_service.rfps.domain.correction_refusals import QuestionsUnanswered
from rfp_service.rfps.domain.evaluation_refusals import ScoringHasBegun
from rfp_service.rfps.domain.refusals import (
    AlreadyReceived,
    CriteriaFirst,
    EvaluatorsFirst,
    NoSuchQuestion,
    NotDueYet,
    NotLater,
    OtherWayOfAsking,
    OwnRfp,
    ReceivedBeforeAsked,
    ReceivedInTheFuture,
    TooLateToExtend,
    TooLittleTime,
    WeightsNotHundred,
    WrongStage,
)
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.domain.tender import Criterion
from rfp_service.rfps.domain.tender_events import (
    NoResponses,
    ResponseReceived,
    ResponsesClosed,
    ResponsesKeptOpen,
)
from shared.kernel.rules import Rules
from tests.rfps import way
from tests.rfps.examples import ABSENT
from tests.rfps.way import CLOCK, IN_TIME, OFFICER, OPEN, RESPONSES_BY, TOO_LATE, WITH_BIDS, after
from tests.support.guards import refusal
from tests.support.specs import NOW, RULES, given, stamp


@pytest.mark.parametrize("weights", [(60, 39), (60, 41), (100, 1)])
def test_weights_add_up_to_a_hundred(weights: tuple[int, int]) -> None:
    criteria = [Criterion(name=f"C{n}", weight=weight) for n, weight in enumerate(weights)]
    given(ABSENT, *way.READY).when(FixCriteria(criteria=criteria), **OFFICER).refused(
        WeightsNotHundred, sum=sum(weights)
    )


def test_two_criteria_have_two_names() -> None:
    twice = FixCriteria(criteria=[Criterion(name="Price", weight=50)] * 2)
    given(ABSENT, *way.READY).when(twice, **OFFICER).refused(WeightsNotHundred, names=1)


def test_the_market_is_asked_once_criteria_and_evaluators_are_there() -> None:
    given(ABSENT, *way.READY).when(way.NOTICE, **OFFICER).refused(CriteriaFirst)
    given(ABSENT, *way.WITH_CRITERIA).when(way.NOTICE, **OFFICER).refused(EvaluatorsFirst)


def test_a_tender_is_not_opened_by_invitation() -> None:
    invite = IssueInvitation(reference="INV-1", responses_by=RESPONSES_BY)
    given(ABSENT, *way.PREPARED).when(invite, **OFFICER).refused(OtherWayOfAsking)


@pytest.mark.parametrize(
    ("responses_by", "allowed"),
    [
        (datetime(2026, 3, 27, 0, 0, tzinfo=UTC), False),  # leaves nothing of the 25th day
        (datetime(2026, 3, 27, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 27, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 28, 0, 0, tzinfo=UTC), True),
    ],
)
def test_the_market_has_the_schemes_minimum_in_whole_days(responses_by: datetime, *, allowed: bool) -> None:
    notice = PublishTenderNotice(reference="N", responses_by=responses_by)
    asking = given(ABSENT, *way.PREPARED).when(notice, **OFFICER)
    if allowed:
        asking.leads_to(stage=Stage.OPEN)
    else:
        asking.refused(TooLittleTime, minimum_days=25, earliest_at=datetime(2026, 3, 28, tzinfo=UTC))


@pytest.mark.parametrize(("days", "allowed"), [(24, False), (25, True)])
def test_the_last_day_of_the_minimum_may_be_begun_where_the_scheme_says_so(
    days: int, *, allowed: bool
) -> None:
    notice = PublishTenderNotice(reference="N", responses_by=NOW + timedelta(days=days))
    begun = RULES.model_copy(update={"minimum_periods_in_whole_days": False})
    asking = given(ABSENT, *way.PREPARED).when(notice, rules=begun, **OFFICER)
    if allowed:
        asking.leads_to(stage=Stage.OPEN)
    else:
        asking.refused(TooLittleTime, minimum_days=25, earliest=date(2026, 3, 27))


def test_more_time_is_given_before_the_time_is_up_only() -> None:
    later = ExtendDeadline(responses_by=RESPONSES_BY + timedelta(days=7), reason="Asked for.")
    given(ABSENT, *OPEN).when(later, at=IN_TIME, **OFFICER).leads_to(stage=Stage.OPEN)
    given(ABSENT, *OPEN).when(later, at=RESPONSES_BY, **OFFICER).refused(
        TooLateToExtend, ended_at=RESPONSES_BY
    )
    same = ExtendDeadline(responses_by=RESPONSES_BY, reason="Hm.")
    given(ABSENT, *OPEN).when(same, at=IN_TIME, **OFFICER).refused(NotLater)


def test_after_an_extension_the_first_deadline_closes_nothing() -> None:
    later = ExtendDeadline(responses_by=RESPONSES_BY + timedelta(days=7), reason="Asked for.")
    extended = after(WITH_BIDS, later, at=IN_TIME, **OFFICER)
    first = CloseResponses(number=1, due_at=RESPONSES_BY)
    assert given(ABSENT, *extended).when(first, at=TOO_LATE, **CLOCK).events() == []
    second = CloseResponses(number=2, due_at=RESPONSES_BY + timedelta(days=7))
    given(ABSENT, *extended).when(second, **CLOCK).leads_to(stage=Stage.EVALUATION)


def test_questions_are_answered_once() -> None:
    asked = after(OPEN, RecordClarification(question="How many?"), **OFFICER)
    answer = AnswerClarification(number=1, answer="Forty.")
    answered = after(asked, answer, **OFFICER)
    given(ABSENT, *answered).when(answer, **OFFICER).refused(NoSuchQuestion, unanswered=[])
    given(ABSENT, *OPEN).when(answer, **OFFICER).refused(NoSuchQuestion)


@pytest.mark.parametrize(
    ("received_at", "late"),
    [(RESPONSES_BY, False), (RESPONSES_BY + timedelta(microseconds=1), True), (TOO_LATE, True)],
)
def test_what_comes_when_the_time_is_up_is_late(received_at: datetime, *, late: bool) -> None:
    [received] = given(ABSENT, *OPEN).when(way.bid("A", received_at), at=TOO_LATE, **OFFICER).events()
    assert received.late is late  # type: ignore[attr-defined]


@pytest.mark.parametrize("known", [RULES.model_copy(update={"bid_at_the_instant_in_time": False}), None])
def test_a_bid_at_the_very_instant_is_late_where_the_scheme_says_so(known: Rules | None) -> None:
    receiving = given(ABSENT, *OPEN).when(way.bid("A", RESPONSES_BY), at=TOO_LATE, rules=known, **OFFICER)
    [received] = receiving.events()
    assert received.late is True  # type: ignore[attr-defined]


def test_no_bid_came_before_the_market_was_asked_but_clocks_may_differ() -> None:
    first = NOW - timedelta(minutes=5)
    before = first - timedelta(microseconds=1)
    spec = given(ABSENT, *OPEN)
    spec.when(way.bid("A", before), **OFFICER).refused(ReceivedBeforeAsked, received_at=before, asked_at=NOW)
    spec.when(way.bid("A", first), **OFFICER).leads_to(stage=Stage.OPEN)


def test_a_late_bid_is_recorded_and_never_measured() -> None:
    for history in (way.IN_EVALUATION, way.SCORED):
        late = after(history, way.bid("C", TOO_LATE), at=way.CLOSED_AT, **OFFICER)
        assert _references(late) == (["A", "B", "C"], ("A", "B"))


def test_a_bid_that_came_in_time_competes_though_it_is_recorded_after_the_time_was_up() -> None:
    at = way.CLOSED_AT + timedelta(days=1)
    recorded = after(way.IN_EVALUATION, way.bid("C", IN_TIME), at=at, **OFFICER)
    assert _references(recorded) == (["A", "B", "C"], ("A", "B", "C"))
    given(ABSENT, *way.DECLARED).when(way.bid("C", IN_TIME), at=at, **OFFICER).leads_to(
        stage=Stage.EVALUATION
    )


def test_no_bid_joins_those_that_are_being_scored() -> None:
    scoring = way.scored(way.DECLARED, (way.EVE, "A", "Price", 90))
    given(ABSENT, *scoring).when(way.bid("C", IN_TIME), at=way.CLOSED_AT, **OFFICER).refused(
        ScoringHasBegun, ended_at=RESPONSES_BY
    )


def test_next_allows_a_bid_while_there_is_scoring_only_once_one_can_be_late() -> None:
    scoring = given(ABSENT, *way.scored(way.DECLARED, (way.EVE, "A", "Price", 90))).state
    early, late = (stamp("priya", at=at, rules=RULES) for at in (IN_TIME, way.CLOSED_AT))
    assert isinstance(refusal(RecordResponse.guard, scoring, early), ScoringHasBegun)
    assert refusal(RecordResponse.guard, scoring, late) is None


def test_the_only_bid_that_came_in_time_takes_the_rfp_on_though_it_had_ended_without_one() -> None:
    close = CloseResponses(number=1, due_at=RESPONSES_BY)
    ended = after(OPEN, close, at=way.CLOSED_AT, **CLOCK)
    at = way.CLOSED_AT + timedelta(hours=1)
    spec = given(ABSENT, *ended)
    spec.when(way.bid("A", IN_TIME), at=at, **OFFICER).then(
        ResponseReceived(
            stage=Stage.UNSUCCESSFUL,
            waiting_on=Party.NOBODY,
            reference="A",
            sha256=way.HASH,
            received_at=IN_TIME,
            late=False,
            recorded_by="priya",
        ),
        ResponsesClosed(
            stage=Stage.EVALUATION, waiting_on=Party.EVALUATORS, bids=1, due_at=RESPONSES_BY, late=True
        ),
    )
    spec.when(way.bid("A", TOO_LATE), at=at, **OFFICER).refused(WrongStage)
    reopened = after(ended, way.bid("A", IN_TIME), at=at, **OFFICER)
    given(ABSENT, *reopened).when(way.bid("B", IN_TIME), at=at, **OFFICER).leads_to(stage=Stage.EVALUATION)


def test_no_bid_takes_an_rfp_on_that_ended_though_there_were_bids() -> None:
    ended = after(way.IN_EVALUATION, FindNoCompliantBid(reason="None."), **OFFICER)
    given(ABSENT, *ended).when(way.bid("C", IN_TIME), at=way.CLOSED_AT, **OFFICER).refused(WrongStage)


def _references(history: way.History) -> tuple[list[str], tuple[str, ...]]:
    """Return the bids that were recorded, and those of them that are in time."""
    tender = given(ABSENT, *history).state.tender  # type: ignore[attr-defined]
    return [bid.reference for bid in tender.bids], tender.timely


def test_a_bid_is_recorded_once_and_not_before_it_came() -> None:
    given(ABSENT, *WITH_BIDS).when(way.bid("A"), at=TOO_LATE, **OFFICER).refused(AlreadyReceived)
    given(ABSENT, *OPEN).when(way.bid("A"), at=NOW, **OFFICER).refused(ReceivedInTheFuture)


def test_a_bid_may_come_from_a_portal_whose_clock_is_ahead() -> None:
    last = NOW + timedelta(minutes=5)
    ahead = last + timedelta(microseconds=1)
    given(ABSENT, *OPEN).when(way.bid("A", ahead), **OFFICER).refused(ReceivedInTheFuture, received_at=ahead)
    [received] = given(ABSENT, *OPEN).when(way.bid("A", last), **OFFICER).events()
    assert (received.received_at, received.late) == (last, False)


def test_a_portal_whose_clock_is_ahead_tells_of_a_late_bid_once_there_are_scores() -> None:
    just_before = RESPONSES_BY - timedelta(seconds=20)
    spec = given(ABSENT, *way.SCORED)
    late = spec.when(way.bid("C", TOO_LATE), at=just_before, **OFFICER).events()
    assert [event.late for event in late] == [True]
    spec.when(way.bid("C", IN_TIME), at=just_before, **OFFICER).refused(ScoringHasBegun)


def test_responses_close_by_hand_no_sooner_than_by_the_clock() -> None:
    close = CloseResponsesByHand()
    given(ABSENT, *WITH_BIDS).when(close, at=IN_TIME, **OFFICER).refused(NotDueYet)
    given(ABSENT, *WITH_BIDS).when(close, at=RESPONSES_BY, **OFFICER).leads_to(stage=Stage.EVALUATION)


def test_the_end_of_the_time_counts_the_bids() -> None:
    close = CloseResponses(number=1, due_at=RESPONSES_BY)
    [closed] = given(ABSENT, *WITH_BIDS).when(close, at=RESPONSES_BY, **CLOCK).events()
    assert isinstance(closed, ResponsesClosed)
    assert (closed.bids, closed.late) == (2, False)
    only_late = after(OPEN, way.bid("A", TOO_LATE), at=TOO_LATE, **OFFICER)
    [none] = given(ABSENT, *only_late).when(close, at=TOO_LATE, **CLOCK).events()
    assert isinstance(none, NoResponses)


def test_the_requester_does_nothing_to_their_own_tender() -> None:
    question = RecordClarification(question="How many?")
    for history, command in (
        (way.READY, way.CRITERIA),
        (way.PREPARED, way.NOTICE),
        (OPEN, question),
        (OPEN, way.bid("A")),
        (way.SCORED, way.RECOMMEND),
        (way.TOLD, way.AWARD_NOTICE),
    ):
        given(ABSENT, *history).when(command, at=TOO_LATE, by="ann").refused(OwnRfp, part="requester")


def test_a_hold_stops_neither_bids_nor_the_clock() -> None:
    hold = StartHold(waiting_on=Party.LEGAL, reason="Advice.")
    held = after(OPEN, hold, **OFFICER)
    given(ABSENT, *held).when(way.bid("A"), at=IN_TIME, **OFFICER).leads_to(on_hold=True)
    with_bid = after(held, way.bid("A"), at=IN_TIME, **OFFICER)
    given(ABSENT, *with_bid).when(
        CloseResponses(number=1, due_at=RESPONSES_BY), at=datetime(2026, 4, 11, tzinfo=UTC), **CLOCK
    ).leads_to(stage=Stage.EVALUATION, on_hold=False)


STOPS = RULES.model_copy(update={"unanswered_stop_closing": True})
CLOSE = CloseResponses(number=1, due_at=RESPONSES_BY)
WITH_A_QUESTION = after(WITH_BIDS, RecordClarification(question="How many?"), **OFFICER)


def test_bids_are_opened_with_a_question_unanswered_and_the_event_says_so() -> None:
    [closed] = given(ABSENT, *WITH_A_QUESTION).when(CLOSE, at=way.CLOSED_AT, **CLOCK).events()
    assert isinstance(closed, ResponsesClosed)
    assert closed.unanswered == (1,)


def test_where_the_scheme_says_so_bids_stay_closed_until_every_question_is_answered() -> None:
    closing = {"at": way.CLOSED_AT, "rules": STOPS}
    given(ABSENT, *WITH_A_QUESTION).when(CLOSE, **closing, **CLOCK).then(
        ResponsesKeptOpen(
            stage=Stage.OPEN, waiting_on=Party.PROCUREMENT, unanswered=(1,), due_at=RESPONSES_BY, late=False
        )
    )
    kept = after(WITH_A_QUESTION, CLOSE, **closing, **CLOCK)
    by_hand = CloseResponsesByHand()
    given(ABSENT, *kept).when(by_hand, **closing, **OFFICER).refused(QuestionsUnanswered, unanswered=[1])
    answered = after(kept, AnswerClarification(number=1, answer="Forty."), **closing, **OFFICER)
    given(ABSENT, *answered).when(by_hand, **closing, **OFFICER).leads_to(stage=Stage.EVALUATION)
    past = ExtendDeadline(responses_by=RESPONSES_BY + timedelta(seconds=1), reason="Late answer.")
    given(ABSENT, *answered).when(past, **closing, **OFFICER).refused(NotLater)
    more = ExtendDeadline(responses_by=RESPONSES_BY + timedelta(days=7), reason="Late answer.")
    given(ABSENT, *answered).when(more, **closing, **OFFICER).leads_to(
        stage=Stage.OPEN, waiting_on=Party.MARKET
    )
