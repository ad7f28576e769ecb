"""Why a scheme is not adopted as it is proposed."""

from shared.kernel.errors import Refused


class TiersNotRising(Refused):
    """Each tier's limit must be above the one before it, and each name be used once."""


class NoElectedPost(Refused):
    """Officers who may decide for a member are named for an elected post alone."""


class ThresholdsTwice(Refused):
    """Each regime has one threshold for each kind of contract."""


class AdoptedForThePast(Refused):
    """A scheme takes effect on the day it is adopted, or later: what was decided stays decided."""
