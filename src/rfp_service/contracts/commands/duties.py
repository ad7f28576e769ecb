"""Which notices the law wants of what happens to a contract, by the scheme's table; publishing them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from rfp_service.contracts.commands.clock import clock_for, contract_rules
from rfp_service.contracts.commands.rules import must_be_registered, must_have_come
from rfp_service.contracts.domain.contract import Contract, DutyStanding
from rfp_service.contracts.domain.day_counts import end_after
from rfp_service.contracts.domain.duty_events import ChangeExcused, NoticeDue, NoticeMissed, NoticePublished
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.exposure import term_months, whole_pence
from rfp_service.contracts.domain.refusals import NoSuchDuty, NoticePublishedAlready, PublishBeforeTheChange
from rfp_service.contracts.domain.renewal_events import KpiYearEnded
from shared.kernel.calendar import end_of
from shared.kernel.contract_rules import ContractDuty, DutyCounting, DutyTrigger
from shared.kernel.fields import WHOLE, Code, Day
from shared.kernel.messages import Command, Stamp
from shared.kernel.rules import ContractKind
from shared.record.deadlines.deadline import DeadlineCommand

LIGHT_TOUCH = "light_touch"
DUTIES_A_CONTRACT = 400
NOTHING_CHANGED = (0, 0)  # in pence, in months


def duties_on(
    contract: Contract,
    trigger: DutyTrigger,
    on: date,
    stamp: Stamp,
    change: tuple[int, int] = NOTHING_CHANGED,
    *,
    before: bool = False,
) -> Sequence[ContractEvent]:
    """Return the notices that fall due where something happens to a contract on a day.

    A change has its value in pence and its months; one too small to be announced is kept as excused.
    Those that are to be published `before` it are asked for apart, when it is decided.
    """
    events: list[ContractEvent] = []
    for duty in _applying(contract, trigger, stamp, change):
        if (duty.counting is DutyCounting.BEFORE) is not before:
            continue
        if trigger is DutyTrigger.CHANGED and _is_excused(contract, duty, change):
            events.append(_excused(contract, duty, change, stamp))
        else:
            number = len(contract.duties) + sum(isinstance(e, NoticeDue) for e in events) + 1
            events.append(_due(contract, duty, number, due_on(duty, contract, on), stamp))
    return events


def _excused(contract: Contract, duty: ContractDuty, change: tuple[int, int], stamp: Stamp) -> ChangeExcused:
    return ChangeExcused(
        stage=contract.stage,
        value_pence=change[0],
        months=change[1],
        section=duty.section,
        scheme_version=stamp.known.scheme_version,
    )


def _due(contract: Contract, duty: ContractDuty, number: int, day: date | None, stamp: Stamp) -> NoticeDue:
    return NoticeDue(
        stage=contract.stage,
        number=number,
        notice=duty.notice,
        section=duty.section,
        trigger=duty.trigger,
        due_on=day,
        scheme_version=stamp.known.scheme_version,
    )


def _applying(
    contract: Contract, trigger: DutyTrigger, stamp: Stamp, change: tuple[int, int]
) -> Iterator[ContractDuty]:
    """Yield the duties of the scheme that a contract's regime, kind and value bring with them."""
    rules, about = contract_rules(stamp), contract.about
    if rules is None or len(contract.duties) >= DUTIES_A_CONTRACT:
        return
    value = about.value_with_vat_pence
    for duty in rules.duties:
        if duty.trigger is not trigger or duty.regime != about.regime:
            continue
        if about.contract_kind in duty.not_for:
            continue
        if duty.above_pence is not None and (value is None or value <= duty.above_pence):
            continue
        if duty.with_kpis and not about.kpis:
            continue
        if duty.past_the_threshold and not _grows_past_a_threshold(contract, change, stamp):
            continue
        yield duty


def _grows_past_a_threshold(contract: Contract, change: tuple[int, int], stamp: Stamp) -> bool:
    """Say whether a change takes a contract past a threshold that it was below; its VAT grows with it."""
    rules, about = stamp.known.rules, contract.about
    value, with_vat = _measured_by(contract), about.value_with_vat_pence
    if rules is None or not about.contract_kind or not value or with_vat is None:
        return False
    kind = ContractKind(about.contract_kind)
    after = with_vat + change[0] * with_vat // value
    return bool(rules.covering(kind, after)) and not rules.covering(kind, with_vat)


def _measured_by(contract: Contract) -> int | None:
    """Return the value that a change is measured by: that of the whole term, where this is known."""
    whole = whole_pence(contract)
    return contract.about.value_pence if whole is None else whole


def _is_excused(contract: Contract, duty: ContractDuty, change: tuple[int, int]) -> bool:
    """Say whether a change, with the small ones before it, stays within what need not be announced."""
    limit = duty.excused_percent_of_value.get(contract.about.contract_kind)
    pence = abs(change[0]) + sum(abs(before) for before, _ in contract.excused)
    months = abs(change[1]) + sum(abs(before) for _, before in contract.excused)
    value, term = _measured_by(contract), contract.terms.maximum_months or term_months(contract)
    of_value = limit is not None and value is not None and pence * 100 <= value * limit
    percent = duty.excused_percent_of_term
    of_term = percent is not None and term is not None and months * 100 <= term * percent
    # a change of the term alone is measured by the term, and any other by its value as well
    return of_term and (pence == 0 or of_value) if months else of_value


def due_on(duty: ContractDuty, contract: Contract, on: date) -> date | None:
    """Return the last day for a notice about what happened on a day; none if it comes before."""
    light = contract.about.contract_kind == LIGHT_TOUCH and duty.light_touch_days is not None
    days = duty.light_touch_days if light else duty.days
    assert days is not None
    match duty.counting:
        case DutyCounting.DAY_ITSELF_FIRST:
            return on + timedelta(days=max(days - 1, 0))
        case DutyCounting.DAY_AFTER_FIRST:
            return on + timedelta(days=days)
        case DutyCounting.MONTHS_AFTER:
            return end_after(on + timedelta(days=1), days)
        case DutyCounting.BEFORE:
            return None


def must_be_announced(contract: Contract, *triggers: DutyTrigger) -> None:
    """Refuse what the law wants announced first, until that was published."""
    unsaid = [
        duty
        for duty in contract.duties
        if duty.due_on is None and duty.trigger in triggers and duty.standing is not DutyStanding.PUBLISHED
    ]
    if unsaid:
        raise PublishBeforeTheChange(
            notices=[{"number": d.number, "notice": d.notice, "section": d.section} for d in unsaid]
        )


class PublishNotice(Command[Contract]):
    """Say that a notice that the law wants was published, and under which reference."""

    decision: Literal["publish-notice"] = "publish-notice"
    number: Annotated[int, Field(ge=1, le=DUTIES_A_CONTRACT), WHOLE] = Field(
        description="The duty's, on this contract."
    )
    reference: Code = Field(examples=["2026/S 000-041277"])
    published_on: Day

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_registered(contract)
        if not contract.duties:
            raise NoSuchDuty(numbers=[])
        if all(duty.standing is DutyStanding.PUBLISHED for duty in contract.duties):
            raise NoticePublishedAlready(reference=contract.duties[-1].reference)

    def decide(self, contract: Contract, stamp: Stamp) -> NoticePublished:
        """Publish once; late is late, and said so."""
        must_have_come(self.published_on, stamp)
        duty = next((d for d in contract.duties if d.number == self.number), None)
        if duty is None:
            raise NoSuchDuty(numbers=[d.number for d in contract.duties])
        if duty.standing is DutyStanding.PUBLISHED:
            raise NoticePublishedAlready(reference=duty.reference)
        return NoticePublished(
            stage=contract.stage,
            number=self.number,
            reference=self.reference,
            published_on=self.published_on,
            late=duty.due_on is not None and self.published_on > duty.due_on,
        )


class RecordBreach(Command[Contract]):
    """Record a breach that led to damages or a settlement, or poor performance not mended in time."""

    by_the_contract_rules = True

    decision: Literal["record-breach"] = "record-breach"
    happened_on: Day

    @classmethod
    def guard(cls, contract: Contract, stamp: Stamp) -> None:
        must_be_registered(contract)
        if not any(_applying(contract, DutyTrigger.BREACHED, stamp, NOTHING_CHANGED)):
            raise NoSuchDuty(numbers=[])

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Set off what the law wants published of it."""
        must_have_come(self.happened_on, stamp)
        events = duties_on(contract, DutyTrigger.BREACHED, self.happened_on, stamp)
        if not events:
            raise NoSuchDuty(numbers=[])
        return events


class MissDuty(DeadlineCommand[Contract]):
    """Say that the last day of a notice has passed without it."""

    def decide(self, contract: Contract, stamp: Stamp) -> NoticeMissed | tuple[()]:
        """Miss only what is still due."""
        duty = next((d for d in contract.duties if d.number == self.number), None)
        if duty is None or duty.standing is not DutyStanding.DUE or duty.due_on is None:
            return ()
        if end_of(duty.due_on) > stamp.at:
            return ()
        return NoticeMissed(
            stage=contract.stage, number=duty.number, due_on=duty.due_on, late=self.is_late(stamp)
        )


class EndKpiYear(DeadlineCommand[Contract]):
    """Say that a year of key performance indicators is over."""

    by_the_contract_rules = True

    def decide(self, contract: Contract, stamp: Stamp) -> Sequence[ContractEvent]:
        """Set off the year's assessment, and wait for the next year."""
        ended = contract.clock.kpis_on
        if contract.clock.number != self.number or not contract.runs or ended is None:
            return ()
        if end_of(ended) > stamp.at:
            return ()
        over = KpiYearEnded(
            stage=contract.stage,
            ended_on=ended,
            clock=clock_for(contract, stamp, reviewed=True, kpi_year_ended=True),
        )
        duties = duties_on(contract, DutyTrigger.YEAR_OF_KPIS, ended, stamp)
        return [over, *duties]
