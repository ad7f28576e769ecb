"""The rules of a project in flight, each as the sentence that its reader sees."""

from typing import ClassVar

from shared.kernel.errors import Refused


class ReferenceTaken(Refused):
    """There is a project of this reference already."""


class WrongProjectStage(Refused):
    """This can't be decided at the stage that the project is at."""


class ProjectIsPaused(Refused):
    """This project is paused: resume it first."""


class ProjectNotPaused(Refused):
    """This project is not paused."""


class ProjectEndsBeforeItStarts(Refused):
    """A project can't end before it starts."""

    problem_type: ClassVar[str] = "ends-before-it-starts"


class NothingToAmend(Refused):
    """Say what is to be amended."""


class NoSuchCategory(Refused):
    """The scheme does not name this category and sub-category."""


class NoSuchWeight(Refused):
    """The scheme has no weight for this criterion."""

    problem_type: ClassVar[str] = "no-such-criterion"


class WeightScoresMissing(Refused):
    """A weighted score needs a score for every criterion of the scheme."""

    problem_type: ClassVar[str] = "scores-missing"


class WhoIsTheThirdParty(Refused):
    """Say which third party is to handle the project; name one only where one is."""


class NeedsAreForInternal(Refused):
    """Our own people are needed only where the project is handled internally."""


class ToBeStopped(Refused):
    """It was decided to stop this project: decide how it is handled anew, or cancel it."""


class ChecklistIncomplete(Refused):
    """Some of what makes a project ready to be transferred is not confirmed yet."""


class NotYet(Refused):
    """This day is still to come."""


class NotThisWay(Refused):
    """A project closes after its transfer, unless others bring it to its end."""


class SameForecast(Refused):
    """That is the forecast that holds already."""


class NotOnThisScale(Refused):
    """This rating is not on the scale that you name."""


class NoActionPlan(Refused):
    """This project has no action plan yet."""


class NoSuchStep(Refused):
    """The action plan has no such step that is still to be done."""


class NoSuchMilestone(Refused):
    """This project has no such milestone that is still to be reached."""


class MilestoneIsThere(Refused):
    """This project has a milestone of that name already."""


class TooManyOfThem(Refused):
    """A project holds no more of these."""


class DependsAlready(Refused):
    """This dependency is on record already."""


class NoSuchDependency(Refused):
    """This project has no such dependency."""


class NotFlagged(Refused):
    """This project is not flagged."""


class DecidedAgainSince(Refused):
    """This was decided anew after that batch, so the batch can't be undone here."""


class BuiltUpon(Refused):
    """Later stages build on this, and nothing would be left of it: undo those first, or decide this anew."""
