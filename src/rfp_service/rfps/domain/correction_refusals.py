"""The rules of holds, advice and corrections, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class AnotherCorrects(Refused):
    """Once bids are open, whoever recorded a bid can't put it right: somebody else does."""


class AnotherConfirms(Refused):
    """Whoever a conflict is about, or asked to withdraw it, can't confirm that there is none."""


class NotConflicted(Refused):
    """They have no declared conflict of interest in this RFP."""


class NotInDoubt(Refused):
    """Nobody has asked to withdraw their conflict of interest."""


class BiddersMissing(Refused):
    """Every bidder that was assessed is named, and nobody else."""


class UnknownHoldReason(Refused):
    """The scheme has no such reason for a hold."""


class NoSuchHold(Refused):
    """This RFP had no hold of that number whose beginning is known."""


class SameParty(Refused):
    """That hold waits on this party already."""


class AdviceAskedAlready(Refused):
    """The advice of a body is waited for already."""


class NoAdviceAsked(Refused):
    """No advice is waited for."""


class NoSuchBody(Refused):
    """The scheme has no advisory body of that name."""


class NotOfTheBody(Refused):
    """Only a member of the body that was asked gives its advice."""


class QuestionsUnanswered(Refused):
    """By the scheme, bids stay closed while a bidder's question has no answer: answer it, then close."""
