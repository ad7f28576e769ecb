"""The union of all that may be decided on a project, told apart by `decision`."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from projects.commands.assessment import CategoriseProject, DecideHandling, PrioritiseProject
from projects.commands.delivery import (
    CancelProject,
    CloseProject,
    ConfirmReadiness,
    PauseProject,
    RateConfidence,
    ResumeProject,
    ReviseForecast,
    StartDelivery,
    TransferProject,
)
from projects.commands.identification import AmendProject
from projects.commands.planning import (
    AgreeActionPlan,
    EndDependency,
    FinishActionStep,
    FlagProject,
    LiftFlag,
    MoveMilestone,
    ReachMilestone,
    RecordDependency,
    SetMilestone,
)

# An alias with a name: FastAPI would take a bare union apart, and read it before the strict reader.
ProjectDecision = TypeAliasType(
    "ProjectDecision",
    Annotated[
        AmendProject
        | CategoriseProject
        | PrioritiseProject
        | DecideHandling
        | StartDelivery
        | ConfirmReadiness
        | TransferProject
        | CloseProject
        | PauseProject
        | ResumeProject
        | CancelProject
        | ReviseForecast
        | RateConfidence
        | FlagProject
        | LiftFlag
        | AgreeActionPlan
        | FinishActionStep
        | SetMilestone
        | MoveMilestone
        | ReachMilestone
        | RecordDependency
        | EndDependency,
        Field(discriminator="decision"),
    ],
)
