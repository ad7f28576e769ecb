"""The lists of a paper that other rooms answer: their cases as of its reading, as many as a side holds."""

import asyncio
from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from shared.web.core_service import CoreService
from shared.web.offers.report_cases import CasesOffered
from shared.web.reads.readings import Reading

LISTED_LIMIT = 12


class ListedCase(BaseModel):
    """One case of a list, and where it is; where why it is listed is an amount, it is in `pence`."""

    id: UUID
    title: str
    path: str = Field(examples=["/v1/projects/0b0e0c4e-5f0a-4a53-a1b8-3d6c6f3f4a11"])
    day: date | None
    why: str
    pence: int | None
    standing: str
    marked: bool = Field(description="Whether a mark stands where something is exempt.")


class ListedCases(BaseModel):
    """A list of another room's cases, those first that matter most, and where all of them are.

    `headings` say what title, day, why and standing are. `total` counts all of them; the first are in
    `items`, and `withheld` counts those that are only in the exempt part.
    """

    name: str
    title: str
    about: str = Field(description="Which cases these are; blank where the title says it.")
    headings: list[str]
    cases: str = Field(description="Where all of them are.")
    total: int
    withheld: int
    items: list[ListedCase]

    @property
    def exempt(self) -> int:
        """Return of how many cases something is only in the exempt part."""
        return self.withheld + sum(case.marked for case in self.items)


async def listed_cases(
    service: CoreService, reading: Reading, limit: int = LISTED_LIMIT
) -> list[ListedCases]:
    """Return the lists that the rooms offer, as far as their reader may see them."""
    return list(
        await asyncio.gather(*(_listed(service, reading, each, limit) for each in service.report_cases))
    )


async def _listed(service: CoreService, reading: Reading, offered: CasesOffered, limit: int) -> ListedCases:
    found = await offered.find(service, reading, limit)
    return ListedCases(
        name=offered.name,
        title=offered.title,
        about=found.about,
        headings=list(offered.headings),
        cases=found.cases,
        total=found.total,
        withheld=found.withheld,
        items=[
            ListedCase(**{name: getattr(case, name) for name in ListedCase.model_fields})
            for case in found.listed
        ],
    )
