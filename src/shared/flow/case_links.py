"""Where the cases behind a figure are listed: the board, narrowed as the figure is, as of its reading."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from shared.flow.addends import Level
from shared.flow.cases import CaseFilters

BOARD = "/v1/rfps"


def with_cases(shown: dict[str, Any], level: Level, filters: CaseFilters, as_of: str | None) -> None:
    """Let each stage, edge and party of live figures say where its open cases are listed, if that can be.

    An imported log has no board, nor is there a list of what is at an activity; and the board can be
    narrowed to a service, and not to a route, a supplier or a band of value.
    """
    listed = shown["source"] == "live" and replace(filters, service_area=None).none
    narrowed = {} if filters.service_area is None else {"service_area": filters.service_area}
    if as_of is not None:
        narrowed["as_of"] = as_of
    for row in shown["stages"]:
        found = listed and level is Level.STAGE
        row["opens"] = _opened({"stage": row["stage"], **narrowed}) if found else None
    for edge in shown["edges"]:  # whoever waits where it begins may leave by it
        found = listed and level is Level.STAGE
        edge["opens"] = _opened({"stage": edge["from"], **narrowed}) if found else None
    for row in shown["parties"]:
        row["opens"] = _opened({"waiting_on": row["party"], **narrowed}) if listed else None


def _opened(query: Mapping[str, str]) -> str:
    return f"{BOARD}?{urlencode(query)}"
