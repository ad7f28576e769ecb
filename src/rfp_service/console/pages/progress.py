"""Long work: how far a job, an import or a batch has come. A page that watches asks again by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request, Response

from rfp_service.console.charts.parts import parts_bar
from rfp_service.console.rendering import page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visit, Visiting
from shared.kernel.errors import NotFound
from shared.web.reads.media_types import NDJSON

AGAIN_SECONDS = "5"
KINDS = {
    "jobs": "Job",
    "imports": "Import",
    "project-batches": "Batch of projects",
    "contract-batches": "Batch of contracts",
    "rfp-batches": "Batch of RFPs",
}
UNDONE_AT = {path: f"{HOME}/batches/{path}/" for path in ("project-batches", "contract-batches")}
LISTED_OF = 5_000  # items of a job: of more, the API has what became of each
SHOWN_LIMIT = 50
CALLED = {  # what an import counts, where its names would not do
    "bad_rows": "Rows left out",
    "warnings": "Rows that look odd",
    "ties": "At the same time as another",
    "duplicates": "Said twice",
    "date_only_stamps": "Days without a time",
    "clock_change_stamps": "In the hour of a clock change",
    "before_open": "Before their case opened",
    "repeated": "Said nothing new",
}
NOT_TAKEN = frozenset({"refused", "broken"})
RUNNING = frozenset({"running", "started"})
FAILED = frozenset({"failed", "stopped"})

router = page_router()


@dataclass(frozen=True, slots=True)
class Progress:
    """How long work stands, whatever its kind."""

    status: str
    done: int
    total: int
    counts: dict[str, int]
    why: str
    left_out: list[dict[str, Any]]
    odd: list[dict[str, Any]]

    @property
    def is_running(self) -> bool:
        """Say whether it is still running."""
        return self.status in RUNNING

    @property
    def has_failed(self) -> bool:
        """Say whether it ended, or paused, before its end."""
        return self.status in FAILED


@router.get("/progress/{kind}/{work_id}")
async def progress(request: Request, visit: Visiting, kind: str, work_id: UUID) -> Response:
    """Show how far long work has come; whoever watches has the page again every few seconds until it ends."""
    if kind not in KINDS:
        raise NotFound
    seen = await visit.get(f"/v1/{kind}/{work_id}")
    told = progress_of(seen)
    watches = request.query_params.get("watch") == "yes"
    shown = page(
        request,
        "progress",
        told=told,
        called=CALLED,
        refused=await _refused(visit, kind, work_id, told),
        undone_at=f"{UNDONE_AT[kind]}{work_id}" if kind in UNDONE_AT and told.counts.get("done") else "",
        seen=seen,
        what=KINDS[kind],
        bar=parts_bar([("ready", told.done), ("on_track", max(told.total - told.done, 0))]),
        watches=watches,
        path=f"{HOME}/progress/{kind}/{work_id}",
    )
    if watches and told.is_running:
        shown.headers["Refresh"] = AGAIN_SECONDS  # by the reader's own wish, and until they stop it
    return shown


async def _refused(visit: Visit, kind: str, work_id: UUID, told: Progress) -> list[dict[str, str]]:
    """Return which items of a job were refused, and why: the first of them."""
    if kind != "jobs" or told.total > LISTED_OF or not NOT_TAKEN & told.counts.keys():
        return []
    result = await visit.file(f"/v1/jobs/{work_id}/result", NDJSON)
    return refused_of(orjson.loads(line) for line in result.content.splitlines() if line)


def refused_of(outcomes: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Return those of some outcomes that were not taken: their place, what they named, and why not."""
    found = []
    for each in outcomes:
        if each["outcome"] in NOT_TAKEN:
            problem = each["problem"] or {}
            details = [str(error["detail"]) for error in problem.get("errors") or ()]
            why = " ".join([str(problem.get("title") or ""), *details]).strip()
            found.append({"item": str(each["item"]), "what": str(each["reference"] or ""), "why": why})
    return found[:SHOWN_LIMIT]


def progress_of(seen: dict[str, Any]) -> Progress:
    """Return how work stands from what the API says of its kind."""
    report = seen.get("report") or {}
    counts = dict(seen.get("counts") or {}) or {
        name: n for name, n in report.items() if isinstance(n, int) and n
    }
    total = seen.get("total", seen.get("items", 0)) or 0
    done = seen.get("done", sum(counts.values()) if "items" in seen else 0)
    problem = seen.get("problem") or {}
    why = str(problem.get("title") or seen.get("reason") or "")
    left_out, odd = list(report.get("bad", ())), list(report.get("odd", ()))
    return Progress(seen["status"], done, total, counts, why, left_out, odd)
