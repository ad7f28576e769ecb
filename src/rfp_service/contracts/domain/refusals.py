"""Why something is refused of a contract, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class ContractReferenceTaken(Refused):
    """There is a contract of this reference already."""


class WrongContractStage(Refused):
    """This can't be decided at the stage that the contract is at."""


class ContractOver(Refused):
    """This contract has ended."""


class NothingToCorrect(Refused):
    """Say what is to be put right."""


class TermsContradict(Refused):
    """These terms can't all be right: say what the contract says."""


class NoSuchFlag(Refused):
    """There is no such flag open on this contract."""


class StillFlagged(Refused):
    """Put right what the flag is about first, or say that it stands."""


class DateNotYetCome(Refused):
    """This day has not come yet."""


class RollsSinceThen(Refused):
    """After a roll-over or an option the last safe date is calculated: put the terms right instead."""


class OwnRecommendation(Refused):
    """Nobody approves what they recommended themselves."""


class NotRecommendedSo(Refused):
    """This is not what was approved for this contract."""


class NoOptionLeft(Refused):
    """The contract has no option to extend left, or its maximum term is reached."""


class OptionDatePassed(Refused):
    """The day by which this option had to be exercised has passed."""


class PublishBeforeTheChange(Refused):
    """A notice must be published before this is done."""


class NoticeAlreadySent(Refused):
    """The notice has been sent already."""


class NoNoticeSent(Refused):
    """No notice has been sent that could be acknowledged."""


class NovationNotSoFar(Refused):
    """The novation has not come so far, or is over."""


class NoSuchDuty(Refused):
    """No such notice is due on this contract."""


class NoticePublishedAlready(Refused):
    """This notice has been published already."""


class NoSuchDecision(Refused):
    """No such decision was approved for this contract, or its day is not on record."""


class YearlyValueUnknown(Refused):
    """The register does not know what this contract cost a year: say it."""


class NoSavingClaimed(Refused):
    """Nobody has claimed a saving that could be confirmed."""


class OwnSaving(Refused):
    """Nobody confirms a saving that they claimed themselves."""


class SavingConfirmedAlready(Refused):
    """This saving has been confirmed already."""


class TooManyOfContract(Refused):
    """This is more than one contract holds."""


class ContractDecidedSince(Refused):
    """Something else has been decided on this contract since."""


class NoSuchRfpToOpen(Refused):
    """There is no such RFP."""
