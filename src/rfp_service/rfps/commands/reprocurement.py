"""Opening an RFP by itself for what follows a contract, once that was approved."""

from rfp_service.rfps.commands.rules import entering
from rfp_service.rfps.domain.events import RfpRaised
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.messages import Stamp
from shared.record.deadlines.deadline import DeadlineCommand


class OpenReprocurementRfp(DeadlineCommand[Rfp]):
    """Open the draft that whoever recommended it goes on with."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpRaised | tuple[()]:
        """Open it once, with what the contract knows of the need."""
        found = stamp.known.facts.get("reprocured")
        if rfp.stage is not Stage.ABSENT or not isinstance(found, dict):
            return ()
        return RfpRaised(
            title=str(found["title"]),
            description=str(found["description"]),
            service_area=str(found["service_area"]),
            raised_by=str(found["raised_by"]),
            **entering(Stage.DRAFT),
        )
