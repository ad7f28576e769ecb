"""The rules of an RFP, each as the sentence that its reader sees."""

from shared.errors import Refused


class WrongStage(Refused):
    """This can't be decided in the stage that the RFP is in."""


class OnHold(Refused):
    """This RFP is on hold: end the hold first."""


class NotOnHold(Refused):
    """This RFP is not on hold."""


class NotYourRfp(Refused):
    """Only the requester of this RFP may decide this."""


class OwnRfp(Refused):
    """You can't decide on an RFP that you raised or lead yourself."""


class NothingAmended(Refused):
    """Say what is to be amended."""


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


class NoScheme(Refused):
    """No approval scheme is in force yet."""


class AboveEveryTier(Refused):
    """The value is above what any tier of the scheme may approve."""


class NotYourTier(Refused):
    """This approval waits for another tier than yours."""


class LeadIsRequester(Refused):
    """The requester of an RFP can't lead its procurement."""


class WaitsOnNobody(Refused):
    """A hold says whom the RFP waits on."""


class NoPartInIt(Refused):
    """Only the requester, procurement or an approver may hold this RFP."""
