"""What can be done to many projects at once: categorise, prioritise, decide the handling, undo."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from projects.api.months import people_of
from projects.commands.assessment import (
    CategoriseProject,
    DecideHandling,
    PrioritiseProject,
    Scores,
    UndoBatch,
    rank_key,
    weighted,
)
from projects.commands.facts import of_categories, of_weights
from projects.domain.events import (
    HandlingDecided,
    PersonMonths,
    ProjectCategorised,
    ProjectDecisionUndone,
    ProjectPrioritised,
)
from projects.domain.project import Moscow, Origin, Project, Way, project_id
from projects.domain.refusals import ProjectReasonNeeded, UnknownReference
from shared.governance.scheme.domain import SchemeValues
from shared.kernel.errors import Refused
from shared.kernel.fields import WHOLE, Reason, ShortText
from shared.kernel.messages import Command, Event
from shared.web.bulk.requests import Operation

NEEDS_LIMIT = 240
STAGE = ("stage",)  # all that judging a project looks at, and every event of one says it

Version = Annotated[int, Field(ge=1), WHOLE]


class ProjectItem(BaseModel):
    """One project of a batch: by its id or its reference, and the version that was seen, if one was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID | None = None
    reference: ShortText | None = Field(None, examples=["ICT-0042"])
    version: Version | None = None
    reason: Reason | None = Field(None, examples=["Cables and switches."])

    def target(self) -> UUID:
        """Return the id of the project that is meant."""
        by_reference = None if self.reference is None else project_id(self.reference)
        if self.id is None and by_reference is None:
            raise UnknownReference
        if self.id is not None and by_reference is not None and self.id != by_reference:
            raise UnknownReference
        return self.id or by_reference  # type: ignore[return-value]  # one of them is there


class CategorisationItem(ProjectItem):
    """A project and its category."""

    category: ShortText = Field(examples=["Networks"])
    sub_category: ShortText | None = None
    origin: Origin | None = None
    rule: ShortText | None = None


class PrioritisationItem(ProjectItem):
    """A project and its priority; in a table, a score has a column such as `scores: benefit`."""

    moscow: Moscow
    scores: Scores = Field({})


class HandlingItem(ProjectItem):
    """A project and who handles it; in a table, people have a column such as `needs: networks 2026-09`."""

    handling: Way
    third_party: ShortText | None = None
    needs: Annotated[list[PersonMonths], BeforeValidator(people_of)] = Field([], max_length=NEEDS_LIMIT)


class UndoItem(ProjectItem):
    """A project on which a batch decided."""


def _version(item: ProjectItem) -> int | None:
    return item.version


def _reason(item: ProjectItem, for_all: str | None) -> str:
    reason = item.reason or for_all
    if reason is None:
        raise ProjectReasonNeeded
    return reason


def categorisations(
    values: SchemeValues | None, reason: str | None
) -> Operation[CategorisationItem, Project]:
    """Return how many projects are categorised under the scheme in force."""

    def command(item: CategorisationItem) -> CategoriseProject:
        return CategoriseProject(
            category=item.category,
            sub_category=item.sub_category,
            origin=item.origin,
            rule=item.rule,
            reason=_reason(item, reason),
        )

    named = lru_cache(partial(of_categories, values))  # many name the same few

    def facts(command: Command[Project]) -> dict[str, JsonValue]:
        assert isinstance(command, CategoriseProject)
        return named(command.category, command.sub_category)

    def same(command: Command[Project], event: Event[Any]) -> bool:
        assert isinstance(command, CategoriseProject)
        return isinstance(event, ProjectCategorised) and (
            (event.category, event.sub_category, event.origin, event.rule, event.reason)
            == (command.category, command.sub_category, command.origin, command.rule, command.reason)
        )

    return Operation(
        "project-categorisations",
        CategorisationItem,
        Project(),
        ProjectItem.target,
        _version,
        command,
        facts,
        same,
        sees=STAGE,
        words=lambda i: (i.category, i.sub_category, i.origin, i.rule, i.reason),
    )


def prioritisations(
    values: SchemeValues | None, reason: str | None, ranked: Sequence[tuple[int, float]]
) -> Operation[PrioritisationItem, Project]:
    """Return how many projects are prioritised; ranks are among those ranked before the batch."""
    weights = of_weights(values)
    by_name: dict[str, float] = weights.get("weights", {})  # type: ignore[assignment]  # numbers by name

    def command(item: PrioritisationItem) -> PrioritiseProject:
        return PrioritiseProject(moscow=item.moscow, scores=item.scores, reason=_reason(item, reason))

    def facts(command: Command[Project]) -> dict[str, JsonValue]:
        assert isinstance(command, PrioritiseProject)
        try:
            key = rank_key(command.moscow, weighted(command.scores, by_name))
        except Refused:  # the command will refuse by the same rule
            return weights
        return {**weights, "rank": bisect_left(ranked, key) + 1}

    def same(command: Command[Project], event: Event[Any]) -> bool:
        assert isinstance(command, PrioritiseProject)
        return isinstance(event, ProjectPrioritised) and (
            (event.moscow, event.scores, event.reason) == (command.moscow, command.scores, command.reason)
        )

    return Operation(
        "project-prioritisations",
        PrioritisationItem,
        Project(),
        ProjectItem.target,
        _version,
        command,
        facts,
        same,
        sees=STAGE,
        words=lambda i: (i.moscow, tuple(i.scores.items()), i.reason),
    )


def handlings(reason: str | None) -> Operation[HandlingItem, Project]:
    """Return how the handling of many projects is decided."""

    def command(item: HandlingItem) -> DecideHandling:
        return DecideHandling(
            handling=item.handling,
            third_party=item.third_party,
            needs=item.needs,
            reason=_reason(item, reason),
        )

    def same(command: Command[Project], event: Event[Any]) -> bool:
        assert isinstance(command, DecideHandling)
        return isinstance(event, HandlingDecided) and (
            (event.handling, event.third_party, list(event.needs), event.reason)
            == (command.handling, command.third_party, command.needs, command.reason)
        )

    return Operation(
        "project-handlings",
        HandlingItem,
        Project(),
        ProjectItem.target,
        _version,
        command,
        lambda _: {},
        same,
        sees=STAGE,
        words=lambda i: (i.handling, i.third_party, tuple(i.needs), i.reason),
    )


def undoing(batch: UUID, reason: str) -> Operation[UndoItem, Project]:
    """Return how what a batch decided is taken back."""

    def same(_: Command[Project], event: Event[Any]) -> bool:
        return isinstance(event, ProjectDecisionUndone) and event.undone == batch

    return Operation(
        "project-undo",
        UndoItem,
        Project(),
        ProjectItem.target,
        _version,
        lambda _: UndoBatch(undone=batch, reason=reason),
        lambda _: {},
        same,
    )
