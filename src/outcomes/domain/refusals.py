"""The rules of outcomes and their milestones, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused, Unacceptable


class ProgrammeIsThere(Refused):
    """There is already a programme with this code."""


class OutcomeIsThere(Refused):
    """The programme already has an outcome with this number."""


class NoSuchProgramme(Refused):
    """There is no programme with this id: set one up first."""


class NoSuchOutcome(Refused):
    """There is no outcome with this id."""


class NothingIsAmended(Refused):
    """Say what to correct."""


class MilestoneNotUnderWay(Refused):
    """This milestone is not under way: it was met or dropped."""


class MilestoneNotMet(Refused):
    """This milestone is not met, so there is nothing to reopen."""


class SameDueDay(Refused):
    """The milestone is already due on that day."""


class NoEvidenceYet(Refused):
    """No evidence for this milestone is waiting to be judged."""


class OwnEvidence(Refused):
    """Whether the milestone is met must be decided by somebody who handed in none of the evidence."""


class EvidenceIsThere(Refused):
    """This document has already been handed in for this milestone."""


class DayStillToCome(Refused):
    """This day is in the future."""


class WaitsForItAlready(Refused):
    """This milestone already waits for that."""


class WaitsForNothingOfThatKind(Refused):
    """This milestone does not wait for that."""


class TooManyOfAMilestone(Refused):
    """A milestone can't hold more of these."""


class NoSuchPriority(Refused):
    """No adopted strategy has a priority of this name."""


class NothingToTag(Refused):
    """There is no such thing: name an RFP, a project or a contract by its id."""


class NoSuchMeasure(Refused):
    """The service has no measure of this name."""


class DataHaveArrived(Refused):
    """These data have already arrived."""


class ConsultationIsOver(Refused):
    """This consultation is closed."""


class ClosesBeforeItOpens(Refused):
    """A consultation can't close before it opens."""


class PriorityNamedTwice(Refused):
    """Each priority of a strategy needs its own name."""


class EndsBeforeItBegins(Unacceptable):
    """`since` must be earlier than `as_of`."""


class MeetingIsOver(Refused):
    """This meeting is over: a paper must be issued before its meeting."""


class LateWithoutReason(Refused):
    """The day by which the paper had to be published has passed: say why it is late."""


class PdfNotMade(Refused):
    """This machine lacks the Pango library and can't make PDF: ask for HTML, ODT or JSON."""


class PdfTookTooLong(PdfNotMade):
    """This paper is too long to be made PDF in the time there is: ask for HTML, ODT or JSON."""


class NotUnderCheckpointYet(Refused):
    """No signed checkpoint covers this reading yet: issue the paper in a moment."""
