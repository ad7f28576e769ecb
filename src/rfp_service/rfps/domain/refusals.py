"""The rules of an RFP, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class WrongStage(Refused):
    """This can't be decided in the stage that the RFP is in."""


class OnHold(Refused):
    """This RFP is on hold: end the hold first."""


class NotTheirsToRework(Refused):
    """What is sent back there is reworked by somebody else."""


class NotOnHold(Refused):
    """This RFP is not on hold."""


class NotYourRfp(Refused):
    """Only the requester of this RFP may decide this."""


class OwnRfp(Refused):
    """You can't decide on an RFP that you have, or once had, a part in."""


class NotYourFailedOrder(Refused):
    """An RFP follows an order of your own that failed or was refused, and was for no RFP."""


class NothingAmended(Refused):
    """Say what is to be amended."""


class UnknownServiceArea(Refused):
    """The approval scheme lists no service area of this name: use one that it lists."""


class NotTheBidder(Refused):
    """This bid was made by another supplier."""


class Incomplete(Refused):
    """Some of what procurement needs is missing."""


class VatMissing(Refused):
    """The estimate with VAT can't be below the estimate without it."""


class NoSuchCheck(Refused):
    """There is no such catalogue check of yours."""


class CheckFirst(Refused):
    """Look into the catalogue and answer what it shows before you submit."""


class NotShown(Refused):
    """The catalogue check did not show this item."""


class NothingShown(Refused):
    """The catalogue check showed nothing that could be declined."""


class SomethingShown(Refused):
    """The catalogue check showed items: take one, or decline them with a reason."""


class LeadIsRequester(Refused):
    """Whoever asks for an RFP, or once did, can't lead its procurement, nor the other way round."""


class WaitsOnNobody(Refused):
    """A hold says whom the RFP waits on."""


class NoPartInIt(Refused):
    """Only its requester may decide this, or a role that may decide it on any RFP."""


class Conflicted(Refused):
    """Whoever has declared a conflict of interest can't decide on this RFP."""


class HasDecided(Refused):
    """Whoever has approved something of this RFP can't take a part in it."""


class ReasonNeeded(Refused):
    """Under approval, value, scope and route change only with a reason."""


class NotTheLead(Refused):
    """Only the lead of this procurement may decide this."""


class AboveThreshold(Refused):
    """The estimate with VAT reaches the threshold of a regime that must then be followed."""


class WaiverNeeded(Refused):
    """A direct award needs a waiver first."""


class NothingToWaive(Refused):
    """This route has no competition that could be waived."""


class NoticeTooShort(Refused):
    """A key decision needs clear days between its notice and the day it is taken, or agreed urgency."""

    allowed_from = "earliest_at"


class NoticeInTheFuture(Refused):
    """What has been published has been published: its day can't lie ahead."""


class AlreadyPublished(Refused):
    """This has been published already."""


class KeyAlready(Refused):
    """This has been declared a key decision already."""


class NotUrgent(Refused):
    """Scrutiny has agreed to no special urgency here."""


class NotPublished(Refused):
    """The decision must be published before it can be called in."""


class PeriodOver(Refused):
    """The period for this is over."""


class AlreadyReferred(Refused):
    """The full council has been asked already."""


class WeightsNotHundred(Refused):
    """The criteria's weights must add up to a hundred, and each name be used once."""


class CriteriaFirst(Refused):
    """Fix the criteria and their weights before the market is asked."""


class EvaluatorsFirst(Refused):
    """Appoint the evaluators before the market is asked."""


class OtherWayOfAsking(Refused):
    """This route asks the market in the other way."""


class TooLittleTime(Refused):
    """The market must have at least the scheme's minimum period to answer."""


class NotLater(Refused):
    """An extension gives more time, not less."""


class TooLateToExtend(Refused):
    """The time for responses is over: it can't be extended any more."""


class NoSuchQuestion(Refused):
    """There is no unanswered question of that number."""


class AlreadyReceived(Refused):
    """A response of that reference has been recorded already."""


class ReceivedInTheFuture(Refused):
    """A response can't have been received after now."""


class ReceivedBeforeAsked(Refused):
    """A response can't have been received before the market was asked."""


class LotsNotOffered(Refused):
    """An RFP has one lot: raise an RFP for each, and name one as the near-duplicate of the other."""


class NotDueYet(Refused):
    """The period has not ended yet."""

    allowed_from = "ends_at"


class NotRecommended(Refused):
    """No award has been recommended yet."""


class AlreadyRecommended(Refused):
    """An award has been recommended already."""


class TransparencyNoticeFirst(Refused):
    """Under this regime a direct award is announced before it is put forward."""


class NotDirect(Refused):
    """Only a direct award is announced like this."""


class SummariesFirst(Refused):
    """Every bidder is told how they were assessed before the award is published."""


class StandstillRunning(Refused):
    """No contract is signed before the standstill is over."""

    allowed_from = "ends_at"


class SignedInTheFuture(Refused):
    """A contract is concluded once it is signed."""


class DetailsNoticeMissing(Refused):
    """Under this regime a concluded contract is announced by a details notice: name it."""


class TooFewKpis(Refused):
    """Under this regime a contract of that value has key performance indicators."""


class EndsBeforeItStarts(Refused):
    """A contract can't end before it starts."""


class DoneInHouse(Refused):
    """What the council does itself has no contract, and what has a contract is not done in house."""


class OutToMarket(Refused):
    """The market has been asked: the procurement is terminated, with a reason code, not withdrawn."""


class NotOutToMarket(Refused):
    """The market has not been asked yet: the requester may withdraw."""


class SamePerson(Refused):
    """They have that part already."""


class NothingToCopy(Refused):
    """There is no such RFP to copy."""


class ExemptIsNotCopied(Refused):
    """Part of it is exempt, and a copy would lay it open: raise the need anew, in words of its own."""
