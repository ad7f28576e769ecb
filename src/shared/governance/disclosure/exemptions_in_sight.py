"""Which exemptions somebody may see who acts for some service areas only: those of what they may see."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select

from shared.governance.disclosure.views import exemptions
from shared.record.projecting.views import StateView, View
from shared.web.reads.readings import Reading

AREA = "service_area"


def of_matters_in_sight(reading: Reading, views: Iterable[View]) -> "list[ColumnElement[bool]]":
    """Return the conditions on exemptions for one reader; none for those who act for all areas.

    What has an area is in sight as it is in its own list. What no view shows may have one: it is not.
    """
    if reading.areas is None:
        return []
    states = [view for view in views if isinstance(view, StateView)]
    placed = [view for view in states if AREA in view.table.c]
    areas_of = {view.blank.kind for view in placed}
    elsewhere = sorted({view.blank.kind for view in states} - areas_of)
    matter = exemptions.c.matter_id
    return [
        or_(
            exemptions.c.matter_kind.in_(elsewhere),
            *(matter.in_(select(view.table.c.id).where(reading.valid(view.table))) for view in placed),
        )
    ]
