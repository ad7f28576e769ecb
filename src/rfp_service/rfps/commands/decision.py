"""The union of all that may be decided on an RFP, told apart by `decision`."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from rfp_service.rfps.commands.approving import Approve, Refuse, RequestApproval
from rfp_service.rfps.commands.asking import (
    AmendRfp,
    CheckCatalogue,
    ConfirmNoMatch,
    DeclineMatch,
    DivertDemand,
    ReportDiversionFailed,
    SubmitRfp,
)
from rfp_service.rfps.commands.handling import (
    AcceptRfp,
    EndHold,
    RejectRfp,
    ReturnForRework,
    SelectRoute,
    StartHold,
    WithdrawRfp,
)

# An alias with a name: FastAPI would take a bare union apart, and read it before the strict reader.
Decision = TypeAliasType(
    "Decision",
    Annotated[
        AmendRfp
        | CheckCatalogue
        | DivertDemand
        | ReportDiversionFailed
        | DeclineMatch
        | ConfirmNoMatch
        | SubmitRfp
        | AcceptRfp
        | ReturnForRework
        | RejectRfp
        | SelectRoute
        | RequestApproval
        | Approve
        | Refuse
        | WithdrawRfp
        | StartHold
        | EndHold,
        Field(discriminator="decision"),
    ],
)
