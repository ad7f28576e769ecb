"""What a list of RFPs can be narrowed to; what is left out narrows nothing."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from sqlalchemy import ARRAY, ColumnElement, DateTime, Uuid, and_, any_, false, func, literal, or_

from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.rfps.views.board import rfps
from rfp_service.rfps.views.targets import EXTRA_LIMIT, Targets
from shared.flow.cases import PENCE_LIMIT
from shared.flow.figure_names import FIGURE_LIMIT, FIGURE_PATTERN
from shared.kernel.fields import Flag
from shared.web.lists.filters import AT_MOST, AskedText, ListMoment, Where
from shared.web.reads.readings import POSITION_DIGITS

_REFERENCE = re.compile(rf"RFP-([0-9]{{1,{POSITION_DIGITS}}})", re.ASCII | re.IGNORECASE)


INSTANTS = ARRAY(DateTime(timezone=True))


def _called(references: list[str], _: ListMoment) -> ColumnElement[bool]:
    """Return the condition on what a reference names; it is where an RFP begins, and none begins at 0."""
    found = [_REFERENCE.fullmatch(reference.strip()) for reference in references]
    return rfps.c.first_position.in_([int(each[1]) if each else 0 for each in found])


def _own(_: bool, moment: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    """Return the condition on what the reader asks for or leads."""
    ids = moment.reading.person.ids
    return or_(rfps.c.raised_by.in_(ids), rfps.c.lead.in_(ids))


def _overdue(wanted: bool, moment: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    """Return the condition on what is, or is not, beyond the target of its stage."""
    by: Targets = moment.facts.targets
    return beyond_target(by) if wanted else ~beyond_target(by)


def beyond_target(by: Targets) -> ColumnElement[bool]:
    """Return the condition that picks what is beyond the target of its stage."""
    t, late = rfps.c, by.overdue_before().items()
    return and_(
        ~t.target_paused,
        or_(
            false(),
            *(
                and_(t.stage == stage, t.stage_since < before[0], _still_over(before))
                for stage, before in late
            ),
        ),
    )


def _still_over(before: Sequence[datetime]) -> ColumnElement[bool]:
    """Return the condition that a stage would be over its target with all its extra days.

    The more extra days, the earlier a case must have entered: it is over for as many as come after that.
    """
    rising = literal(list(reversed(before)), INSTANTS)
    over_with = len(before) - func.width_bucket(rfps.c.stage_since, rising)
    return func.least(rfps.c.extra_days, EXTRA_LIMIT) < over_with


def _of_supplier(asked: Sequence[str], _: ListMoment) -> ColumnElement[bool]:
    """Return the condition on the cases of these suppliers, however their names are written."""
    plain = [" ".join(text.casefold().split()) for text in asked]
    return or_(*(literal(text) == any_(rfps.c.suppliers) for text in plain))


def _counted(_: str, moment: ListMoment) -> ColumnElement[bool]:
    """Return the condition on the cases that a figure counted, which the facts of the list hold."""
    return rfps.c.id == any_(literal(sorted(moment.facts.counted), ARRAY(Uuid)))


def _worth_at_least(pence: int, _: ListMoment) -> ColumnElement[bool]:
    return rfps.c.estimate_pence >= pence


def _worth_less(pence: int, _: ListMoment) -> ColumnElement[bool]:
    return rfps.c.estimate_pence < pence


def _awarded(suppliers: Sequence[str], _: ListMoment) -> ColumnElement[bool]:
    return rfps.c.supplier.in_(suppliers)


Pence = Annotated[int, Field(ge=0, le=PENCE_LIMIT)]


class RfpFilters(BaseModel):
    """What a list of RFPs can be narrowed to."""

    stage: Annotated[list[Stage] | None, AT_MOST, Field(description="Only those in this stage.")] = None
    waiting_on: Annotated[
        list[Party] | None, AT_MOST, Field(description="Only those that wait on this party.")
    ] = None
    service_area: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only those of this service.")
    ] = None
    overdue: Annotated[
        Flag | None,
        Where(_overdue),
        Field(description="Only those that are, or are not, beyond their target."),
    ] = None
    on_hold: Annotated[Flag | None, Field(description="Only those that are, or are not.")] = None
    mine: Annotated[Flag, Where(_own), Field(description="Only those that you ask for or lead.")] = False
    supplier: Annotated[
        list[AskedText] | None,
        AT_MOST,
        Where(_of_supplier, draws_from=("supplier", "supplier_number", "bidder")),
        Field(description="Only those that this supplier bid for, or was awarded: its name, or its number."),
    ] = None
    reference: Annotated[
        list[AskedText] | None,
        AT_MOST,
        Where(_called),
        Field(description="Only the one of this reference, such as `RFP-2343`."),
    ] = None
    route: Annotated[list[AskedText] | None, AT_MOST, Field(description="Only those on this route.")] = None
    awarded_to: Annotated[
        list[AskedText] | None,
        AT_MOST,
        Where(_awarded, draws_from=("supplier",)),
        Field(description="Only those that were awarded to this supplier."),
    ] = None
    value_from: Annotated[
        Pence | None,
        Where(_worth_at_least, draws_from=("estimate_pence",)),
        Field(description="Estimated at so many pence or more."),
    ] = None
    value_to: Annotated[
        Pence | None,
        Where(_worth_less, draws_from=("estimate_pence",)),
        Field(description="Estimated at less than so many pence."),
    ] = None
    requester_kind: Annotated[
        Literal["service", "outgoing_supplier"] | None,
        Field(description="Only those of a service, or that the outgoing supplier handed over."),
    ] = None
    figure: Annotated[
        str | None,
        Where(_counted),
        Field(
            description="Only those that a figure of flow counted, as its `opens` names it.",
            max_length=FIGURE_LIMIT,
            pattern=FIGURE_PATTERN,
            examples=["step.approval.ready_to_issue"],
        ),
    ] = None
