"""What is counted of a period as out of the ordinary, and in which decisions it shows."""

from dataclasses import dataclass

from shared.kernel.roles import Role
from shared.kernel.system_actors import AUTHORITY_OF

BY_NO_PERSON = tuple(AUTHORITY_OF.values())  # on whose authority nobody decides, but the service itself


@dataclass(frozen=True)
class FigureDefinition:
    """What a figure counts: in a sentence, and the events that are counted by their names.

    Beside those, a figure counts what a decision says of itself (the journal's marks), whatever it is called;
    where an authority is named, only on that.
    """

    sentence: str
    names: tuple[str, ...] = ()
    authority: str = ""


COUNTED = {
    "exceptions": FigureDefinition(
        "Key decisions announced at shorter notice, by general exception.", ("GeneralExceptionUsed",)
    ),
    "urgencies": FigureDefinition(
        "Key decisions that scrutiny agreed could not wait for any notice.", ("SpecialUrgencyAgreed",)
    ),
    "waivers": FigureDefinition("Waivers of competition that were granted.", ("WaiverGranted",)),
    "waivers_asked": FigureDefinition("Waivers of competition that were asked for.", ("WaiverRequested",)),
    "overrides": FigureDefinition(
        "Decisions against what a rule, a search or the scores had said: catalogue matches declined,"
        " needs raised although one much like it was shown, scores moderated.",
        ("CatalogueMatchDeclined", "ScoresModerated"),
    ),
    "late_approvals": FigureDefinition(
        "Decisions of approvers after the day by which the scheme of that time wanted the case out of"
        " its stage, pauses and extensions counted, and those that say of themselves that they were late.",
        authority=Role.APPROVER.value,  # a clock that was late itself says so, too
    ),
    "told_late": FigureDefinition(
        "Decisions of approvers who had not been told, within a day of their turn and before they decided,"
        " that it was their turn."
    ),
    "by_delegation": FigureDefinition("Decisions taken in somebody else's place."),
    "conflicts_declared": FigureDefinition(
        "Decisions in which a conflict of interests was declared.", ("BidderConflictDeclared",)
    ),
    "call_ins": FigureDefinition("Decisions that scrutiny called in.", ("DecisionCalledIn",)),
    "unconfirmed": FigureDefinition(
        "Decisions that gave power without a second person, for there was a single administrator."
    ),
    "corrections": FigureDefinition(
        "Decisions that took back or corrected an earlier one.",
        (
            "AnswerCorrected",
            "AwardRevoked",
            "BidCorrected",
            "BidReadmitted",
            "ConflictWithdrawn",
            "HoldCorrected",
            "ScoreCorrected",
            "SummariesCorrected",
            "ApprovalSuperseded",
            "DiversionFailed",
            "MilestoneReopened",
            "ReviewRoundReopened",
            "AdoptedSchemeWithdrawn",
            "ProjectDecisionUndone",
            "BatchUndone",
            "ImportWithdrawn",
            "PersonsUnlinked",
        ),
    ),
}
