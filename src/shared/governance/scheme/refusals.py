"""Why a scheme is not adopted as it is proposed."""

from shared.kernel.errors import Refused


class TiersNotRising(Refused):
    """Each tier's limit must be above the one before it, and each name may be used only once."""


class NoElectedPost(Refused):
    """Only an elected post can name officers who may decide for its member."""


class ThresholdsTwice(Refused):
    """Each regime needs one threshold for each kind of contract."""


class AdoptedForThePast(Refused):
    """A scheme can't take effect before the day it is adopted: what was decided stays decided."""
