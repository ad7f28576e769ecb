"""Measuring bids: declared, independent, moderated where scores differ; then the best is put forward."""

from fractions import Fraction

from rfp_service.rfps.commands.evaluation import CorrectScore, DeclareInterests, ModerateScores
from rfp_service.rfps.commands.holds import StartHold
from rfp_service.rfps.commands.participants import AppointEvaluator, ReassignLead, ReplaceRequester
from rfp_service.rfps.domain.evaluation_refusals import (
    AlreadyAppointed,
    AlreadyDeclared,
    AlreadyScored,
    DeclarationsMissing,
    MayNotEvaluate,
    NoSuchBid,
    NoSuchCriterion,
    NotAnEvaluator,
    NothingToModerate,
    NotScored,
    NotTheBestBid,
    ScoresMissing,
    TieReasonNeeded,
)
from rfp_service.rfps.domain.reasons import TieReason
from rfp_service.rfps.domain.refusals import (
    Conflicted,
    HasDecided,
    LeadIsRequester,
    OwnRfp,
    SamePerson,
    WrongStage,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Party
from rfp_service.rfps.domain.tender_events import ScoreCorrected, ScoresModerated
from tests.rfps import way
from tests.rfps.examples import ABSENT, DRAFT, IN_APPROVAL, IN_BUSINESS_CASE
from tests.rfps.way import DECLARE, DECLARED, EVE, HEAD, IN_EVALUATION, OFFICER, SCORED, after
from tests.support.specs import RULES, given

CORRECT = CorrectScore(bid="A", criterion="Price", score=80, comment="Misread.")
MODERATE = ModerateScores(bid="A", criterion="Price", score=85, reason="Agreed.", highest_bid_pence=1)


def tender(history: way.History) -> Rfp:
    state: Rfp = given(ABSENT, *history).state  # type: ignore[assignment]
    return state


def lead_by(person: str) -> ReassignLead:
    return ReassignLead(lead=person, reason="Leave.")


def asked_by(person: str) -> ReplaceRequester:
    return ReplaceRequester(requester=person, reason="Leave.")


def test_every_evaluator_declares_before_the_first_score() -> None:
    first = after(IN_EVALUATION, DECLARE, **EVE)
    given(ABSENT, *first).when(way.score("A", "Price", 90), **EVE).refused(
        DeclarationsMissing, missing=["evan"]
    )
    given(ABSENT, *first).when(DECLARE, **EVE).refused(AlreadyDeclared)
    given(ABSENT, *first).when(DECLARE, by="paul").refused(NotAnEvaluator)


def test_a_conflict_ends_an_evaluators_part_for_good() -> None:
    conflict = DeclareInterests(conflict=True, statement="My brother bids.")
    without = after(IN_EVALUATION, conflict, **EVE)
    assert tender(without).tender.evaluators == ("evan",)
    given(ABSENT, *without).when(way.score("A", "Price", 90), **EVE).refused(NotAnEvaluator)
    given(ABSENT, *without).when(AppointEvaluator(evaluator="eve"), **OFFICER).refused(Conflicted)


def test_whoever_is_said_to_have_a_conflict_after_being_appointed_evaluates_nothing() -> None:
    appointed = after(IN_BUSINESS_CASE, AppointEvaluator(evaluator="eve"), **OFFICER)
    said = IN_APPROVAL[-1].model_copy(update={"conflicted": ("eve",)})
    ready = after((*appointed, said), way.APPROVE, **way.HEAD)
    given(ABSENT, *ready).when(DECLARE, **EVE).refused(Conflicted, person="eve")
    place = DECLARED.index(IN_APPROVAL[-1])
    declared = (*DECLARED[:place], said, *DECLARED[place + 1 :])
    score = way.score("A", "Price", 90)
    given(ABSENT, *declared).when(score, **EVE).refused(Conflicted, person="eve")
    scored = (*SCORED[:place], said, *SCORED[place + 1 :])
    given(ABSENT, *scored).when(CORRECT, **EVE).refused(Conflicted, person="eve")
    given(ABSENT, *declared).when(score, **way.EVAN).leads_to(on_hold=False)


def test_only_evaluators_score_what_came_in_time_by_what_was_fixed() -> None:
    spec = given(ABSENT, *DECLARED)
    spec.when(way.score("A", "Price", 90), by="paul").refused(NotAnEvaluator)
    spec.when(way.score("Z", "Price", 90), **EVE).refused(NoSuchBid)
    spec.when(way.score("A", "Colour", 90), **EVE).refused(NoSuchCriterion)


def test_a_score_is_given_once_and_corrected_with_the_old_one_kept() -> None:
    given(ABSENT, *SCORED).when(way.score("A", "Price", 80), **EVE).refused(AlreadyScored)
    given(ABSENT, *DECLARED).when(CORRECT, **EVE).refused(NotScored)
    [corrected] = given(ABSENT, *SCORED).when(CORRECT, **EVE).events()
    assert isinstance(corrected, ScoreCorrected)
    assert (corrected.was, corrected.score) == (90, 80)


def test_moderation_keeps_what_each_gave_beside_what_they_agreed_on() -> None:
    given(ABSENT, *SCORED).when(MODERATE, **HEAD).refused(NothingToModerate)  # they agree
    one = after(DECLARED, way.score("A", "Price", 90), **EVE)
    given(ABSENT, *one).when(MODERATE, **HEAD).refused(NothingToModerate, missing=["eve", "evan"])
    differing = after(SCORED, CORRECT, **EVE)
    [moderated] = given(ABSENT, *differing).when(MODERATE, **HEAD).events()
    assert isinstance(moderated, ScoresModerated)
    assert (moderated.given, moderated.score) == ({"eve": 80, "evan": 90}, 85)
    state = tender(after(differing, MODERATE, **HEAD)).tender
    assert (state.given("A", "Price"), state.final("A", "Price")) == ({"eve": 80, "evan": 90}, 85)


def test_totals_are_weighted_exactly() -> None:
    state = tender(SCORED).tender
    assert (state.total("A"), state.total("B")) == (Fraction(78), Fraction(66))
    assert state.best() == ("A",)


def test_the_best_bid_is_put_forward_once_every_score_is_there_and_agreed() -> None:
    given(ABSENT, *DECLARED).when(way.RECOMMEND, **OFFICER).refused(ScoresMissing)
    differing = after(SCORED, CORRECT, **EVE)
    given(ABSENT, *differing).when(way.RECOMMEND, **OFFICER).refused(ScoresMissing, missing=["A: Price"])
    second = way.RECOMMEND.model_copy(update={"bid": "B"})
    given(ABSENT, *SCORED).when(second, **OFFICER).refused(NotTheBestBid, best=["A"])
    nobody = way.RECOMMEND.model_copy(update={"bid": None})
    given(ABSENT, *SCORED).when(nobody, **OFFICER).refused(NoSuchBid)


def test_an_evaluator_is_appointed_once_and_has_approved_nothing() -> None:
    given(ABSENT, *way.PREPARED).when(AppointEvaluator(evaluator="eve"), **OFFICER).refused(AlreadyAppointed)
    given(ABSENT, *way.READY).when(AppointEvaluator(evaluator="hana"), **OFFICER).refused(
        HasDecided, person="hana"
    )


def test_whether_lead_and_requester_may_evaluate_is_the_schemes() -> None:
    apart = RULES.model_copy(update={"lead_may_evaluate": False, "requester_may_evaluate": False})
    for person, part in (("priya", "lead"), ("ann", "requester")):
        appoint = AppointEvaluator(evaluator=person)
        given(ABSENT, *IN_APPROVAL).when(appoint, rules=apart, **OFFICER).refused(MayNotEvaluate, part=part)
        appointed = after(IN_APPROVAL, appoint, **OFFICER)
        assert tender(appointed).tender.undeclared == (person,)


def test_a_lead_is_replaced_by_somebody_without_another_part() -> None:
    replace = lead_by("paul")
    given(ABSENT, *way.READY).when(replace, **OFFICER).leads_to(lead="paul")
    given(ABSENT, *way.READY).when(lead_by("ann"), **OFFICER).refused(LeadIsRequester)
    given(ABSENT, *way.READY).when(lead_by("hana"), **OFFICER).refused(HasDecided)
    given(ABSENT, *way.READY).when(lead_by("priya"), **OFFICER).refused(SamePerson)
    conflict = DeclareInterests(conflict=True, statement="My brother bids.")
    conflicted = after(IN_EVALUATION, conflict, **EVE)
    given(ABSENT, *conflicted).when(lead_by("eve"), **OFFICER).refused(Conflicted, person="eve")
    given(ABSENT, *DRAFT).when(replace, **OFFICER).refused(WrongStage)
    apart = RULES.model_copy(update={"lead_may_evaluate": False})
    given(ABSENT, *way.PREPARED).when(lead_by("eve"), rules=apart, **OFFICER).refused(MayNotEvaluate)


def test_a_requester_is_replaced_by_somebody_without_another_part() -> None:
    given(ABSENT, *way.READY).when(asked_by("ben"), **OFFICER).leads_to(raised_by="ben")
    given(ABSENT, *way.READY).when(asked_by("priya"), **OFFICER).refused(LeadIsRequester)
    given(ABSENT, *way.READY).when(asked_by("hana"), **OFFICER).refused(HasDecided)
    given(ABSENT, *way.READY).when(asked_by("ann"), **OFFICER).refused(SamePerson)
    apart = RULES.model_copy(update={"requester_may_evaluate": False})
    given(ABSENT, *way.PREPARED).when(asked_by("eve"), rules=apart, **OFFICER).refused(MayNotEvaluate)


def test_whoever_once_had_a_part_approves_nothing_afterwards() -> None:
    replaced = after(IN_BUSINESS_CASE, asked_by("ben"), **OFFICER)
    asked = (*replaced, IN_APPROVAL[-1])
    for person in ("ann", "ben"):
        given(ABSENT, *asked).when(way.APPROVE, by=person, own_tiers=["head"]).refused(
            OwnRfp, part="requester", person=person
        )


def test_appointments_leave_a_hold_as_it_is() -> None:
    held = after(way.READY, StartHold(waiting_on=Party.LEGAL, reason="Advice."), **OFFICER)
    given(ABSENT, *held).when(AppointEvaluator(evaluator="eve"), **OFFICER).leads_to(
        on_hold=True, waiting_on=Party.LEGAL
    )


def test_one_of_several_best_bids_is_put_forward_with_a_reason_of_the_list() -> None:
    same = [
        (who, bid, criterion, 70)
        for who in (way.EVE, way.EVAN)
        for bid in ("A", "B")
        for criterion in ("Price", "Quality")
    ]
    tied = given(ABSENT, *way.scored(way.DECLARED, *same))
    tied.when(way.RECOMMEND, **OFFICER).refused(TieReasonNeeded, best=["A", "B"])
    drawn = way.RECOMMEND.model_copy(update={"tie_reason": TieReason.DRAWN_BY_LOT})
    [recommended] = tied.when(drawn, **OFFICER).events()
    assert (recommended.tied, recommended.tie_reason) == (("B",), "drawn_by_lot")  # type: ignore[attr-defined]
    [alone] = given(ABSENT, *SCORED).when(drawn, **OFFICER).events()
    assert (alone.tied, alone.tie_reason) == ((), "")  # type: ignore[attr-defined]
