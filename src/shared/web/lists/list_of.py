"""One statement of a list: its row, its filters, its key; all that a reader may ask of it follows.

    THINGS = ListOf(name="things", row=ThingRow, table=things, filters=ThingFilters)

    @router.get("", summary="List things", dependencies=[may("read-things")], responses=THINGS.responses)
    async def list_things(query: Annotated[ListQuery, THINGS.asked]) -> Response:
        return await THINGS.answer(query)

The row model says what can be searched, sorted and counted (`row_models`), the filter model what it can be
narrowed to (`filters`). Validity, sight by service area and disclosure are the mechanism's (`reading`).
"""

from functools import cached_property
from typing import Any

from fastapi import Depends, Response

from shared.web.lists.list_readings import ListPage, read_page
from shared.web.lists.pages import answer, responses
from shared.web.lists.queries import Asking, ListQuery, asking
from shared.web.lists.statements import ListStatement


class ListOf(ListStatement):
    """A list that can be asked for and answered over HTTP."""

    @cached_property
    def asked(self) -> Any:
        """Return the dependency that reads what a request asks of it."""
        read: Asking = asking(
            self,
            self.filters,
            self.sorts,
            self.counts,
            searches=self.searches,
            replays=self.is_of_states and self.replay,
        )
        return Depends(read)

    @cached_property
    def responses(self) -> dict[int | str, dict[str, Any]]:
        """Return the declaration of what it answers."""
        return responses(self.row, tagged=self.tagged)

    async def page(self, query: ListQuery) -> ListPage:
        """Return one page of it, as its reader may see it."""
        return await read_page(self, query)

    async def answer(self, query: ListQuery) -> Response:
        """Answer a request with one page of it, in the form asked for."""
        return answer(query, await self.page(query), columns=self.shown, tagged=self.tagged)
