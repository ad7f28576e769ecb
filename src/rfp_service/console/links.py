"""Which page shows what an address of the API names, and how a choice is carried from page to page."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from shared.kernel.calendar import end_of, start_of

API, PAGES = "/v1/", "/console/"
SHOWN = ("rfps", "milestones", "readiness")  # what has pages of its own, by the same queries
ONE_BY_ONE = (
    "projects",
    "contracts",
    "renewal-rounds",
    "delegations",
    "catalogue-items",
    "service-accounts",
    "catalogue-orders",
    "webhook-endpoints",
    "exemptions",
    "pipeline-notices",
    "promised-data",
    "consultations",
    "outcomes",
)  # of which each has a page; their lists ask otherwise

MOVED = {"rfps/bottlenecks": "bottlenecks"}
LONG_WORK = frozenset({"jobs", "imports", "project-batches", "contract-batches", "rfp-batches"})
NOT_SHOWN = frozenset({"rfps/flow", "rfps/stuck", "rfps/forecasts", "rfps/excess", "rfps/variants"})


def page_of(address: str | None) -> str:
    """Return the page for an address of the API; nothing if there is none."""
    if not address or not address.startswith(API):
        return ""
    rest = address.removeprefix(API)
    path, asked, query = rest.partition("?")
    if path in MOVED:
        return f"{PAGES}{MOVED[path]}{asked}{query}"
    kind = path.split("/")[0]
    if kind in LONG_WORK:
        return f"{PAGES}progress/{path}"
    if kind in ONE_BY_ONE:
        return PAGES + rest if re.fullmatch(r"[a-z-]+/[0-9a-f-]{36}", path) else ""
    return PAGES + rest if kind in SHOWN and path not in NOT_SHOWN else ""


def chosen(query: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return what of a page's address narrows it, in this order; what was left blank narrows nothing."""
    return {name: said for name in names if (said := query.get(name, "").strip())}


def address(path: str, query: Mapping[str, str | list[str]], *without: str) -> str:
    """Return an address with a choice, or with all of it but some; of what is chosen twice, with both."""
    kept = {name: said for name, said in query.items() if said and name not in without}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def begin_of(day: str) -> str:
    """Return the instant a day begins; what is no day is the API's to refuse."""
    try:
        return start_of(date.fromisoformat(day)).isoformat()
    except ValueError:
        return day


def after(day: str) -> str:
    """Return the instant a day is over; what is no day is the API's to refuse."""
    try:
        return end_of(date.fromisoformat(day)).isoformat()
    except (ValueError, OverflowError):  # after the last day that there is, nothing is
        return day


def thing_page(kind: str, thing: str) -> str:
    """Return the page of one thing of a kind; nothing if there is none."""
    return page_of(f"{API}{kind}/{thing}")
