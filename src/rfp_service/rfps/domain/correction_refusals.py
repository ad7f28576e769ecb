"""The rules of holds, advice and corrections, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class AnotherCorrects(Refused):
    """Once bids are open, whoever recorded a bid can't correct it: somebody else must."""


class AnotherConfirms(Refused):
    """Whoever a conflict is about, or asked to withdraw it, can't confirm that there is none."""


class NotConflicted(Refused):
    """They have no declared conflict of interest in this RFP."""


class NotInDoubt(Refused):
    """Nobody has asked to withdraw their conflict of interest."""


class BiddersMissing(Refused):
    """Name every bidder that was assessed, and nobody else."""


class UnknownHoldReason(Refused):
    """The scheme has no such reason for a hold."""


class NoSuchHold(Refused):
    """This RFP had no hold of that number whose beginning is known."""


class SameParty(Refused):
    """That hold already waits on this party."""


class AdviceAskedAlready(Refused):
    """A body has already been asked for advice."""


class NoAdviceAsked(Refused):
    """No body has been asked for advice."""


class NoSuchBody(Refused):
    """The scheme has no advisory body of that name."""


class NotOfTheBody(Refused):
    """Only a member of the body that was asked can give its advice."""


class QuestionsUnanswered(Refused):
    """The scheme keeps bids closed while a bidder's question is unanswered: answer it, then close."""
