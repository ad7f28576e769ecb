"""What was decided in a paper's period on cases of other rooms, by whom and why, as each room answers it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from shared.web.core_service import CoreService
from shared.web.offers.report_decisions import DecisionsOffered, ReportDecision
from shared.web.reads.readings import Reading

DECISIONS_LIMIT = 25
BY_ITSELF = "Nobody: the time was over"


class CaseDecision(BaseModel):
    """One decision on a case: what, by whom and why; `by` is blank where a period had simply ended.

    The amount is what the case was worth then, in pence without VAT; null where it is not known, or exempt.
    `withheld` has the mark of each part that is exempt, also within a part.
    """

    position: int
    thing: UUID
    title: str
    path: str = Field(examples=["/v1/rfps/0b0e0c4e-5f0a-4a53-a1b8-3d6c6f3f4a11"])
    on: date
    kind: str = Field(examples=["waiver_granted"])
    what: str = Field(examples=["Waiver of competition granted"])
    by: str
    by_name: str
    reason: str
    pence: int | None
    withheld: dict[str, str] = {}


class CaseDecisionCount(BaseModel):
    """How many decisions of a kind were taken."""

    kind: str
    called: str
    count: int


class CaseDecisions(BaseModel):
    """Decisions of the period on one room's cases, those first that matter most, and how many there are.

    `total` and `counts` are of all of them; the first are in `items`.
    """

    body_of_work: str = Field(examples=["rfps"])
    title: str
    about: str
    total: int
    counts: list[CaseDecisionCount]
    items: list[CaseDecision]

    @property
    def exempt(self) -> int:
        """Return of how many of the listed something is only in the exempt part."""
        return sum(bool(each.withheld) for each in self.items)


async def case_decisions(
    service: CoreService, reading: Reading, before: Reading | None, limit: int = DECISIONS_LIMIT
) -> list[CaseDecisions]:
    """Return what each room's cases were decided on since an earlier reading; without one, no period is."""
    if before is None:
        return []
    taken = await asyncio.gather(
        *(offered.find(service, reading, before.position) for offered in service.report_decisions)
    )
    return [
        await _shown(service, offered, found, limit)
        for offered, found in zip(service.report_decisions, taken, strict=True)
    ]


async def _shown(
    service: CoreService, offered: DecisionsOffered, taken: Sequence[ReportDecision], limit: int
) -> CaseDecisions:
    numbers = Counter(each.kind for each in taken)
    return CaseDecisions(
        body_of_work=offered.body_of_work,
        title=offered.title,
        about=offered.about,
        total=len(taken),
        counts=[
            CaseDecisionCount(kind=kind, called=called, count=numbers[kind])
            for kind, called in offered.kinds.items()
            if numbers[kind]
        ],
        items=await named(service, taken[:limit]),
    )


async def named(service: CoreService, taken: Iterable[ReportDecision]) -> list[CaseDecision]:
    """Return decisions with what those who took them are called today."""
    taken = list(taken)
    names: Mapping[str, str] = await service.people.names({each.by for each in taken if each.by})
    return [
        CaseDecision(
            **{name: getattr(each, name) for name in ReportDecision.__slots__},
            by_name=names.get(each.by, each.by) if each.by else BY_ITSELF,
        )
        for each in taken
    ]
