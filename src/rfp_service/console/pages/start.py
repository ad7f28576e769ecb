"""Where somebody begins who has never been here: what this is, what waits where, and where to go on."""

from fastapi import Request, Response

from rfp_service.console.programme_summary import glance
from rfp_service.console.rendering import page
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Visiting

router = page_router()


@router.get("/start")
async def start(request: Request, visit: Visiting) -> Response:
    """Show the programme at a glance; each figure leads to what is behind it."""
    return page(request, "start", figures=await glance(visit))


@router.get("/accessibility")
async def accessibility(request: Request, _: Visiting) -> Response:
    """Say for whom these pages work, what was tried, and whom to tell where they don't."""
    return page(request, "accessibility")
