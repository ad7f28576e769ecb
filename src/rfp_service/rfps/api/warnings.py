"""What whoever raises or routes an RFP is warned of: the same need asked for elsewhere, and split need."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from rfp_service.rfps.commands.procurement import SelectRoute
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.commands.split_need import Amounts, passed_together
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import ENDS, Stage
from rfp_service.rfps.views.similarity import FOUND_LIMIT, near
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.record.projecting.views import STILL_VALID
from shared.web.decisions.commands import CommandHandler

TWELVE_MONTHS = timedelta(days=365)
THE_SAME = 0.75  # nearness, of shared words and shared spelling
NOT_BOUGHT = (Stage.DIVERTED, Stage.REJECTED, Stage.WITHDRAWN, Stage.UNSUCCESSFUL, Stage.TERMINATED)
NEED_FIELDS = ["title", "description"]

LIKE_IT = f"""
SELECT id, coalesce(nullif(award_value_pence, 0), estimate_pence, 0) AS pence,
       greatest(estimate_with_vat_pence, estimate_pence, award_value_pence, 0) AS with_vat_pence
FROM rfps
WHERE valid_to = {STILL_VALID} AND id <> $1 AND service_area = $2 AND opened_at >= $3
  AND stage <> ALL ($4) AND split_category = $5
  AND (split_supplier = '' OR $6 = '' OR split_supplier = $6)
ORDER BY first_position
"""


class Warned(BaseModel):
    """A warning: of what, in a sentence, and the RFPs it is about."""

    warning: str = Field(examples=["split-need"])
    says: str
    rfps: list[UUID]


class RfpReceipt(Receipt):
    """What an accepted decision on an RFP answers, and what whoever took it is warned of."""

    warnings: list[Warned] = Field(default_factory=list)


async def same_need(handler: CommandHandler, command: RaiseRfp) -> list[JsonValue]:
    """Return the open RFPs that ask for the same, as far as whoever asks may find them."""
    handler.permissions.authority(handler.person, "RaiseRfp")
    areas = handler.areas(RaiseRfp)
    rows = await handler.store.reader.rows(
        near(past=False),
        command.title,
        datetime.now(UTC) - TWELVE_MONTHS,
        FOUND_LIMIT,
        NEED_FIELDS,
        list(handler.person.ids),
        None if areas is None else sorted(areas),
        THE_SAME,
        [stage.value for stage in ENDS if stage is not Stage.DIVERTED],
    )
    return [str(row["id"]) for row in rows]


async def split_need(handler: CommandHandler, rfp_id: UUID, command: SelectRoute) -> dict[str, JsonValue]:
    """Return the need of twelve months like an RFP's, with which it passes a tier or a threshold."""
    handler.permissions.authority(handler.person, "SelectRoute")
    try:
        rfp = (await handler.store.load(rfp_id, Rfp())).state
    except NotFound:  # the id is of something else
        return {}
    known = await handler.known(handler.person)
    kind = command.kind_by(known.rules)
    rows = await handler.store.reader.rows(
        LIKE_IT,
        rfp_id,
        rfp.need.service_area,
        datetime.now(UTC) - TWELVE_MONTHS,
        [stage.value for stage in NOT_BOUGHT],
        (command.category or kind or "").casefold(),
        (command.likely_supplier or "").casefold(),
    )
    own = Amounts(pence=rfp.need.estimate_pence or 0, with_vat_pence=rfp.need.least_with_vat_pence or 0)
    others = Amounts(
        pence=sum(row["pence"] for row in rows), with_vat_pence=sum(row["with_vat_pence"] for row in rows)
    )
    passes = passed_together(own, others, kind, known)
    if not passes:
        return {}
    return {"split": {"with_rfps": [str(row["id"]) for row in rows], "passes": list(passes)}}


def raised_receipt(receipt: Receipt, rfp: Rfp) -> RfpReceipt:
    """Return a receipt that warns of open RFPs which ask for the same."""
    says = "These are open, and ask for the same: join one, or say that yours is its near-duplicate."
    return _with(receipt, "same-need", says, rfp.same_need)


def routed_receipt(receipt: Receipt, rfp: Rfp) -> RfpReceipt:
    """Return a receipt that warns of need which may have been split."""
    passes = ", ".join(rfp.split.passes)
    says = f"With these of the same area, category and supplier within twelve months it reaches {passes}."
    return _with(receipt, "split-need", says, rfp.split.with_rfps)


def _with(receipt: Receipt, warning: str, says: str, rfps: Sequence[UUID]) -> RfpReceipt:
    warned = [Warned(warning=warning, says=says, rfps=list(rfps))] if rfps else []
    return RfpReceipt(**receipt.model_dump(), warnings=warned)
