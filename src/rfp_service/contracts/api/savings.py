"""What decisions about contracts save a year, by the month of the decision and the service."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel

from rfp_service.contracts.api.savings_sums import savings_read
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED
from shared.web.decisions.commands import may
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/contracts", tags=["contracts"], route_class=StrictRoute)


class SavingsOfMonth(BaseModel):
    """The decisions that one month approved for a service, and what they save a year, in pence."""

    month: Annotated[str, SEARCHED, COUNTED]
    service_area: Annotated[TextOrNull, SEARCHED, COUNTED]
    decisions: int
    unclaimed: int
    claimed: int
    confirmed: int
    claimed_before_pence: int
    claimed_after_pence: int
    claimed_saving_pence: int
    confirmed_before_pence: int
    confirmed_after_pence: int
    confirmed_saving_pence: int


SAVINGS = ShortList(name="contract-savings", row=SavingsOfMonth)


@router.get(
    "/savings",
    summary="See what decisions about contracts save, by month and service",
    dependencies=[may("read-contracts")],
    responses=SAVINGS.responses,
)
async def list_savings(query: Annotated[ListQuery, SAVINGS.asked]) -> Response:
    """Add up the yearly values before and after each approved decision, as claimed and as confirmed.

    A decision counts in the month of its last approval. What is confirmed was claimed, too; who confirmed
    it is another person, and may have found other values.
    """
    reading = await SAVINGS.reading(query)
    items = await savings_read(reading)
    places = {(item["month"], item["service_area"]): place for place, item in enumerate(items, start=1)}
    return await SAVINGS.answer(
        query, reading, items, lambda item: places[item["month"], item["service_area"]]
    )
