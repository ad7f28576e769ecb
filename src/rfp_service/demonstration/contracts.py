"""One contract of the demonstration: how it was registered, and what people and the clock made of it."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from pydantic import JsonValue

from rfp_service.contracts.commands.confirmations import ConfirmDate
from rfp_service.contracts.commands.duties import EndKpiYear, MissDuty, PublishNotice
from rfp_service.contracts.commands.execution import ExecuteExtension, SendContractNotice
from rfp_service.contracts.commands.novation import AgreeNovation, AskNovation, RefuseNovation
from rfp_service.contracts.commands.passed_dates import EndContract, PassNoticeDay
from rfp_service.contracts.commands.registration import RegisterContract
from rfp_service.contracts.commands.reviews import AlertReview, ApproveRenewal, RecommendRenewal, StartReview
from rfp_service.contracts.commands.savings import ClaimSaving, ConfirmSaving
from rfp_service.contracts.commands.terms import TermsSaid
from rfp_service.contracts.domain.contract import (
    Contract,
    ContractStage,
    DutyStanding,
    LedgerDate,
    contract_id,
)
from rfp_service.contracts.domain.dates import Moment, dates_on
from rfp_service.contracts.domain.exposure import exposure_pence
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.demonstration.storyboard import Storyboard, Thing
from shared.governance.scheme.tiers import AboveEveryTier
from shared.kernel.calendar import WorkingDays, day_in_london, end_of, start_of
from shared.kernel.messages import Command
from shared.kernel.system_actors import CLOCK

CARLO, FAY, LARS, PAUL = "carlo-contracts", "fay-finance", "lars-legal", "paul-procurement"
NEW = (10, 20)  # under the newer regime: one was concluded just now, one is to be extended
ACT_BEGUN = date(2025, 2, 24)
YEAR = timedelta(days=365)
MISSED = 1  # the one contract that rolls over for another year because nobody decided
IN_TIME = timedelta(days=25)  # before the day for notice
OF_TIER = {"head of service": "hana-head", "director": "dev-director", "cabinet": "cara-cabinet"}
SUPPLIERS = (
    "Ribble Networks Ltd",
    "Wyre Software Ltd",
    "Pendle Print Ltd",
    "Lune Telephony plc",
    "Bowland Data CIC",
    "Fictional Outsourcing Ltd",
    "Hodder Archives Ltd",
    "Calder Cloud Ltd",
)
SUBJECTS = (
    "Network support",
    "Library system",
    "Managed print",
    "Contact centre",
    "Data warehouse",
    "Service desk",
    "Archive storage",
    "Hosting of planning system",
    "Payments gateway",
    "School admissions portal",
)
AREAS = ("Highways", "Libraries", "Schools", "Property", "Children's Services")
DEPARTMENTS = ("Digital", "Education", "Highways and Transport")
FOUR_WAYS = ("express", "tacit", "express", "rolling", "express")


class ContractCourse:
    """One contract's course."""

    def __init__(self, stage: Storyboard, number: int, start: datetime) -> None:
        self.stage, self.number = stage, number
        self.chance = Random(1650 + number)
        self.reference = f"CON-{number + 1:04}"
        self.thing = Thing(contract_id(self.reference), Contract())
        self.at = start + timedelta(days=1, minutes=2 * number)

    @property
    def contract(self) -> Contract:
        """Return the contract as it stands."""
        contract: Contract = self.thing.state
        return contract

    def does(self, command: Command[Contract], by: str, at: datetime, **facts: JsonValue) -> bool:
        """Let a character decide, no earlier than what was decided before."""
        self.at = self._soonest(at)
        return self.stage.decide(self.thing, command, by, self.at, **facts)

    def _soonest(self, at: datetime) -> datetime:
        return max(at, self.at + timedelta(seconds=30))

    def is_registered(self) -> bool:
        """Register it, with the holes that real registers have."""
        n, chance, today = self.number, self.chance, day_in_london(self.at)
        begun = today - timedelta(days=10 if n in NEW else chance.randint(30, 1_200))
        while self._is_to_be_decided_at_once(begun, today):
            begun -= timedelta(days=45)
        bought = max(begun - timedelta(days=120), ACT_BEGUN) if n in NEW else begun - YEAR / 3
        value = (0, 100)[n % 2] if n % 37 == 5 else chance.randint(6, 240) * 100_000
        command = RegisterContract.model_validate(
            {
                "reference": self.reference,
                "title": f"{SUBJECTS[n % len(SUBJECTS)]}, lot {n // len(SUBJECTS) + 1}",
                "supplier": {
                    "name": SUPPLIERS[n % len(SUPPLIERS)],
                    "number": f"{n % len(SUPPLIERS):08}",
                    "small_or_medium": n % 3 != 0,
                    "voluntary_or_community": n % len(SUPPLIERS) == 4,
                },
                "terms": self._terms(begun, today),
                "department": DEPARTMENTS[n % 3],
                "value_pence": value,
                "value_with_vat_pence": value * 12 // 10,
                "value_basis": "yearly" if n % 4 == 0 else "total",
                "contract_kind": "goods" if n % 6 == 0 else "services",
                "procurement_begun_on": str(bought) if n % 11 else None,
                "concluded_on": str(today) if n == NEW[0] else None,
                "tendered": n % 5 != 0,
                "service_area": AREAS[n % len(AREAS)],
                "owner": CARLO if n % 7 else None,
                "held_by_outgoing_supplier": n % len(SUPPLIERS) == 5,
                "review_on": str(today + timedelta(days=200 + n)) if n % 4 else None,
                "kpis": ["Availability"] if n % 10 == 0 else [],
            }
        )
        return self.does(command, CARLO, self.at)

    def _is_to_be_decided_at_once(self, begun: date, today: date) -> bool:
        """Say whether the day for notice would come before anybody could decide."""
        terms = TermsSaid.model_validate(self._terms(begun, today)).stated().terms()
        dates = dates_on(terms, Moment(today, WorkingDays(frozenset())))
        days = [day for day in (dates.exercise_by, dates.last_safe) if day is not None]
        return any(today <= day < today + 3 * IN_TIME for day in days)

    def _terms(self, begun: date, today: date) -> dict[str, Any]:
        n, kind = self.number, FOUR_WAYS[self.number % len(FOUR_WAYS)]
        terms: dict[str, Any] = {
            "start": str(begun),
            "continuation": kind,
            "notice": {"count": (3, 6, 1, 2)[n % 4], "unit": "months"} if n % 13 else None,
            "service_working_days": 2 if n % 3 == 0 else 0,
        }
        if kind == "rolling":
            return terms
        terms["term_months"] = (24, 36, 48, 60)[n % 4]
        if kind == "tacit":
            terms["roll_months"] = 12
        elif n % 2 == 0:
            terms["options"] = [{"months": 12}, {"months": 12}]
        if n == MISSED:  # its last safe day passes in the first months, and it rolls over
            terms |= {
                "term_months": None,
                "initial_end": str(today + timedelta(days=200)),
                "notice": {"count": 3, "unit": "months"},
            }
        return terms

    def begin(self) -> None:
        """Confirm some dates from their documents; tell the tales of a few."""
        if self.number % 3 == 0:
            self._confirm(self.at + timedelta(days=9, hours=1))
        if self.number == 5:
            self._refused_novation()
        if self.number == NEW[0]:
            at = self.at + timedelta(days=20)
            publish = PublishNotice(number=1, reference="2026/S 000-000001", published_on=day_in_london(at))
            self.does(publish, PAUL, at)
        if self.number == NEW[1]:
            self._change_notice_due()

    def _confirm(self, at: datetime) -> None:
        for name in (LedgerDate.START, LedgerDate.INITIAL_END, LedgerDate.LAST_SAFE):
            day = self.contract.day(name)
            moved_on = name is LedgerDate.LAST_SAFE and self.contract.clock.ends_on is None
            if day is None or moved_on:
                continue
            command = ConfirmDate(
                name=name,
                day=day,
                document=f"{self.number:064x}",
                clause=f"{2 + self.number % 9}.1",
                page=3 + self.number % 20,
            )
            self.does(command, CARLO, at)

    def _refused_novation(self) -> None:
        on = day_in_london(self.at) + timedelta(days=20)
        for days, kind in ((21, AskNovation), (50, AgreeNovation), (64, RefuseNovation)):
            at = self.at + timedelta(days=days)
            step = kind(on=on, note="By letter of the supplier's company secretary.")
            self.does(step, LARS, at)

    def _change_notice_due(self) -> None:
        """Approve an extension that the law wants announced before it is made."""
        at = self.stage.now - timedelta(days=110)
        self.play(until=at)
        self.is_decided(at, RenewalOutcome.EXTEND)

    def is_decided(self, at: datetime, outcome: RenewalOutcome) -> bool:
        """Review, recommend and approve; say whether it came so far."""
        contract = self.contract
        if contract.stage not in (ContractStage.IN_FORCE, ContractStage.REVIEW_DUE):
            return False
        value = exposure_pence(contract) or contract.about.value_pence or 100
        recommend = RecommendRenewal(
            outcome=outcome, value_pence=value, months=12, reason="As the service reviewed it."
        )
        if not self.does(StartReview(), CARLO, at):
            return False
        try:
            if not self.does(recommend, CARLO, at + timedelta(days=1)):
                return False
        except AboveEveryTier:
            return False
        for days, tier in enumerate(self.contract.renewal.tiers, start=2):
            approve = ApproveRenewal(reason="In budget.")
            if not self.does(approve, OF_TIER[tier], at + timedelta(days=days)):
                return False
        self._say_what_it_saves()
        return True

    def _say_what_it_saves(self) -> None:
        """Claim what most decisions save; of every other one, finance confirms a little less."""
        saving = self.contract.savings[-1]
        before = saving.yearly_pence
        if before is None or self.number % 5 == 4:
            return
        ends = saving.outcome is not RenewalOutcome.EXTEND
        after = 0 if ends else before * (97 - self.number % 9) // 100
        at = self.at + timedelta(hours=1)
        claim = ClaimSaving(number=saving.number, yearly_after_pence=after, reason="The supplier's offer.")
        if self.does(claim, CARLO, at) and self.number % 2 == 0:
            confirm = ConfirmSaving(
                number=saving.number,
                yearly_before_pence=before * 98 // 100,
                yearly_after_pence=after,
                reason="The ledger of the last twelve months.",
            )
            self.does(confirm, FAY, at + timedelta(hours=1))

    @property
    def outcome(self) -> RenewalOutcome:
        """Return what becomes of it: extended by an option, ended where it would roll, or let lapse."""
        contract = self.contract
        if contract.clock.notice_by is not None and contract.terms.roll_months:
            return RenewalOutcome.TERMINATE
        has_option = contract.clock.notice_by is not None and contract.terms.options
        return RenewalOutcome.EXTEND if has_option else RenewalOutcome.LET_LAPSE

    def has_time(self, at: datetime) -> bool:
        """Say whether the day for notice, or for its option, is still to come at a moment."""
        by = self.contract.clock.notice_by
        return by is None or day_in_london(at) <= by

    def execute(self, at: datetime) -> None:
        """Do what was decided, once nothing must be published before it and while there is time."""
        waits = any(duty.standing is not DutyStanding.PUBLISHED for duty in self.contract.duties)
        if self.contract.renewal.outcome is RenewalOutcome.EXTEND:
            if not waits and self.has_time(self._soonest(at)):
                self.does(ExecuteExtension(), CARLO, at)
        elif self.contract.renewal.outcome is RenewalOutcome.TERMINATE:
            sent_on = day_in_london(max(at, self.at))
            self.does(SendContractNotice(sent_on=sent_on, evidence="Recorded delivery"), LARS, at)

    def _decides_in_time(self, due_at: datetime) -> bool:
        """Decide before the day for notice goes by; of one contract alone nobody thinks of it."""
        before = self.thing.version
        if self.number != MISSED and self.is_decided(due_at - IN_TIME, self.outcome):
            self.execute(self.at + timedelta(hours=3))
        return bool(self.thing.version > before)

    def play(self, until: datetime) -> None:
        """Let the clock decide whatever came due before a moment."""
        while (following := self._next()) is not None and following[0] < until:
            due_at, kind, number = following
            if kind is PassNoticeDay and self._decides_in_time(due_at):
                continue
            before = self.thing.version
            self.does(kind(number=number, due_at=due_at), CLOCK, due_at)
            if self.thing.version == before:
                return

    def _next(self) -> tuple[datetime, Any, int] | None:
        clock = self.contract.clock
        waits: list[tuple[datetime, Any, int]] = []
        if self.contract.runs:
            if clock.alert_on is not None:
                waits.append((start_of(clock.alert_on), AlertReview, clock.number))
            if clock.kpis_on is not None:
                waits.append((end_of(clock.kpis_on), EndKpiYear, clock.number))
            if clock.notice_by is not None:
                waits.append((end_of(clock.notice_by), PassNoticeDay, clock.number))
            elif clock.ends_on is not None:
                waits.append((end_of(clock.ends_on), EndContract, clock.number))
        waits += [
            (end_of(duty.due_on), MissDuty, duty.number)
            for duty in self.contract.duties
            if duty.standing is DutyStanding.DUE and duty.due_on is not None
        ]
        return min(waits, key=lambda wait: wait[0], default=None)
