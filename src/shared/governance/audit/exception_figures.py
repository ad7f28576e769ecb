"""What is counted of a period as out of the ordinary, and in which decisions it shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FigureDefinition:
    """What a figure counts: in a sentence, and the events that are counted by their names.

    Beside those, a figure counts what a decision says of itself (the journal's marks), whatever it is called.
    """

    sentence: str
    names: tuple[str, ...] = ()


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
        " its stage, and those that say of themselves that they were late."
    ),
    "told_late": FigureDefinition(
        "Decisions of approvers who had not been told, within a day of their turn and before they decided,"
        " that it was their turn."
    ),
    "by_delegation": FigureDefinition("Decisions taken in somebody else's place."),
    "conflicts_declared": FigureDefinition("Decisions in which a conflict of interests was declared."),
    "call_ins": FigureDefinition("Decisions that scrutiny called in.", ("DecisionCalledIn",)),
    "unconfirmed": FigureDefinition(
        "Decisions that gave power without a second person, for there was a single administrator."
    ),
    "corrections": FigureDefinition(
        "Decisions that took back or corrected an earlier one.",
        (
            "AwardRevoked",
            "ScoreCorrected",
            "ApprovalSuperseded",
            "DiversionFailed",
            "ProjectDecisionUndone",
            "BatchUndone",
            "ImportWithdrawn",
            "PersonsUnlinked",
        ),
    ),
}
