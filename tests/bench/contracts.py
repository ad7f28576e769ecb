"""A register of twenty thousand contracts: taken in, and asked what is due and exposed."""

import asyncio
import os
import time
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from rfp_service.contracts.commands.registration import RegisterContract
from rfp_service.contracts.domain.contract import Contract, contract_id
from rfp_service.contracts.domain.rounds import horizon_of
from shared.kernel.contract_rules import ContractRules
from shared.kernel.messages import Event, Stamp
from shared.kernel.roles import Role
from shared.record.projecting.views import STILL_VALID
from tests.bench.bulk import copied_again
from tests.bench.ground import figure
from tests.bench.processes import serving
from tests.support.api import Api, running_api
from tests.support.people import SCHEME, Who
from tests.support.postgres import Base, Server
from tests.support.told_streams import append_streams

CONTRACTS = int(os.environ.get("CONTRACTS", "20000"))
CALLS = 30
A_BLOCK, PATIENCE = 500, 200
CORA = Who("cora", (Role.CONTRACT_MANAGER,))
HEADINGS = (
    "Contract Reference,Title of Agreement,Supplier Name,Total Value,Start Date,End Date,Review Date\r\n"
)
DUE = "SELECT * FROM contracts WHERE valid_to = $1 AND due_on <= $2 ORDER BY due_order LIMIT 101"
EXPOSED = """
SELECT to_char(notice_by, 'YYYY-MM'), count(*), sum(exposure_pence),
       sum(exposure_pence) FILTER (WHERE held_by_outgoing_supplier),
       sum(exposure_pence) FILTER (WHERE NOT dates_confirmed), count(*) FILTER (WHERE exposure_pence IS NULL)
FROM contracts WHERE valid_to = $1 AND is_open AND notice_by IS NOT NULL GROUP BY 1
"""


def register(count: int) -> bytes:
    """Return a register of so many contracts."""
    lines = (
        f"K-{number:06},Network support {number},Supplier {number % 700} Ltd,{1000 + number},"
        f"2025-{1 + number % 12:02}-01,20{27 + number % 5}-{1 + number % 12:02}-28,\r\n"
        for number in range(count)
    )
    return (HEADINGS + "".join(lines)).encode()


def taking_in(server: Server) -> list[str]:
    """Compare a register that is handed in with COPY of the rows that it appended; twice for the memory."""
    with server.fresh() as base:
        seconds, cpu, peak = _handed_in(base, CONTRACTS)
        copied = asyncio.run(copied_again(base, "ContractRegistered"))
    with server.fresh() as base:
        _, _, small = _handed_in(base, CONTRACTS // 10)
    ours, theirs = CONTRACTS / seconds, CONTRACTS / copied
    return [
        figure(
            f"take in {CONTRACTS:,} contracts",
            f"{ours:,.0f}/s",
            "COPY",
            f"{theirs:,.0f}/s",
            ours / theirs,
            "at least 0.05",
        ),
        figure("  CPU time of the service", f"{cpu:.1f} s", "COPY", f"{copied:.2f} s", copied / cpu, "said"),
        figure(
            f"  memory at its peak, {CONTRACTS:,}",
            f"{peak:.0f} MB",
            f"{CONTRACTS // 10:,}",
            f"{small:.0f} MB",
            peak / small,
            "at most 1.2",
        ),
    ]


def _handed_in(base: Base, count: int) -> tuple[float, float, float]:
    with serving(base, "cora", Role.CONTRACT_MANAGER) as served, served.client() as client:
        used, began = served.use.cpu_seconds, time.perf_counter()
        answer = client.post("/v1/contract-registers", files={"file": ("register.csv", register(count))})
        seconds = time.perf_counter() - began
        assert answer.json()["counts"]["done"] == count, answer.text[:500]
        return seconds, served.use.cpu_seconds - used, served.use.peak_of_service


def due_and_exposed(server: Server) -> list[str]:
    """Compare what is due, and exposed, with the bare SQL in the same run; an event before each call."""
    with server.fresh() as base:
        found = uvloop.run(_asked(base))
    return [
        figure(
            f"{name} among {CONTRACTS:,}, p50",
            f"{ours * 1e3:.1f} ms",
            "SQL",
            f"{bare * 1e3:.1f} ms",
            ours / bare,
            "at most 2",
        )
        for name, (ours, bare) in found.items()
    ]


def _rolling(number: int, stamp: Stamp) -> tuple[UUID, list[tuple[Event[Any], Stamp]]]:
    """Return a contract that rolls over by itself where nobody gives notice, and so exposes something."""
    command = RegisterContract.model_validate(
        {
            "reference": f"K-{number:06}",
            "title": f"Network support {number}",
            "supplier": {"name": f"Supplier {number % 700} Ltd"},
            "terms": {
                "start": f"2025-{1 + number % 12:02}-01",
                "term_months": 36 + number % 48,
                "continuation": "tacit",
                "roll_months": 12,
                "notice": {"count": 3, "unit": "months"},
            },
            "value_pence": 100_000 + number,
            "held_by_outgoing_supplier": number % 3 == 0,
        }
    )
    events = command.decide(Contract(), stamp)
    return contract_id(command.reference), [(event, stamp) for event in events]


async def _register_rolling(api: Api) -> None:
    """Put the contracts in the register, as the record would hold them had each been registered by hand."""
    stamp = Stamp(by=CORA.id, at=datetime.now(UTC))
    for start in range(0, CONTRACTS, A_BLOCK):
        numbers = range(start, min(start + A_BLOCK, CONTRACTS))
        assert await append_streams(api.service.store, [_rolling(number, stamp) for number in numbers])
    api.position = await api.service.record.head()
    for _ in range(PATIENCE):  # the views come as far in their own time
        answer = await api.client.get(
            "/v1/contracts", params={"after": api.position}, headers=api.headers(CORA)
        )
        if answer.is_success:
            return
    raise AssertionError(answer.text)


async def _asked(base: Base) -> dict[str, tuple[float, float]]:
    async with running_api(base) as api:
        await api.adopts(SCHEME)
        await _register_rolling(api)
        month = "2029-03"
        lists: dict[str, tuple[str, dict[str, Any], str, tuple[object, ...]]] = {
            "due": ("/v1/contracts/due", {"month": month, "limit": 100}, DUE, (_until(month),)),
            "exposure": ("/v1/contracts/exposure", {}, EXPOSED, ()),
        }
        connection = await asyncpg.connect(base.admin)
        try:
            return {name: await _timed(api, connection, *asked) for name, asked in lists.items()}
        finally:
            await connection.close()


async def _timed(
    api: Api, connection: Any, path: str, query: dict[str, Any], sql: str, values: tuple[object, ...]
) -> tuple[float, float]:
    """Ask in both ways after each new event, by one token, either of them first in its turn."""
    headers, taken = api.headers(CORA), dict[str, list[float]](ours=[], bare=[])

    async def ours() -> int:
        answer = await api.client.get(path, params=query, headers=headers)
        return len(answer.json()["items"])

    async def bare() -> int:
        return len(await connection.fetch(sql, STILL_VALID, *values))

    for number in range(CALLS):
        await api.raised()
        await api.get("/v1/rfps", CORA, limit=1)  # the views have come
        found = {}
        for ask in (ours, bare) if number % 2 else (bare, ours):
            began = time.perf_counter()
            found[ask.__name__] = await ask()
            taken[ask.__name__].append(time.perf_counter() - began)
        assert 0 < found["ours"] <= found["bare"], "something is due, and exposed"
    return median(taken["ours"]), median(taken["bare"])


def _until(month: str) -> object:
    return horizon_of(month, ContractRules().horizon_days)
