"""The contracts of the newest round, as a report lists them: the undecided first, then by their days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rfp_service.contracts.api.round_answers import found_in_round, round_seen
from rfp_service.contracts.domain.rounds import LineStanding, ReviewRound, RoundStage
from rfp_service.contracts.views.register import contracts
from rfp_service.contracts.views.rounds import review_rounds
from shared.kernel.wording import long_day
from shared.web.core_service import CoreService
from shared.web.offers.report_cases import CasesFound, CasesOffered, ReportCase
from shared.web.reads.readings import Reading

NO_ROUND = CasesFound((), 0, 0, "/v1/renewal-rounds", "No round was open yet")
ORDER = {standing: number for number, standing in enumerate(LineStanding)}


async def contracts_in_round(service: CoreService, reading: Reading, limit: int) -> CasesFound:
    """Return the contracts of the newest round; of whose days nothing may be told, none is listed."""
    t = review_rounds.c
    newest = select(t.id).where(reading.valid(review_rounds)).order_by(t.month.desc()).limit(1)
    found = await reading.rows(newest)
    if not found:
        return NO_ROUND
    stream = await service.store.load(found[0]["id"], ReviewRound(), reading.position)
    seen = round_seen(stream, await found_in_round(reading, stream))
    rows: list[dict[str, Any]] = [
        line.model_dump(exclude={"withheld"}) | {"id": line.contract} for line in seen.lines
    ]
    titles = await _titles(reading, [row["id"] for row in rows])
    rows = [row | titles[row["id"]] for row in rows]
    await reading.redacted(rows)
    told = [row for row in rows if "due_on" not in row.get("withheld", {})]
    told.sort(key=lambda row: (ORDER[row["standing"]], row["due_on"] or date.max, row["reference"]))
    standing = "open" if seen.stage is RoundStage.OPEN else "closed"
    return CasesFound(
        [_case(row) for row in told[:limit]],
        total=len(rows),
        withheld=len(rows) - len(told),
        cases=f"/v1/renewal-rounds/{seen.id}",
        about=f"The round of {date.fromisoformat(f'{seen.month}-01'):%B %Y} is {standing}",
    )


async def _titles(reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    t = contracts.c
    statement = select(t.id, t.title).where(reading.valid(contracts), t.id.in_(ids))
    return {row["id"]: dict(row) for row in await reading.rows(statement)}


def _case(row: Mapping[str, Any]) -> ReportCase:
    return ReportCase(
        id=row["id"],
        title=f"{row['reference']}: {row['title']}",
        path=f"/v1/contracts/{row['id']}",
        day=row["due_on"],
        why=_not_an_amount(row),
        pence=row["exposure_pence"],
        standing=_standing(row),
        marked="withheld" in row,
    )


def _not_an_amount(row: Mapping[str, Any]) -> str:
    """Return what stands in place of an amount that is withheld or not known; blank if it is."""
    if mark := row.get("withheld", {}).get("exposure_pence"):
        return str(mark)
    return "Not known." if row["exposure_pence"] is None else ""


def _standing(row: Mapping[str, Any]) -> str:
    """Return what became of a contract in the round."""
    reason = f": {row['reason'].rstrip('.')}." if row["reason"] else "."
    match row["standing"]:
        case LineStanding.DECIDED:
            return "Decided."
        case LineStanding.DEFERRED:
            until = f" until {long_day(row['until'])}" if row["until"] else ""
            return f"Put off{until}{reason}"
        case LineStanding.NOT_DUE:
            return f"Not due{reason}"
        case _:
            return "Still to be decided" + (", carried over." if row["carried_over"] else ".")


REPORT_CASES = (
    CasesOffered(
        "contracts_in_round",
        "Contracts in the newest round",
        ("Contract", "First date", "A missed notice commits", "Standing"),
        contracts_in_round,
    ),
)
