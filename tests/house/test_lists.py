"""Every list goes through the one mechanism, and tells nobody what they may not see."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from rfp_service.events import EVENTS
from rfp_service.rooms import CONTEXTS
from shared.kernel.messages import Stream
from shared.kernel.personal import PersonalShown
from shared.record.projecting.row_models import STANDARD, Derived, mark, plain, searched
from shared.record.projecting.views import StateView
from shared.web.lists.filters import Where
from shared.web.lists.search import drawn_from
from shared.web.lists.short_list import ShortList
from shared.web.lists.statements import ListStatement, UnboundedList
from shared.web.reads.media_types import CSV, NDJSON

# Lists of rooms that are still to be stated in the one way; nothing else may be added.
STILL_TO_BE_STATED = frozenset[str]()
# Called alike, and something else: what an exemption or a project says in its row is no bid's or score's.
# An RFP is found by its bidders only once bids may be opened; a period's decisions are none on bids.
HARMLESS = {
    "rfps": {"bidder"},
    "exemptions": {"reason"},
    "projects": {"score"},
    "outcome-decisions": {"reason"},
}
SEALED = {name for event in EVENTS if event.sealed for name in event.sealed.fields} - {"reference"}


def routes() -> list[APIRoute]:
    found = [route for context in CONTEXTS for router in context.routers for route in router.routes]
    return [route for route in found if isinstance(route, APIRoute)]


def is_list(route: APIRoute) -> bool:
    """Say whether a route answers rows a page at a time: then it declares them as CSV and NDJSON, too."""
    declared: Any = route.responses.get(200, {})
    return "GET" in (route.methods or ()) and {CSV, NDJSON} <= declared.get("content", {}).keys()


def stated(dependant: Dependant) -> Iterator[ListStatement | ShortList]:
    """Yield the lists that an operation reads."""
    for needed in dependant.dependencies:
        found = getattr(needed.call, "stated", None)
        if found is not None:
            yield found
        yield from stated(needed)


def lists() -> list[ListStatement | ShortList]:
    return [each for route in routes() for each in stated(route.dependant)]


def test_every_list_goes_through_the_one_mechanism() -> None:
    found = {route.name: len(list(stated(route.dependant))) for route in routes() if is_list(route)}
    assert len(found) >= 14
    elsewhere = {name for name, number in found.items() if number != 1}
    assert elsewhere == STILL_TO_BE_STATED & found.keys()
    assert {each.name for each in lists()} >= {"rfps", "projects", "catalogue-items", "people", "approvals"}


def test_a_list_has_a_name_of_its_own_for_its_cursors() -> None:
    names = [each.name for each in lists()]
    assert len(names) == len(set(names))


def test_no_list_is_searched_sorted_counted_or_narrowed_by_what_is_sealed_or_personal() -> None:
    for each in lists():
        named = {name for name in searched(_model(each)) for name in drawn_from(_model(each), name)}
        if isinstance(each, ListStatement):
            named |= {*each.sorts, *each.counts, *each.filters.model_fields}
            named |= {
                field for name in each.filters.model_fields for field in _draws_from(each.filters, name)
            }
            named |= {need for name in each.sorts for need in each.needs(name)}
        assert named & SEALED == HARMLESS.get(each.name, set()), each.name
        personal = {
            name for name, info in each.row.model_fields.items() if plain(info.annotation)[0] is PersonalShown
        }
        assert not named & personal, each.name


def test_every_list_is_searched_but_where_it_has_no_text() -> None:
    """A record that is due is its id; two times are compared case by case."""
    without = {
        each.name
        for each in lists()
        if not (each.searches if isinstance(each, ListStatement) else searched(_model(each)))
    }
    assert without == {"retention-due", "audit-comparisons"}


def test_what_is_sorted_by_is_stored_or_says_what_it_is_computed_from() -> None:
    for each in lists():
        if isinstance(each, ListStatement):
            for name in each.sorts:
                derived = mark(each.row, name, Derived)
                stored = name in each.table.c or name in each.columns or each.name == "retention-due"
                assert stored if derived is None else derived.needs, (each.name, name)


def test_a_view_says_a_value_for_each_of_its_columns() -> None:
    views = [view for context in CONTEXTS for view in context.views if isinstance(view, StateView)]
    assert len(views) >= 7
    for view in views:
        own = {column.name for column in view.table.columns} - {*STANDARD}
        assert view.row(Stream(uuid4(), view.blank)).keys() >= own, view.name


def test_a_list_that_nothing_bounds_is_refused() -> None:
    [reads] = [each for each in lists() if each.name == "audit-reads"]
    assert isinstance(reads, ListStatement)
    try:
        ListStatement(name="audit-reads", row=reads.row, table=reads.table)
    except UnboundedList:
        return
    raise AssertionError


def _model(each: ListStatement | ShortList) -> type[BaseModel]:
    return each.model if isinstance(each, ListStatement) else each.row


def _draws_from(filters: type[BaseModel], name: str) -> tuple[str, ...]:
    where = mark(filters, name, Where)
    return where.draws_from if where is not None else ()
