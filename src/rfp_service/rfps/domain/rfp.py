"""An RFP as it stands: its stage, whom it waits on, and what has been said about it."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from rfp_service.rfps.domain.approval import Approval, Clock, KeyDecision, Waiver
from rfp_service.rfps.domain.routes import DIRECT, Regime, Route
from rfp_service.rfps.domain.stages import AWARDED_ELSEWHERE, Party, Stage
from rfp_service.rfps.domain.tender import Award, Bidder, Tender
from shared.kernel.rules import ContractKind
from shared.kernel.states import replace


@dataclass(frozen=True)
class Need:
    """What is asked for, by when, for how much: amounts in pence, without and with VAT."""

    title: str = ""
    description: str = ""
    service_area: str = ""
    cost_centre: str = ""
    needed_by: date | None = None
    estimate_pence: int | None = None
    estimate_with_vat_pence: int | None = None

    @property
    def least_with_vat_pence(self) -> int | None:
        """Return what it is worth with VAT at least: never less than without, where VAT was not told."""
        told = (self.estimate_pence, self.estimate_with_vat_pence)
        return max((pence for pence in told if pence is not None), default=None)


NEED_FIELDS = tuple(field.name for field in fields(Need))
PATH_FIELDS = ("regime", "route", "contract_kind")  # what the lead decides of it


@dataclass(frozen=True)
class Check:
    """The last search of the catalogue: what it showed, and whether the requester has answered it."""

    id: UUID | None = None
    shown: tuple[UUID, ...] = ()
    answered: bool = False


@dataclass(frozen=True)
class Hold:
    """A wait on somebody else: on whom, since when, until when where it was ended, and whether it pauses."""

    party: Party = Party.NOBODY
    pauses_target: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Split:
    """What it passes together with the need of others that it may have been split from."""

    with_rfps: tuple[UUID, ...] = ()
    passes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakenOver:
    """What the outgoing supplier told of an RFP in flight when it was taken over; blank if it was not."""

    reference: str = ""
    source: str = ""
    stage: Stage = Stage.ABSENT
    party: Party = Party.NOBODY
    since: date | None = None  # it waited for that party
    documents: str = ""
    unread: tuple[tuple[str, str], ...] = ()
    ends_on: date | None = None  # of the period that ran, and the time of that day where one was told
    ends_at: str = ""
    notice_on: date | None = None
    supplier: str = ""
    supplier_number: str = ""
    award_value_pence: int | None = None
    to_confirm: str = ""  # the tier that has still to confirm what was awarded elsewhere
    taken_off: bool = False  # the register that put it here was undone: it may be put here again


NONE_OPEN = Approval()


@dataclass(frozen=True)
class Rfp:
    """One RFP, from its first event to its last."""

    kind: ClassVar[str] = "rfp"

    stage: Stage = Stage.ABSENT
    waiting_on: Party = Party.NOBODY
    on_hold: bool = False
    before_hold: Party = Party.NOBODY
    holds: tuple[Hold, ...] = ()
    extra_days: int = 0  # working days that its stage may last beyond the target
    raised_by: str = ""
    need: Need = Need()
    near_duplicate_of: UUID | None = None
    check: Check = Check()
    rework_loops: int = 0
    rework_by: Party = Party.NOBODY  # whom whoever sent it back named
    lead: str = ""
    regime: Regime | None = None
    route: Route | None = None
    contract_kind: ContractKind | None = None
    lots: int = 0
    budget_code: str = ""
    approval: Approval = Approval()
    elected_posts: tuple[str, ...] = ()  # of the tiers that were last asked
    waiver: Waiver = Waiver()
    key: KeyDecision = KeyDecision()
    clock: Clock = Clock()
    tender: Tender = Tender()
    award: Award = Award()
    parts: tuple[tuple[str, str], ...] = ()  # every part that anybody ever had in it
    deciders: tuple[str, ...] = ()  # everybody who ever granted something, or was stood in for
    settlers: tuple[str, ...] = ()  # who decided on judges, bids or agreed scores once there was a score
    conflicted: tuple[str, ...] = ()
    key_declared: bool = False
    advice_from: str = ""  # the advisory body whose advice is waited for
    urgency_agreed: bool = False
    urgency_published: bool = False
    after_order: UUID | None = None  # of the catalogue, that failed for the need
    same_need: tuple[UUID, ...] = ()  # that were open and asked for the same when it was raised
    category: str = ""
    likely_supplier: str = ""
    split: Split = Split()
    taken_over: TakenOver = TakenOver()
    bidder_conflicts: tuple[tuple[str, Bidder], ...] = ()  # who declared one with whom
    doubted: tuple[tuple[str, str], ...] = ()  # whose conflict somebody asked to withdraw, and who

    def called(self, first_position: int) -> str:
        """Return what people call it, by where its first event is in the record."""
        return f"RFP-{first_position}"

    @property
    def target_pauses(self) -> bool:
        """Say whether a hold pauses the target of its stage just now."""
        return self.on_hold and bool(self.holds) and self.holds[-1].pauses_target

    @property
    def is_direct(self) -> bool:
        """Say whether it goes to one supplier without asking others."""
        return self.route in DIRECT

    @property
    def open_approval(self) -> Approval:
        """Return the approval that is waited for now, of the award or of the RFP; blank if none is."""
        if self.is_to_be_confirmed:
            value = self.award.value_pence or self.need.estimate_pence or 0
            return Approval(value, (self.taken_over.to_confirm,))
        match self.stage:
            case Stage.WAIVER if self.waiver.tier:
                return Approval(self.waiver.larger_pence, (self.waiver.tier,))
            case Stage.APPROVAL:
                return self.approval
            case Stage.AWARD_APPROVAL:
                return self.award.approval
            case Stage.KEY_DECISION:
                decided = self.award.approval if self.key.of_the_award else self.approval
                return replace(decided, granted=max(len(decided.tiers) - 1, 0))
            case _:
                return NONE_OPEN

    @property
    def waits_for_members(self) -> bool:
        """Say whether the step that is waited for is an elected post's."""
        return self.open_approval.waiting_for in self.elected_posts

    @property
    def is_to_be_confirmed(self) -> bool:
        """Say whether it goes on only once what was awarded elsewhere is confirmed here."""
        return bool(self.taken_over.to_confirm) and self.stage in AWARDED_ELSEWHERE

    def confirmed(self) -> "Rfp":
        """Return the RFP whose award was decided on here."""
        return replace(self, taken_over=replace(self.taken_over, to_confirm=""))

    def parts_of(self, part: str) -> tuple[tuple[str, str], ...]:
        """Return everybody who ever had a part, each with that part."""
        return tuple(held for held in self.parts if held[0] == part)

    def with_part(self, part: str, person: str) -> "Rfp":
        """Return the RFP with somebody's part in it remembered."""
        held = (part, person)
        return self if held in self.parts else replace(self, parts=(*self.parts, held))

    @property
    def bidders(self) -> tuple[Bidder, ...]:
        """Return who has bid or is to be awarded it, as far as that is known."""
        award = self.award
        awarded = [Bidder.model_construct(name=award.supplier, number=award.supplier_number or None)]
        named = [bid.bidder for bid in self.tender.bids if bid.bidder is not None]
        return (*named, *(awarded if award.supplier else []))

    def with_bidders_conflicts(self) -> "Rfp":
        """Return the RFP in which whoever has a conflict with one of its bidders is conflicted."""
        new = [
            person
            for person, bidder in self.bidder_conflicts
            if person not in self.conflicted and any(bidder.is_same(each) for each in self.bidders)
        ]
        return replace(self, conflicted=(*self.conflicted, *dict.fromkeys(new))) if new else self

    def with_settlers(self, *people: str) -> "Rfp":
        """Return the RFP with those remembered who decided what could choose the winner."""
        new = tuple(person for person in people if person and person not in self.settlers)
        return replace(self.with_deciders(*people), settlers=(*self.settlers, *new))

    def with_deciders(self, *people: str) -> "Rfp":
        """Return the RFP with those who granted something remembered."""
        new = tuple(person for person in people if person and person not in self.deciders)
        return replace(self, deciders=(*self.deciders, *new))
