"""The union of all that may be decided on a contract, told apart by `decision`."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypeAliasType

from rfp_service.contracts.commands.confirmations import ConfirmDate, ReadDate
from rfp_service.contracts.commands.duties import PublishNotice, RecordBreach
from rfp_service.contracts.commands.execution import (
    AcknowledgeContractNotice,
    ExecuteExtension,
    RenewContract,
    SendContractNotice,
    StartReprocurement,
    TerminateContract,
)
from rfp_service.contracts.commands.novation import (
    AgreeNovation,
    AskNovation,
    CompleteNovation,
    RefuseNovation,
    SignNovation,
)
from rfp_service.contracts.commands.registration import AmendContract, AnswerFlag, CorrectTerms, FlagContract
from rfp_service.contracts.commands.reviews import (
    ApproveRenewal,
    RecommendRenewal,
    RefuseRenewal,
    StartReview,
)
from rfp_service.contracts.commands.savings import ClaimSaving, ConfirmSaving

# An alias with a name: FastAPI would take a bare union apart, and read it before the strict reader.
ContractDecision = TypeAliasType(
    "ContractDecision",
    Annotated[
        AmendContract
        | CorrectTerms
        | FlagContract
        | AnswerFlag
        | ReadDate
        | ConfirmDate
        | StartReview
        | RecommendRenewal
        | ApproveRenewal
        | RefuseRenewal
        | ExecuteExtension
        | RenewContract
        | StartReprocurement
        | SendContractNotice
        | AcknowledgeContractNotice
        | TerminateContract
        | AskNovation
        | AgreeNovation
        | RefuseNovation
        | SignNovation
        | CompleteNovation
        | PublishNotice
        | RecordBreach
        | ClaimSaving
        | ConfirmSaving,
        Field(discriminator="decision"),
    ],
)
