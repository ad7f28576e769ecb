"""What lists of contracts can be narrowed to; what is left out narrows nothing."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, any_, func, literal, not_, or_

from rfp_service.contracts.domain.contract import ContractStage, FlagCode, contract_id
from rfp_service.contracts.domain.rounds import RoundStage, horizon_of
from rfp_service.contracts.domain.terms import Continuation
from rfp_service.contracts.views.register import contracts
from shared.kernel.calendar import quarter_of
from shared.kernel.fields import Flag
from shared.web.lists.filters import AT_MOST, AskedCode, AskedText, ListMoment, Where, by_references

DRAWN_ON_BY_FLAGS = ("value_pence", "review_on")  # whoever may not read these finds nothing by flags

OfOwner = Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only this person's.")]
OfMonth = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Such as 2026-09.")]


def _flagged(codes: list[FlagCode], _: ListMoment) -> ColumnElement[bool]:
    return or_(*(literal(code.value) == any_(contracts.c.flags) for code in codes))


def _is_acknowledged(wanted: bool, _: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    """Return the condition on a notice that was sent; one without a word from the supplier is a risk."""
    t = contracts.c
    answered = t.notice_acknowledged_on.is_not(None)
    return and_(t.notice_sent_on.is_not(None), answered if wanted else not_(answered))


class ContractFilters(BaseModel):
    """What a list of contracts can be narrowed to."""

    stage: Annotated[list[ContractStage] | None, AT_MOST, Field(description="Only those at this stage.")] = (
        None
    )
    continuation: Annotated[
        list[Continuation] | None, AT_MOST, Field(description="Only those that go on, or end, so.")
    ] = None
    supplier: Annotated[list[AskedText] | None, AT_MOST, Field(description="Only this supplier's.")] = None
    service_area: Annotated[list[AskedText] | None, AT_MOST, Field(description="Only this service's.")] = None
    owner: OfOwner = None
    reference: Annotated[
        list[AskedText] | None,
        AT_MOST,
        by_references(contracts, contract_id),
        Field(description="Only the one of this reference."),
    ] = None
    regime: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only those procured under it.")] = (
        None
    )
    flag: Annotated[
        list[FlagCode] | None,
        AT_MOST,
        Where(_flagged, draws_from=DRAWN_ON_BY_FLAGS),
        Field(description="Only those flagged so."),
    ] = None
    held_by_outgoing_supplier: Annotated[
        Flag | None, Field(description="Only those that the outgoing supplier holds, or not.")
    ] = None
    dates_confirmed: Annotated[
        Flag | None, Field(description="Only those whose dates rest on a document, or not.")
    ] = None
    notice_acknowledged: Annotated[
        Flag | None,
        Where(_is_acknowledged, draws_from=("notice_sent_on", "notice_acknowledged_on")),
        Field(description="Only those to whose notice the supplier has answered, or not yet."),
    ] = None


def _due_by(month: str, moment: ListMoment) -> ColumnElement[bool]:
    """Return the condition on what is due in the horizon of a month, by the scheme's rules."""
    return contracts.c.due_on <= horizon_of(month, moment.facts.horizon_days)


def _undecided(wanted: bool, _: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    return ~contracts.c.decided if wanted else contracts.c.decided


class DueContractFilters(BaseModel):
    """The month of which is asked what is due, and what it can be narrowed to."""

    month: Annotated[OfMonth, Where(_due_by, draws_from=("due_on",))]
    undecided: Annotated[
        Flag | None,
        Where(_undecided),
        Field(description="Only those of which nothing is approved yet, or is."),
    ] = None
    owner: OfOwner = None


def _ran_in(quarter: str, moment: ListMoment) -> ColumnElement[bool]:
    """Return the condition that a contract ran in a quarter, as far as its days are known and may be told."""
    first, last = quarter_of(quarter)
    t = contracts.c
    over = func.coalesce(t.ended_on, t.current_end)
    ran = and_(or_(t.start.is_(None), t.start <= last), or_(over.is_(None), over >= first))
    return or_(ran, not_(moment.reading.may_find_by(contracts, "start", "current_end")))


class QuarterFilters(BaseModel):
    """The quarter that a register is published for."""

    quarter: Annotated[
        str | None,
        Where(_ran_in),
        Field(pattern=r"^20[0-9]{2}-Q[1-4]$", description="Only what ran in this quarter, such as 2026-Q3."),
    ] = None


class RoundFilters(BaseModel):
    """What a list of rounds can be narrowed to."""

    stage: Annotated[list[RoundStage] | None, AT_MOST, Field(description="Only those open, or closed.")] = (
        None
    )
