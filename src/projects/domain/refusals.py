"""The rules of a project in flight, each as the sentence that its reader sees."""

from typing import ClassVar

from shared.kernel.errors import Refused


class ReferenceTaken(Refused):
    """There is already a project with this reference."""


class WrongProjectStage(Refused):
    """This can't be decided at the project's present stage."""


class ProjectIsPaused(Refused):
    """This project is paused: resume it first."""


class ProjectNotPaused(Refused):
    """This project is not paused."""


class ProjectEndsBeforeItStarts(Refused):
    """A project can't end before it starts."""

    problem_type: ClassVar[str] = "ends-before-it-starts"


class NothingToAmend(Refused):
    """Say what to amend."""


class NoSuchCategory(Refused):
    """The scheme does not name this category and sub-category."""


class NoSuchWeight(Refused):
    """The scheme has no weight for this criterion."""

    problem_type: ClassVar[str] = "no-such-criterion"


class WeightScoresMissing(Refused):
    """A weighted score needs a score for every criterion of the scheme."""

    problem_type: ClassVar[str] = "scores-missing"


class WhoIsTheThirdParty(Refused):
    """Name the third party that is to handle the project, and only if one is."""


class NeedsAreForInternal(Refused):
    """Our own people are needed only if the project is handled internally."""


class ToBeStopped(Refused):
    """It was decided to stop this project: decide again how it is handled, or cancel it."""


class ChecklistIncomplete(Refused):
    """Some of the checks before a transfer have not been confirmed yet."""


class NotYet(Refused):
    """This day is in the future."""


class NotThisWay(Refused):
    """A project can be closed only after its transfer, unless others are finishing it."""


class SameForecast(Refused):
    """That is already the forecast."""


class NotOnThisScale(Refused):
    """This rating is not on the scale that you named."""


class NoActionPlan(Refused):
    """This project has no action plan yet."""


class NoSuchStep(Refused):
    """The action plan has no such open step."""


class NoSuchMilestone(Refused):
    """This project has no such open milestone."""


class MilestoneIsThere(Refused):
    """This project already has a milestone of that name."""


class TooManyOfThem(Refused):
    """A project can't hold more of these."""


class DependsAlready(Refused):
    """This dependency is already on record."""


class NoSuchDependency(Refused):
    """This project has no such dependency."""


class NotFlagged(Refused):
    """This project is not flagged."""


class DecidedAgainSince(Refused):
    """This has been decided again since that batch, so the batch can't be undone here."""


class BuiltUpon(Refused):
    """Later stages depend on this: undo those first, or decide this again."""
