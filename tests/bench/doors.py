"""The front door against what one would begin with: one process each, 32 callers, turn by turn."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from rfp_service.migrating import rebuild_views
from shared.kernel.roles import Role
from shared.record.database import connected
from shared.web.access.issuer import demonstration_token
from tests.bench.callers import CALLERS, Answered, Asked, ask
from tests.bench.ground import figure, fill, histories
from tests.bench.posting import serving
from tests.support.postgres import Base, Server

SECONDS, TURNS = 2.0, 5
RFPS, READ = 2_000, 100


def at_the_door(server: Server) -> list[str]:
    """Compare decisions, one RFP and a list with a bare app's; and the slowest reads with the usual."""
    with server.fresh() as base, TemporaryDirectory() as folder, ExitStack() as running:
        asyncio.run(fill(base, histories(RFPS, 2)))
        uvloop.run(rebuild_views(base.owner, base.service))
        some = asyncio.run(_some(base))
        people = [f"rita-{number}" for number in range(CALLERS)]
        tokens = tuple(demonstration_token(Path(folder), who, [Role.REQUESTER]) for who in people)
        ports = [running.enter_context(serving(base, which, folder)) for which in ("ours", "bare")]
        ones = tuple(f"/v1/rfps/{rfp}" for rfp in some)
        one, one_bare = _turns(ports, tokens, ones)
        many, many_bare = _turns(ports, tokens, ("/v1/rfps?limit=20",))
        decided, decided_bare = _turns(ports, tokens, ())
    slow = median(each.p99 for each in one)
    usual = median(each.p50 for each in one)
    return [
        _against("POST of a decision, 32 callers", decided, decided_bare, "at least 0.40"),
        _against("GET of one RFP, 32 callers", one, one_bare, "at least 0.6"),
        _against("list of 20, 32 callers", many, many_bare, "at least 0.5"),
        figure(
            "GET of one RFP, p99, 32 callers",
            f"{slow * 1e3:.1f} ms",
            "p50",
            f"{usual * 1e3:.1f} ms",
            slow / usual,
            "at most 3",
        ),
    ]


def _against(name: str, ours: Sequence[Answered], bare: Sequence[Answered], target: str) -> str:
    mine, theirs = (max(each.rate for each in side) for side in (ours, bare))
    return figure(name, f"{mine:,.0f}/s", "bare", f"{theirs:,.0f}/s", mine / theirs, target)


def _turns(
    ports: Sequence[int], tokens: tuple[str, ...], paths: tuple[str, ...]
) -> tuple[list[Answered], list[Answered]]:
    """Return what both sides answered, taken turn by turn."""
    said: tuple[list[Answered], list[Answered]] = ([], [])
    for _ in range(TURNS):
        for port, answers in zip(ports, said, strict=True):
            answers.append(ask(Asked(port, tokens, SECONDS, paths)))
    return said


async def _some(base: Base) -> list[str]:
    async with connected(base.service) as pool:
        rows = await pool.fetch("SELECT DISTINCT id FROM rfps LIMIT $1", READ)
        return [str(row["id"]) for row in rows]
