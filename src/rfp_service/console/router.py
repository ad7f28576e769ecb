"""All of the console's pages as one router."""

from fastapi import APIRouter

from rfp_service.console.pages import bottlenecks, decisions, downloads, for_you, raising, rfps, signing_in

router = APIRouter()
for pages in (for_you, signing_in, raising, decisions, rfps, bottlenecks, downloads):
    router.include_router(pages.router)
