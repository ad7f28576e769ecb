"""The rules of an RFP, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class WrongStage(Refused):
    """This can't be decided at the RFP's present stage."""


class OnHold(Refused):
    """This RFP is on hold: end the hold first."""


class NotTheirsToRework(Refused):
    """Somebody else must rework what is sent back there."""


class NotOnHold(Refused):
    """This RFP is not on hold."""


class NotYourRfp(Refused):
    """Only the requester of this RFP may decide this."""


class OwnRfp(Refused):
    """You can't decide on an RFP that you have, or once had, a part in."""


class NotYourFailedOrder(Refused):
    """An RFP can follow only an order of yours that failed or was refused and was not for an RFP."""


class NothingAmended(Refused):
    """Say what to amend."""


class UnknownServiceArea(Refused):
    """The approval scheme does not list this service area: use one that it lists."""


class NotTheBidder(Refused):
    """This bid was made by another supplier."""


class Incomplete(Refused):
    """Some details that procurement needs are missing."""


class VatMissing(Refused):
    """The estimate with VAT can't be below the estimate without it."""


class NoSuchCheck(Refused):
    """There is no such catalogue check of yours."""


class CheckFirst(Refused):
    """Look in the catalogue and answer what it shows before you submit."""


class NotShown(Refused):
    """The catalogue check did not show this item."""


class NothingShown(Refused):
    """The catalogue check showed nothing that could be declined."""


class SomethingShown(Refused):
    """The catalogue check showed items: take one, or decline them with a reason."""


class LeadIsRequester(Refused):
    """Whoever asks for an RFP, or once did, can't lead its procurement, nor the other way round."""


class WaitsOnNobody(Refused):
    """Say whom the RFP waits on during the hold."""


class NoPartInIt(Refused):
    """Only its requester, or a role that may do so on any RFP, may decide this."""


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
    """A notice that has been published can't have a future day."""


class AlreadyPublished(Refused):
    """This has already been published."""


class KeyAlready(Refused):
    """This has already been declared a key decision."""


class NotUrgent(Refused):
    """Scrutiny has not agreed to special urgency here."""


class NotPublished(Refused):
    """The decision must be published before it can be called in."""


class PeriodOver(Refused):
    """The period for this is over."""


class AlreadyReferred(Refused):
    """The full council has already been asked."""


class WeightsNotHundred(Refused):
    """The criteria's weights must add up to 100, and each name may be used only once."""


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
    """The time for responses is over: it can no longer be extended."""


class NoSuchQuestion(Refused):
    """There is no unanswered question of that number."""


class AlreadyReceived(Refused):
    """A response with that reference has already been recorded."""


class ReceivedInTheFuture(Refused):
    """A response can't have been received in the future."""


class ReceivedBeforeAsked(Refused):
    """A response can't have been received before the market was asked."""


class LotsNotOffered(Refused):
    """An RFP has only one lot: raise an RFP for each, and name one as the near-duplicate of the other."""


class NotDueYet(Refused):
    """The period has not ended yet."""

    allowed_from = "ends_at"


class NotRecommended(Refused):
    """No award has been recommended yet."""


class AlreadyRecommended(Refused):
    """An award has already been recommended."""


class TransparencyNoticeFirst(Refused):
    """Under this regime a direct award must be announced before it is recommended."""


class NotDirect(Refused):
    """Only a direct award can be announced like this."""


class SummariesFirst(Refused):
    """Every bidder must be told how they were assessed before the award is published."""


class StandstillRunning(Refused):
    """A contract can't be signed before the standstill is over."""

    allowed_from = "ends_at"


class SignedInTheFuture(Refused):
    """A contract can be concluded only once it is signed."""


class DetailsNoticeMissing(Refused):
    """Under this regime a concluded contract needs a contract details notice: name it."""


class TooFewKpis(Refused):
    """Under this regime a contract of that value needs key performance indicators."""


class EndsBeforeItStarts(Refused):
    """A contract can't end before it starts."""


class DoneInHouse(Refused):
    """Work done in house has no contract, and work with a contract is not done in house."""


class OutToMarket(Refused):
    """The market has been asked: terminate the procurement with a reason code instead of withdrawing it."""


class NotOutToMarket(Refused):
    """The market has not been asked yet: the requester may withdraw."""


class SamePerson(Refused):
    """They already have that part."""


class NothingToCopy(Refused):
    """There is no such RFP to copy."""


class ExemptIsNotCopied(Refused):
    """Part of it is exempt, and a copy would reveal it: raise the need again in other words."""
