"""Saying what sort of project it is, how much it matters, who handles it; and taking a batch of it back."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from projects.commands.restatement import undone
from projects.commands.rules import at_least, batch_of, must_be_named, must_be_open, must_have_come_to
from projects.domain.events import (
    HandlingDecided,
    PersonMonths,
    ProjectCategorised,
    ProjectDecisionUndone,
    ProjectPrioritised,
)
from projects.domain.project import (
    MOSCOW_ORDER,
    ORDER,
    Category,
    Handling,
    Moscow,
    Origin,
    Priority,
    Project,
    ProjectStage,
    Way,
    without_last,
)
from projects.domain.refusals import (
    BuiltUpon,
    DecidedAgainSince,
    NeedsAreForInternal,
    NoSuchWeight,
    WeightScoresMissing,
    WhoIsTheThirdParty,
)
from projects.domain.restatement import ProjectRestated
from shared.kernel.fields import KEYS_AS_PATTERN, Reason, ShortText
from shared.kernel.messages import Command, Stamp

SCORE_TOP = 10
CRITERIA_LIMIT = 30
NEEDS_LIMIT = 240
SCORE_DIGITS = 4

Score = Annotated[float, Field(ge=0, le=SCORE_TOP)]
Scores = Annotated[
    dict[ShortText, Score], Field(max_length=CRITERIA_LIMIT, json_schema_extra=KEYS_AS_PATTERN)
]


class CategoriseProject(Command[Project]):
    """Say what sort of project it is."""

    decision: Literal["categorise"] = "categorise"
    category: ShortText = Field(examples=["Networks"])
    sub_category: ShortText | None = None
    origin: Origin | None = Field(None, description="Who started it, if that is to be corrected.")
    rule: ShortText | None = Field(None, description="The rule that proposed this, if one did.")
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_be_open(project)

    def decide(self, project: Project, stamp: Stamp) -> ProjectCategorised:
        """Put an open project into a category that the scheme names, where it names any."""
        must_be_named(stamp)
        return ProjectCategorised(
            stage=at_least(project, ProjectStage.CATEGORISED),
            category=self.category,
            sub_category=self.sub_category,
            origin=self.origin,
            rule=self.rule,
            reason=self.reason,
            batch=batch_of(stamp),
            scheme_version=stamp.known.scheme_version,
        )


class PrioritiseProject(Command[Project]):
    """Say how much a project matters: one of four words, and a score for each criterion of the scheme."""

    decision: Literal["prioritise"] = "prioritise"
    moscow: Moscow
    scores: Scores = Field({}, description="From 0 to 10, by criterion.", examples=[{"benefit": 7}])
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_have_come_to(project, ProjectStage.CATEGORISED)

    def decide(self, project: Project, stamp: Stamp) -> ProjectPrioritised:
        """Weigh a categorised project by the scheme's weights; keep them, the scores and the rank."""
        weights = weights_known(stamp)
        score = weighted(self.scores, weights)
        rank = stamp.known.facts.get("rank")
        return ProjectPrioritised(
            stage=at_least(project, ProjectStage.PRIORITISED),
            moscow=self.moscow,
            score=score,
            scores=self.scores,
            weights=weights,
            weights_version=stamp.known.scheme_version if weights else 0,
            rank=rank if isinstance(rank, int) else 0,
            reason=self.reason,
            batch=batch_of(stamp),
        )


def weights_known(stamp: Stamp) -> dict[str, float]:
    """Return the weights that the decision was made by."""
    weights = stamp.known.facts.get("weights")
    if not isinstance(weights, dict):
        return {}
    return {name: float(w) for name, w in weights.items() if isinstance(w, int | float)}


def weighted(scores: dict[str, float], weights: dict[str, float]) -> float | None:
    """Return the weighted mean of scores, from 0 to 10; nothing if nothing was scored.

    Refuses a criterion without a weight, and some scores where others are missing.
    """
    if not scores:
        return None
    if unknown := [name for name in scores if name not in weights]:
        raise NoSuchWeight(unknown=unknown, criteria=list(weights))
    if missing := [name for name in weights if name not in scores]:
        raise WeightScoresMissing(missing=missing)
    total = sum(weights.values())
    return round(sum(weights[n] * s for n, s in scores.items()) / total, SCORE_DIGITS)


def rank_key(moscow: Moscow, score: float | None) -> tuple[int, float]:
    """Return what projects are ranked by: the word first, then the score, unscored ones last."""
    return MOSCOW_ORDER[moscow], -(score if score is not None else -1.0)


class DecideHandling(Command[Project]):
    """Decide who brings a project to its end."""

    decision: Literal["decide-handling"] = "decide-handling"
    handling: Way
    third_party: ShortText | None = None
    needs: list[PersonMonths] = Field(
        [], max_length=NEEDS_LIMIT, description="Our own people, by month and skill."
    )
    reason: Reason

    @classmethod
    def guard(cls, project: Project, stamp: Stamp) -> None:
        must_have_come_to(project, ProjectStage.PRIORITISED)

    def decide(self, project: Project, stamp: Stamp) -> HandlingDecided:
        """Decide on a prioritised project; name a third party, or the people that we need ourselves."""
        if (self.handling is Way.THIRD_PARTY) != (self.third_party is not None):
            raise WhoIsTheThirdParty
        if self.needs and self.handling is not Way.INTERNAL:
            raise NeedsAreForInternal(handling=self.handling)
        return HandlingDecided(
            stage=at_least(project, ProjectStage.HANDLING_DECIDED),
            handling=self.handling,
            third_party=self.third_party,
            needs=tuple(self.needs),
            reason=self.reason,
            batch=batch_of(stamp),
        )


# What each part of a project's judgement brought it to, and where it stands without it.
JUDGED = {
    "category": (ProjectStage.CATEGORISED, ProjectStage.IDENTIFIED),
    "priority": (ProjectStage.PRIORITISED, ProjectStage.CATEGORISED),
    "handling": (ProjectStage.HANDLING_DECIDED, ProjectStage.PRIORITISED),
}


class UndoBatch(Command[Project]):
    """Take back what a batch decided on a project."""

    undone: UUID
    reason: Reason

    def decide(self, project: Project, stamp: Stamp) -> ProjectDecisionUndone | ProjectRestated:
        """Restore what held before, unless it was decided again since or built upon."""
        if "became" in stamp.known.facts:  # by a register, of which any field may be
            return undone(project, stamp, self.undone, self.reason)
        must_be_open(project)
        for topic, (came_to, back_to) in JUDGED.items():
            part: Category | Priority | Handling = getattr(project, topic)
            if part.batch == self.undone:
                restored = said(without_last(part))
                if not restored and ORDER[project.stage] > ORDER[came_to]:
                    raise BuiltUpon(topic=topic, stage=project.stage)
                stage = back_to if project.stage is came_to and not restored else project.stage
                return ProjectDecisionUndone(
                    stage=stage,
                    undone=self.undone,
                    topic=topic,
                    restored=restored,
                    reason=self.reason,
                    batch=batch_of(stamp),
                )
        raise DecidedAgainSince


def said(part: Category | Priority | Handling) -> str:
    """Return a judgement in a word; blank if there is none."""
    match part:
        case Category(name=name):
            return name
        case Priority(moscow=moscow):
            return moscow or ""
        case Handling(way=way):
            return way or ""
