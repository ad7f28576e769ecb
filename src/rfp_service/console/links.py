"""Which page shows what an address of the API names, and how a choice is carried from page to page."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from shared.kernel.calendar import end_of, start_of

API, PAGES = "/v1/", "/console/"
SHOWN = ("rfps",)  # what has pages of its own, by the same queries


def page_of(address: str | None) -> str:
    """Return the page for an address of the API; nothing where there is none."""
    if not address or not address.startswith(API):
        return ""
    rest = address.removeprefix(API)
    return PAGES + rest if rest.split("?")[0].split("/")[0] in SHOWN else ""


def chosen(query: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Return what of a page's address narrows it, in this order; what was left blank narrows nothing."""
    return {name: said for name in names if (said := query.get(name, "").strip())}


def address(path: str, query: Mapping[str, str], *without: str) -> str:
    """Return an address with a choice, or with all of it but some."""
    kept = {name: said for name, said in query.items() if said and name not in without}
    return f"{path}?{urlencode(kept)}" if kept else path


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
    except ValueError:
        return day
