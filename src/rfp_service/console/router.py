"""All of the console's pages as one router."""

from fastapi import APIRouter

from rfp_service.console.pages import (
    administration,
    bottlenecks,
    catalogue_checks,
    contracts,
    decisions,
    deliveries,
    documents_and_comments,
    downloads,
    inbox,
    milestones,
    new_rfp,
    outcomes,
    progress,
    projects,
    provider,
    readiness,
    record,
    registers,
    rfps,
    scheme,
    search,
    sign_in,
    start,
    two_periods,
    verification,
)

DECIDING = (
    new_rfp,
    documents_and_comments,
    catalogue_checks,
    decisions,
    rfps,
    projects,
    contracts,
    registers,
)
MANAGING = (deliveries, administration, scheme)
SEEING = (
    start,
    search,
    bottlenecks,
    two_periods,
    downloads,
    progress,
    outcomes,
    milestones,
    readiness,
    verification,
    record,
)

router = APIRouter()
for pages in (sign_in, provider, inbox):
    router.include_router(pages.open_router)
for pages in (inbox, sign_in, provider, *DECIDING, *MANAGING, *SEEING):
    router.include_router(pages.router)
router.include_router(documents_and_comments.files_router)
router.include_router(registers.files_router)
