"""Category, priority, handling: decided one after another, by the scheme, and taken back by batch."""

from typing import Any

import pytest

from projects.commands.assessment import (
    CategoriseProject,
    DecideHandling,
    PrioritiseProject,
    UndoBatch,
    rank_key,
    weighted,
)
from projects.commands.facts import of_categories, of_weights
from projects.domain.events import HandlingDecided, PersonMonths, ProjectDecisionUndone, ProjectPrioritised
from projects.domain.project import Category, Handling, Moscow, Origin, ProjectStage, Way
from projects.domain.refusals import (
    BuiltUpon,
    DecidedAgainSince,
    NeedsAreForInternal,
    NoSuchCategory,
    NoSuchWeight,
    WeightScoresMissing,
    WhoIsTheThirdParty,
    WrongProjectStage,
)
from shared.governance.scheme.domain import SchemeValues
from shared.governance.scheme.parts import ProjectCategory, Weight
from tests.projects.examples import (
    AT_WORK,
    BATCH,
    CATEGORISED,
    FOUND,
    INTERNAL,
    NONE,
    OTHER_BATCH,
    OURS,
    OVER,
    PRIORITISED,
    SORTED,
    STARTED,
    WEIGHED,
)
from tests.support.specs import given

CATEGORISE = CategoriseProject(category="Networks", sub_category="WAN", reason="Cables.")
PRIORITISE = PrioritiseProject(moscow=Moscow.MUST, reason="It is old.")
SCORED = PrioritiseProject(moscow=Moscow.SHOULD, scores={"benefit": 8, "urgency": 5}, reason="Scored.")
WEIGHTS = {"benefit": 3, "urgency": 1}
HANDLE = DecideHandling(handling=Way.INTERNAL, reason="We can.")
UNDO = UndoBatch(undone=BATCH, reason="The wrong column.")
IN_BATCH = CATEGORISED.model_copy(update={"batch": BATCH})


def test_a_project_is_categorised() -> None:
    given(NONE, *FOUND).when(CATEGORISE).then(CATEGORISED)


def test_a_category_is_one_that_the_scheme_names() -> None:
    given(NONE, *FOUND).when(CATEGORISE, category_named=False).refused(NoSuchCategory)
    given(NONE, *FOUND).when(CATEGORISE, category_named=True).then(CATEGORISED)


@pytest.mark.parametrize(
    ("category", "sub", "named"),
    [("Networks", None, True), ("Networks", "WAN", True), ("Networks", "X", False), ("Other", None, False)],
)
def test_the_scheme_names_categories_and_those_within(
    category: str,
    sub: str | None,
    named: bool,  # noqa: FBT001  # a parameter of the specification
) -> None:
    values = _scheme(project_categories=[ProjectCategory(name="Networks", sub_categories=["WAN"])])
    assert of_categories(values, category, sub) == {"category_named": named}


def test_where_the_scheme_names_none_any_will_do() -> None:
    assert of_categories(_scheme(), "X", None) == of_categories(None, "X", None) == {}


def test_an_origin_is_put_right_with_the_category() -> None:
    command = CATEGORISE.model_copy(update={"origin": Origin.WLBC})
    [event] = given(NONE, *FOUND).when(command).events()
    assert event.apply(given(NONE, *FOUND).state).about.origin is Origin.WLBC


def test_a_later_category_leaves_the_stage_as_it_is() -> None:
    given(NONE, *AT_WORK).when(CATEGORISE).leads_to(stage=ProjectStage.IN_DELIVERY)


def test_what_is_over_is_not_judged() -> None:
    for command in (CATEGORISE, PRIORITISE, HANDLE, UNDO):
        given(NONE, *OVER).when(command).refused(WrongProjectStage, stage=ProjectStage.CANCELLED)


def test_a_categorised_project_is_prioritised_by_the_weights_in_force() -> None:
    given(NONE, *SORTED).when(SCORED, weights=WEIGHTS, rank=7, scheme_version=3).then(
        ProjectPrioritised(
            stage=ProjectStage.PRIORITISED,
            moscow=Moscow.SHOULD,
            score=7.25,
            scores={"benefit": 8, "urgency": 5},
            weights=WEIGHTS,
            weights_version=3,
            rank=7,
            reason="Scored.",
        )
    )


def test_priority_comes_after_the_category() -> None:
    given(NONE, *FOUND).when(PRIORITISE).refused(WrongProjectStage, stage=ProjectStage.IDENTIFIED)


def test_scores_are_for_every_criterion_of_the_scheme_and_for_no_other() -> None:
    given(NONE, *SORTED).when(SCORED).refused(NoSuchWeight)
    given(NONE, *SORTED).when(SCORED, weights={"benefit": 3}).refused(NoSuchWeight, unknown=["urgency"])
    given(NONE, *SORTED).when(SCORED, weights={**WEIGHTS, "risk": 1}).refused(
        WeightScoresMissing, missing=["risk"]
    )


def test_a_weighted_score_is_the_weighted_mean() -> None:
    assert weighted({"a": 10, "b": 0}, {"a": 1, "b": 3}) == 2.5
    assert weighted({}, {"a": 1}) is None


def test_the_word_ranks_before_the_score_and_unscored_come_last() -> None:
    ranked = [(Moscow.MUST, 2.0), (Moscow.MUST, None), (Moscow.SHOULD, 9.0), (Moscow.WONT, 10.0)]
    assert sorted(ranked, key=lambda pair: rank_key(*pair)) == ranked


def test_handling_is_decided_on_a_prioritised_project() -> None:
    given(NONE, *WEIGHED).when(HANDLE).then(INTERNAL)
    given(NONE, *SORTED).when(HANDLE).refused(WrongProjectStage)


def test_a_third_party_has_a_name() -> None:
    for way, name in ((Way.THIRD_PARTY, None), (Way.INTERNAL, "Fictional Networks Ltd")):
        command = DecideHandling(handling=way, third_party=name, reason="R.")
        given(NONE, *WEIGHED).when(command).refused(WhoIsTheThirdParty)


def test_internal_handling_says_which_people_it_takes() -> None:
    needs = [PersonMonths(month="2026-09", skill="networks", people=1.5)]
    command = DecideHandling(handling=Way.INTERNAL, needs=needs, reason="We can.")
    given(NONE, *WEIGHED).when(command).then(
        HandlingDecided(
            stage=ProjectStage.HANDLING_DECIDED, handling=Way.INTERNAL, needs=tuple(needs), reason="We can."
        )
    )
    theirs = command.model_copy(update={"handling": Way.STOP})
    given(NONE, *WEIGHED).when(theirs).refused(NeedsAreForInternal)


def test_what_a_batch_decided_is_taken_back() -> None:
    given(NONE, *FOUND, IN_BATCH).when(UNDO).then(
        ProjectDecisionUndone(
            stage=ProjectStage.IDENTIFIED,
            undone=BATCH,
            topic="category",
            restored="",
            reason="The wrong column.",
        )
    )
    given(NONE, *FOUND, IN_BATCH).when(UNDO).leads_to(stage=ProjectStage.IDENTIFIED, category=Category())


def test_what_held_before_the_batch_holds_again() -> None:
    again = IN_BATCH.model_copy(update={"category": "Servers", "sub_category": ""})
    [event] = given(NONE, *SORTED, again).when(UNDO).events()
    restored = event.apply(given(NONE, *SORTED, again).state)
    assert (restored.category.name, restored.category.sub_category) == ("Networks", "WAN")
    assert restored.stage is ProjectStage.CATEGORISED


def test_of_batches_upon_batches_each_is_undone_to_what_held_before_it() -> None:
    one = IN_BATCH.model_copy(update={"category": "Servers", "sub_category": ""})
    other = one.model_copy(update={"category": "Bridges", "batch": OTHER_BATCH})
    history = (*SORTED, one, other)
    undo = UNDO.model_copy(update={"undone": OTHER_BATCH})
    [last] = given(NONE, *history).when(undo).events()
    assert isinstance(last, ProjectDecisionUndone)
    assert last.restored == "Servers"
    given(NONE, *history, last).when(UNDO).leads_to(
        stage=ProjectStage.CATEGORISED, category=Category("Networks", "WAN")
    )


def test_of_priorities_and_handlings_upon_others_each_is_undone_to_what_held_before() -> None:
    for first, topic in ((PRIORITISED, "priority"), (INTERNAL, "handling")):
        whole = (*OURS, first.model_copy(update={"batch": BATCH}))
        held = getattr(given(NONE, *OURS).state, topic)
        again = first.model_copy(update={"batch": OTHER_BATCH})
        undo = UNDO.model_copy(update={"undone": OTHER_BATCH})
        [last] = given(NONE, *whole, again).when(undo).events()
        given(NONE, *whole, again, last).when(UNDO).leads_to(**{topic: held})


def test_nothing_is_taken_back_from_under_what_was_built_upon_it() -> None:
    prioritised = PRIORITISED.model_copy(update={"batch": BATCH})
    handled = INTERNAL.model_copy(update={"batch": BATCH})
    for history, topic in (
        ((*FOUND, IN_BATCH, PRIORITISED), "category"),
        ((*SORTED, prioritised, INTERNAL), "priority"),
        ((*WEIGHED, handled, STARTED), "handling"),
    ):
        project = given(NONE, *history)
        project.when(UNDO).refused(BuiltUpon, topic=topic, stage=project.state.stage)


def test_what_held_before_the_batch_bears_what_was_built_since() -> None:
    again = IN_BATCH.model_copy(update={"category": "Servers"})
    given(NONE, *SORTED, again, PRIORITISED).when(UNDO).leads_to(
        stage=ProjectStage.PRIORITISED, category=Category("Networks", "WAN")
    )


def test_handling_and_priority_are_undone_alike() -> None:
    handled = INTERNAL.model_copy(update={"batch": BATCH})
    given(NONE, *WEIGHED, handled).when(UNDO).leads_to(stage=ProjectStage.PRIORITISED, handling=Handling())


def test_what_was_decided_anew_since_stands() -> None:
    anew = CATEGORISED.model_copy(update={"batch": OTHER_BATCH})
    given(NONE, *FOUND, IN_BATCH, anew).when(UNDO).refused(DecidedAgainSince)


def test_weights_come_from_the_scheme() -> None:
    assert of_weights(_scheme(weights=[Weight(name="benefit", weight=3)])) == {"weights": {"benefit": 3.0}}
    assert of_weights(None) == {}


def _scheme(**more: Any) -> SchemeValues:
    tier = {"name": "head", "up_to_pence": 1, "approvers": []}
    return SchemeValues.model_validate({"effective_from": "2026-01-01", "tiers": [tier], **more})
