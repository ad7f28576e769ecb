"""All of the console's pages as one router."""

from fastapi import APIRouter

from rfp_service.console.pages import (
    beside,
    bottlenecks,
    catalogue_checks,
    contracts,
    decisions,
    downloads,
    for_you,
    managing,
    outcomes,
    progress,
    projects,
    provider,
    raising,
    readiness,
    record,
    registers,
    rfps,
    scheme,
    search,
    signing_in,
    start,
    two_periods,
    verifying,
)

DECIDING = (raising, beside, catalogue_checks, decisions, rfps, projects, contracts, registers)
MANAGING = (managing, scheme)
SEEING = (
    start,
    search,
    bottlenecks,
    two_periods,
    downloads,
    progress,
    outcomes,
    readiness,
    verifying,
    record,
)

router = APIRouter()
for pages in (for_you, signing_in, provider, *DECIDING, *MANAGING, *SEEING):
    router.include_router(pages.router)
router.include_router(beside.files_router)
router.include_router(registers.files_router)
