"""How an RFP stands, for whatever waits for it: it is expected by the day it is needed by."""

from rfp_service.rfps.domain.stages import ENDS
from rfp_service.rfps.views.board import rfps
from shared.web.offers.prerequisites import Prerequisites
from shared.web.reads.prerequisite_states import expected_in

PREREQUISITES = (
    Prerequisites(
        "rfp",
        "read-rfps",
        expected_in(rfps, "needed_by", ends=lambda row: (row["stage"] in ENDS, row["needed_by"])),
    ),
)
