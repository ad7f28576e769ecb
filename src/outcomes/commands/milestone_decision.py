"""The union of all that may be decided on a milestone, told apart by `decision`."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from outcomes.commands.milestones import (
    AcceptMilestone,
    AmendMilestone,
    DropMilestone,
    RaiseDependency,
    RebaselineMilestone,
    ReopenMilestone,
    ReportProgress,
    ReturnEvidence,
    SatisfyDependency,
    SubmitEvidence,
)

# An alias with a name: FastAPI would take a bare union apart, and read it before the strict reader.
MilestoneDecision = TypeAliasType(
    "MilestoneDecision",
    Annotated[
        AmendMilestone
        | RebaselineMilestone
        | ReportProgress
        | SubmitEvidence
        | ReturnEvidence
        | AcceptMilestone
        | ReopenMilestone
        | DropMilestone
        | RaiseDependency
        | SatisfyDependency,
        Field(discriminator="decision"),
    ],
)
