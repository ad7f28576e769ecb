"""The rules of evaluating bids, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class BidIsSetAside(Refused):
    """This bid has been set aside: it is neither scored nor awarded."""


class NotSetAside(Refused):
    """This bid has not been set aside."""


class BidderNotHeard(Refused):
    """A bid can be set aside as abnormally low only once its bidder has been asked, with their answer."""


class StillSealed(Refused):
    """Until bids are opened, a bid can be set aside only because its bidder has withdrawn it."""


class NoSuchBid(Refused):
    """No bid of that reference came in time."""


class NoSuchCriterion(Refused):
    """That is not one of the criteria."""


class AlreadyScored(Refused):
    """You have already scored this: correct the score, with a reason."""


class NotScored(Refused):
    """You have not scored this yet."""


class ScoresMissing(Refused):
    """Some scores are missing, or differ and have not been moderated."""


class ScoringHasBegun(Refused):
    """Scoring has begun: another bid can't be scored with the others, even if it came in time."""


class NothingToModerate(Refused):
    """Moderation needs the scores of every evaluator, and that they differ."""


class NotTheBestBid(Refused):
    """The bid with the highest weighted total is the one to recommend."""


class TieReasonNeeded(Refused):
    """Several bids have the highest total: say by which of the listed reasons this one is put forward."""


class DeclarationsMissing(Refused):
    """Every evaluator must declare their interests before the first score."""


class OthersMayBeSeen(Refused):
    """Deciders may have seen the other scores by now: a bid without all of its own stays set aside."""


class AlreadyDeclared(Refused):
    """You have already declared your interests."""


class NotAnEvaluator(Refused):
    """Only its appointed evaluators can score this RFP."""


class EvaluatorsSettled(Refused):
    """Once there is a score, the tier of the highest bid or the estimate decides on judges and bids."""


class HighestBidMissing(Refused):
    """State the highest bid still competing: its tier decides now."""


class HasSettled(Refused):
    """Whoever decided on evaluators, bids or scores after the first score can't recommend a supplier."""


class NotSettledYet(Refused):
    """Until the first score is given, procurement decides on evaluators and bids."""


class TooFewEvaluators(Refused):
    """The scheme requires more evaluators to have scored the bids."""


class AlreadyAppointed(Refused):
    """They are already an evaluator of this RFP."""


class MayNotEvaluate(Refused):
    """The scheme does not let whoever has that part in an RFP evaluate it."""


class ScoresSealed(Refused):
    """Scores are sealed until all are given; until the award, only those who decide then see them."""
