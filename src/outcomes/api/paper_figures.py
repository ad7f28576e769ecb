"""Every figure of a paper by where it stands in its JSON, with the address of the cases behind it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel, Field

from outcomes.api.answers import BoardShown, HorizonCounts
from outcomes.api.case_decisions import CaseDecisions
from outcomes.api.commitments import CommitmentsShown
from outcomes.api.listed_cases import ListedCases
from outcomes.api.measures import MeasureSeen

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
COUNTED = {
    "achieved": {"horizon": "achieved"},
    "next_6_months": {"horizon": "next_6_months"},
    "overdue": {"overdue": "true"},
    "later": {"horizon": "6_months_plus"},
    "undated": {"horizon": "undated"},
    "dropped": {"horizon": "dropped"},
}


class FigureLink(BaseModel):
    """A figure, by its JSON Pointer (RFC 6901) into the paper, and the address of the cases behind it."""

    figure: str = Field(examples=["/board/counts/overdue"])
    cases: str = Field(examples=["/v1/milestones?programme=…&overdue=true&as_of=…"])


class Links(NamedTuple):
    """Where the cases behind figures are: with the service, as of the paper's own reading."""

    base: str
    as_of: datetime

    def to(self, path: str, as_of: datetime | None = None, **query: object) -> str:
        """Return the address of some cases; what is None asks for nothing."""
        asked = {name: value for name, value in query.items() if value is not None}
        asked["as_of"] = instant(as_of or self.as_of)
        before = "&" if "?" in path else "?"
        return f"{self.base}{path}{before}{urlencode(asked, doseq=True)}"


def instant(at: datetime) -> str:
    """Return an instant as addresses have it."""
    return at.astimezone(UTC).strftime(INSTANT)


def figure_links(
    board: BoardShown,
    kept: CommitmentsShown | None,
    since: datetime | None,
    measures: list[MeasureSeen],
    lists: list[ListedCases],
    on_cases: list[CaseDecisions],
) -> list[FigureLink]:
    """Return where the cases behind each figure of a paper are."""
    links = Links("", board.as_of)
    found = [*_of_board(board, links), *_of_measures(measures, links)]
    if kept is not None and since is not None:
        cases = links.to("/v1/outcomes/commitments", programme=board.programme.id, since=instant(since))
        found += [(f"/commitments/counts/{name}", cases) for name in type(kept.counts).model_fields]
    found += [(f"/lists/{n}/total", links.to(each.cases)) for n, each in enumerate(lists)]
    programme = board.programme.id
    found += _of_decisions(on_cases, links, programme, since)
    exempt = links.to("/v1/outcomes/report/exempt", programme=programme, since=since and instant(since))
    found.append(("/exempt_items", exempt))
    return [FigureLink(figure=figure, cases=cases) for figure, cases in found]


def _of_board(board: BoardShown, links: Links) -> Iterator[tuple[str, str]]:
    programme = board.programme.id
    yield from _counts("/board/counts", board.counts, programme, None, links)
    for n, outcome in enumerate(board.outcomes):
        yield from _counts(f"/board/outcomes/{n}/counts", outcome.counts, programme, outcome.number, links)
    for n, _ in enumerate(board.promised_data):
        figure = f"/board/promised_data/{n}/working_days_late"
        yield figure, links.to("/v1/promised-data", programme=programme)
    for n, _ in enumerate(board.consultations):
        yield f"/board/consultations/{n}/answered", links.to("/v1/consultations", programme=programme)


def decided(
    links: Links, programme: UUID, since: datetime | None, body_of_work: str, kind: str | None = None
) -> str:
    """Return where the decisions of a period are, of one body of work, or of a kind."""
    asked = {"programme": programme, "since": since and instant(since), "body_of_work": body_of_work}
    asked["kind"] = kind
    return links.to("/v1/outcomes/decisions", None, **asked)


def _of_decisions(
    on_cases: list[CaseDecisions], links: Links, programme: UUID, since: datetime | None
) -> Iterator[tuple[str, str]]:
    for n, each in enumerate(on_cases):
        place = f"/case_decisions/{n}"
        yield f"{place}/total", decided(links, programme, since, each.body_of_work)
        for m, one in enumerate(each.counts):
            yield f"{place}/counts/{m}/count", decided(links, programme, since, each.body_of_work, one.kind)
        for m, item in enumerate(each.items):
            if item.pence is not None:
                yield f"{place}/items/{m}/pence", links.to(item.path)


def _counts(
    place: str, counts: HorizonCounts, programme: UUID, outcome: int | None, links: Links
) -> Iterator[tuple[str, str]]:
    for name in type(counts).model_fields:
        cases = links.to("/v1/milestones", None, programme=programme, outcome_number=outcome, **COUNTED[name])
        yield f"{place}/{name}", cases


def _of_measures(measures: list[MeasureSeen], links: Links) -> Iterator[tuple[str, str]]:
    for n, measure in enumerate(measures):
        yield f"/measures/{n}/value", links.to(measure.cases)
        for m, point in enumerate(measure.trend):
            yield f"/measures/{n}/trend/{m}/value", links.to(measure.cases, as_of=point.as_of)
