"""When the scores of an RFP may be compared: by those who decide once all are given, then by everybody."""

from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS, Stage

TOLD = frozenset({Stage.STANDSTILL, Stage.CHALLENGED, Stage.CONTRACTING})


def is_released(rfp: Rfp) -> bool:
    """Say whether scores may be read by everybody who may read the RFP."""
    return rfp.award.summaries_sent or rfp.stage in TOLD or rfp.stage in ENDS


def is_complete(rfp: Rfp) -> bool:
    """Say whether every evaluator has scored everything, so that those who decide may compare and moderate.

    Until then each score is its evaluator's own; whether they agree is seen only afterwards.
    """
    return bool(rfp.tender.competing) and not rfp.tender.unscored()
