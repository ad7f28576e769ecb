"""The rules of outcomes and their milestones, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused, Unacceptable


class ProgrammeIsThere(Refused):
    """There is a programme of this code already."""


class OutcomeIsThere(Refused):
    """There is an outcome of this number in the programme already."""


class NoSuchProgramme(Refused):
    """There is no programme of this id: set one up first."""


class NoSuchOutcome(Refused):
    """There is no outcome of this id."""


class NothingIsAmended(Refused):
    """Say what is to be put right."""


class MilestoneNotUnderWay(Refused):
    """This milestone is not under way: it was met or dropped."""


class MilestoneNotMet(Refused):
    """This milestone is not met, so there is nothing to reopen."""


class SameDueDay(Refused):
    """The milestone is due on that day already."""


class NoEvidenceYet(Refused):
    """Nothing that was handed in for this milestone waits to be judged."""


class OwnEvidence(Refused):
    """Somebody who handed in none of the evidence must say whether the milestone is met."""


class EvidenceIsThere(Refused):
    """This document was handed in for this milestone already."""


class DayStillToCome(Refused):
    """This day is still to come."""


class WaitsForItAlready(Refused):
    """This milestone waits for that already."""


class WaitsForNothingOfThatKind(Refused):
    """This milestone does not wait for that."""


class TooManyOfAMilestone(Refused):
    """A milestone holds no more of these."""


class NoSuchPriority(Refused):
    """No strategy that was adopted has a priority of this name."""


class NothingToTag(Refused):
    """There is no such thing: name an RFP, a project or a contract by its id."""


class NoSuchMeasure(Refused):
    """No register of the service answers a measure of this name."""


class DataHaveArrived(Refused):
    """These data have arrived already."""


class ConsultationIsOver(Refused):
    """This consultation is closed."""


class ClosesBeforeItOpens(Refused):
    """A consultation can't close before it opens."""


class PriorityNamedTwice(Refused):
    """Each priority of a strategy has a name of its own."""


class EndsBeforeItBegins(Unacceptable):
    """`since` must be earlier than `as_of`."""


class MeetingIsOver(Refused):
    """This meeting is over: a paper is issued before it."""


class LateWithoutReason(Refused):
    """The day by which the paper should have been published is over: say why it is late."""


class PdfNotMade(Refused):
    """This machine can't make PDF, for it lacks the Pango library: HTML, ODT and JSON can be had."""


class PdfTookTooLong(PdfNotMade):
    """This paper is too long to be made PDF in the time there is: HTML, ODT and JSON can be had."""


class NotUnderCheckpointYet(Refused):
    """The record is not under a signed checkpoint as far as this reading: issue the paper in a moment."""
