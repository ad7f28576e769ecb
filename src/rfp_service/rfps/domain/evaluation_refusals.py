"""The rules of evaluating bids, each as the sentence that its reader sees."""

from shared.kernel.errors import Refused


class BidIsSetAside(Refused):
    """This bid has been set aside: it is neither scored nor awarded."""


class NotSetAside(Refused):
    """This bid has not been set aside."""


class BidderNotHeard(Refused):
    """A bid is set aside as abnormally low only once its bidder has been asked, with what they said."""


class StillSealed(Refused):
    """Until bids are opened, one is set aside only because its bidder has withdrawn it."""


class NoSuchBid(Refused):
    """No bid of that reference came in time."""


class NoSuchCriterion(Refused):
    """Bids are not measured by that."""


class AlreadyScored(Refused):
    """You have scored this already: correct the score, with a reason."""


class NotScored(Refused):
    """You have not scored this yet."""


class ScoresMissing(Refused):
    """Some scores are missing, or differ and have not been moderated."""


class ScoringHasBegun(Refused):
    """Bids are being scored: one more that came in time can't be measured with them."""


class NothingToModerate(Refused):
    """Moderation needs the scores of every evaluator, and that they differ."""


class NotTheBestBid(Refused):
    """The bid with the highest weighted total is the one to recommend."""


class TieReasonNeeded(Refused):
    """Several bids have the highest total: say by which of the listed reasons this one is put forward."""


class DeclarationsMissing(Refused):
    """Every evaluator declares their interests before the first score."""


class OthersMayBeSeen(Refused):
    """Those who decide may have seen the others' scores by now: a bid without all its own stays aside."""


class AlreadyDeclared(Refused):
    """You have declared your interests already."""


class NotAnEvaluator(Refused):
    """Only those who were appointed evaluate this RFP."""


class EvaluatorsSettled(Refused):
    """Once there is a score, the tier of the highest bid or the estimate decides on judges and bids."""


class HighestBidMissing(Refused):
    """Say what the highest bid that still competes comes to: its tier decides by now."""


class HasSettled(Refused):
    """Whoever decided on judges, bids or agreed scores, once there was one, puts no supplier forward."""


class NotSettledYet(Refused):
    """Until the first score is given, evaluators and bids are procurement's to decide on."""


class TooFewEvaluators(Refused):
    """The scheme needs more evaluators than there are to have scored the bids."""


class AlreadyAppointed(Refused):
    """They are an evaluator of this RFP already."""


class MayNotEvaluate(Refused):
    """By the scheme, whoever has that part in an RFP does not evaluate it."""


class ScoresSealed(Refused):
    """Scores are sealed until all are given; until the award, only those who decide then see them."""
