"""The figures of contracts, by name, as the register and its rounds answer them."""

from sqlalchemy import func, select

from rfp_service.contracts.domain.rounds import RoundStage
from rfp_service.contracts.views.register import AMOUNTS, contracts
from rfp_service.contracts.views.rounds import review_rounds
from shared.web.offers.measures import MeasureOffered
from shared.web.reads.readings import Reading


async def reviewed_on_time(_: object, reading: Reading) -> float | None:
    """Return the share of what was due in the months' closed rounds that was decided in them."""
    t = review_rounds.c
    numbers = select(func.coalesce(func.sum(t.decided), 0), func.coalesce(func.sum(t.deferred), 0))
    [(decided, deferred)] = await reading.rows(
        numbers.where(reading.valid(review_rounds), t.stage == RoundStage.CLOSED)
    )
    return int(decided) / int(decided + deferred) if decided + deferred else None


async def notices_missed(_: object, reading: Reading) -> float | None:
    """Return how many last days for a notice went by with nothing decided."""
    may = reading.may_find_by(contracts, "notice_by")
    missed = select(func.coalesce(func.sum(contracts.c.missed_notices), 0))
    return float(await reading.value(missed.where(reading.valid(contracts), may)))


async def exposure(_: object, reading: Reading) -> float | None:
    """Return what all notices still to come would commit if they were missed, in pence."""
    t = contracts.c
    may = reading.may_find_by(contracts, *AMOUNTS, "notice_by")
    exposed = select(func.coalesce(func.sum(t.exposure_pence), 0))
    return float(
        await reading.value(exposed.where(reading.valid(contracts), t.is_open, t.notice_by.is_not(None), may))
    )


CONTRACT_MEASURES = (
    MeasureOffered(
        "contracts_reviewed_on_time",
        "Contracts decided in the month's round that they were due in",
        "share",
        "higher",
        "read-contracts",
        "/v1/renewal-rounds?stage=closed",
        reviewed_on_time,
    ),
    MeasureOffered(
        "contract_notices_missed",
        "Last days for a notice missed, since the register began",
        "count",
        "lower",
        "read-contracts",
        "/v1/contracts?sort=-missed_notices",
        notices_missed,
    ),
    MeasureOffered(
        "contract_exposure",
        "What notices still to come would commit if they were missed",
        "pence",
        "lower",
        "read-contracts",
        "/v1/contracts/exposure",
        exposure,
    ),
)
