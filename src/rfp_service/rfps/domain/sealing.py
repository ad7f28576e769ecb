"""What of an RFP's record stays sealed, and until when: scores until the award is told, or all is over."""

from collections.abc import Mapping

from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS, Stage

# Which fields of which events hold what nobody reads before its moment, by the events' stored names.
SEALED_UNTIL_AWARD: Mapping[str, frozenset[str]] = {
    "ScoreRecorded": frozenset({"score", "comment"}),
    "ScoreCorrected": frozenset({"score", "comment", "was"}),
    "ScoresModerated": frozenset({"given", "score", "reason"}),
}
TOLD = frozenset({Stage.AWARD_NOTICE, Stage.STANDSTILL, Stage.CHALLENGED, Stage.CONTRACTING})


def is_released(rfp: Rfp) -> bool:
    """Say whether scores may be read by everybody who may read the RFP."""
    return rfp.stage in TOLD or rfp.stage in ENDS


def is_complete(rfp: Rfp) -> bool:
    """Say whether every score is there and agreed, so that those who decide may compare."""
    return bool(rfp.tender.timely) and not rfp.tender.missing()
