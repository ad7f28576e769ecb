"""Long work: how far a job, an import or a batch has come. A page that watches asks again by itself."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from rfp_service.console.charts.parts import parts_bar
from rfp_service.console.rendering import page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visiting
from shared.kernel.errors import NotFound

AGAIN_SECONDS = "5"
KINDS = {
    "jobs": "Job",
    "imports": "Import",
    "project-batches": "Batch of projects",
    "contract-batches": "Batch of contracts",
}
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
    findings: list[dict[str, Any]]

    @property
    def is_running(self) -> bool:
        """Say whether it goes on."""
        return self.status in RUNNING

    @property
    def has_failed(self) -> bool:
        """Say whether it ended, or paused, before its end."""
        return self.status in FAILED


@router.get("/progress/{kind}/{work_id}")
async def progress(request: Request, visit: Visiting, kind: str, work_id: UUID) -> Response:
    """Show how far long work has come; whoever watches has the page anew every few seconds until it ends."""
    if kind not in KINDS:
        raise NotFound
    seen = await visit.get(f"/v1/{kind}/{work_id}")
    told = progress_of(seen)
    watches = request.query_params.get("watch") == "yes"
    shown = page(
        request,
        "progress",
        told=told,
        seen=seen,
        what=KINDS[kind],
        bar=parts_bar([("ready", told.done), ("on_track", max(told.total - told.done, 0))]),
        watches=watches,
        path=f"{HOME}/progress/{kind}/{work_id}",
    )
    if watches and told.is_running:
        shown.headers["Refresh"] = AGAIN_SECONDS  # by the reader's own wish, and until they stop it
    return shown


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
    findings = [*report.get("bad", ()), *report.get("odd", ())]
    return Progress(seen["status"], done, total, counts, why, findings)
