"""Why something is refused of a contract, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class ContractReferenceTaken(Refused):
    """There is already a contract with this reference."""


class WrongContractStage(Refused):
    """This can't be decided at the contract's present stage."""


class ContractOver(Refused):
    """This contract has ended."""


class NothingToCorrect(Refused):
    """Say what to correct."""


class TermsContradict(Refused):
    """These terms can't all be right: say what the contract says."""


class NoSuchFlag(Refused):
    """There is no such flag open on this contract."""


class StillFlagged(Refused):
    """Correct what the flag is about first, or say that it stands."""


class DateNotYetCome(Refused):
    """This day has not come yet."""


class RollsSinceThen(Refused):
    """After a roll-over or an option the last safe date is calculated: correct the terms instead."""


class OwnRecommendation(Refused):
    """Nobody can approve their own recommendation."""


class NotRecommendedSo(Refused):
    """This is not what was approved for this contract."""


class NoOptionLeft(Refused):
    """The contract has no option to extend left, or its maximum term is reached."""


class OptionDatePassed(Refused):
    """The day by which this option had to be exercised has passed."""


class PublishBeforeTheChange(Refused):
    """A notice must be published before this is done."""


class NoticeAlreadySent(Refused):
    """The notice has already been sent."""


class NoNoticeSent(Refused):
    """No notice has been sent, so none can be acknowledged."""


class NovationNotSoFar(Refused):
    """The novation has not got that far, or is over."""


class NoSuchDuty(Refused):
    """No such notice is due on this contract."""


class NoticePublishedAlready(Refused):
    """This notice has already been published."""


class NoSuchDecision(Refused):
    """No such decision was approved for this contract, or its day is not on record."""


class YearlyValueUnknown(Refused):
    """The register does not say what this contract cost a year: state it."""


class NoSavingClaimed(Refused):
    """No saving has been claimed, so none can be confirmed."""


class OwnSaving(Refused):
    """Nobody can confirm a saving that they claimed themselves."""


class SavingConfirmedAlready(Refused):
    """This saving has already been confirmed."""


class TooManyOfContract(Refused):
    """This is more than one contract can hold."""


class ContractDecidedSince(Refused):
    """Something else has been decided on this contract since."""


class NoSuchRfpToOpen(Refused):
    """There is no such RFP."""
