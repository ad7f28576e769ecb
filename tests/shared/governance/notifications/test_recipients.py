"""Who is told: whoever can act, in their place whoever stands in, and of a role those who have it."""

from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from rfp_service.catalogue.domain.orders import Order, OrderFailed, OrderRefused, OrderTierPassedUp
from rfp_service.catalogue.reactions import order_waits, tell_of_orders
from rfp_service.contracts.domain.contract import ContractStage
from rfp_service.contracts.domain.events import ClockSet
from rfp_service.contracts.domain.pipeline import PipelineNoticeMissed, PipelineYearBegun
from rfp_service.contracts.domain.renewal_events import ContractExpired, NoticeDeadlineMissed
from rfp_service.contracts.domain.rounds import ReviewRoundOpened
from rfp_service.contracts.reactions import tell_of_renewals
from rfp_service.rooms import SUBJECTS
from shared.governance.notifications.recipients import WITH_ROLES, able_to_act
from shared.governance.people.directory import People
from shared.governance.people.domain import Absence, Directory
from shared.kernel.messages import Event, Recorded
from shared.kernel.roles import Role
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore
from shared.web.access.claims import Identity, Scope
from tests.catalogue.test_orders import APPROVED, CHEAP, FULFILLED, RAISED, SENT
from tests.support.postgres import by_owner
from tests.support.specs import NOW, STREAM, stamp

DAY, YESTERDAY = date(2026, 3, 2), date(2026, 3, 1)
AWAY = Absence(DAY, date(2026, 3, 6))
CONTRACT_TEAM = "party:contract_manager"
BUYERS = "party:procurement_officer"


def given(delegator: str, delegate: str) -> dict[str, Any]:
    return {"delegator": delegator, "delegate": delegate}


@pytest.mark.parametrize(
    ("live", "directory", "barred", "told"),
    [
        ([], Directory(), (), ["hana", "hugo"]),
        ([given("hana", "leo")], Directory(), (), ["leo", "hugo"]),
        ([], Directory(absences={"hana": AWAY}), (), ["hugo"]),
        ([given("hana", "leo")], Directory(absences={"hana": AWAY}), (), ["leo", "hugo"]),
        ([given("hana", "leo")], Directory(absences={"leo": AWAY}), (), ["hana", "hugo"]),
        ([], Directory(absences={"hana": AWAY, "hugo": AWAY}), (), ["hana", "hugo"]),  # rather than nobody
        ([], Directory(), ("hana",), ["hugo"]),
        ([given("hana", "leo")], Directory(), ("leo",), ["hana", "hugo"]),
        ([given("hana", "leo")], Directory(), ("hana",), ["hugo"]),  # nor in the stead of one kept out
        ([], Directory(links={"hana-2": "hana"}), ("hana-2",), ["hugo"]),  # by none of their accounts
        ([given("hana-2", "leo")], Directory(links={"hana-2": "hana"}), (), ["leo", "hugo"]),
        ([given("hana", "hugo")], Directory(), (), ["hugo"]),
        ([], Directory(), ("hana", "hugo"), []),
    ],
)
def test_whoever_can_act_is_told_and_nobody_who_cant(
    live: Any, directory: Directory, barred: tuple[str, ...], told: list[str]
) -> None:
    assert able_to_act(["hana", "hugo"], live, directory, DAY, barred) == told


def rows(reaction: Any, event: Event[Any]) -> list[tuple[str, str, str]]:
    """Return what is to be told of an event: its type, to which tier, or to which party."""
    mapper = EnvelopeMapper(Topics((type(event),)))
    stored = mapper.stored(STREAM, 1, event, stamp("ann"))
    recorded: Recorded = mapper.recorded((1, STREAM, 1, stored.topic, stored.state, NOW))
    return [(row["type"], row["tier"], row["told_tier"]) for row in reaction(recorded)]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (RAISED, [("approval.requested", "head", "")]),
        (
            OrderTierPassedUp(tier="head", next_tier="director", after_working_days=3, scheme_version=1),
            [("approval.requested", "director", "")],
        ),
        (CHEAP, [("turn.began", "", BUYERS)]),
        (APPROVED, [("approval.decided", "head", ""), ("turn.began", "", BUYERS)]),
        (
            OrderRefused(tier="head", reason="No.", scheme_version=1, decided_by="hana", acting_for=""),
            [("approval.decided", "head", ""), ("request.ended", "", "")],
        ),
        (SENT, [("turn.began", "", "party:requester")]),
        (FULFILLED, [("request.ended", "", "")]),
        (OrderFailed(reason="Out of stock."), [("request.ended", "", "")]),
    ],
)
def test_an_order_s_tier_and_whoever_has_its_next_step_are_told(event: Event[Any], told: Any) -> None:
    assert rows(tell_of_orders, event) == told


def test_what_an_order_waited_for_waits_no_more_once_it_was_done() -> None:
    raised = RAISED.apply(Order())
    approved = APPROVED.apply(raised)
    sent = SENT.apply(approved)
    assert order_waits(raised, "approval.requested", "")
    assert order_waits(approved, "turn.began", BUYERS)
    assert not order_waits(sent, "turn.began", BUYERS)
    assert order_waits(sent, "turn.began", "party:requester")
    assert not order_waits(FULFILLED.apply(sent), "turn.began", "party:requester")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            ReviewRoundOpened(month="2026-03", until=date(2026, 6, 29), lines=(), scheme_version=1),
            [("round.opened", "", CONTRACT_TEAM)],
        ),
        (
            PipelineYearBegun(year=2026, notice="pipeline notice", due_on=DAY, scheme_version=1, late=False),
            [("pipeline.notice-due", "", CONTRACT_TEAM)],
        ),
        (PipelineYearBegun(year=2026, scheme_version=1, late=False), []),  # the scheme wants none
        (  # what was over when it began is missed: of its own year, they hear that
            PipelineYearBegun(
                year=2025, notice="pipeline notice", due_on=YESTERDAY, scheme_version=1, late=True
            ),
            [],
        ),
        (PipelineNoticeMissed(due_on=DAY, late=False), [("pipeline.notice-missed", "", CONTRACT_TEAM)]),
        (PipelineNoticeMissed(due_on=YESTERDAY, late=True), [("pipeline.notice-missed", "", CONTRACT_TEAM)]),
        (PipelineNoticeMissed(due_on=date(2024, 5, 26), late=True), []),  # the inbox shows it
    ],
)
def test_those_who_keep_contracts_hear_of_rounds_and_of_the_year_s_notice(
    event: Event[Any], told: Any
) -> None:
    assert rows(tell_of_renewals, event) == told
    subject = SUBJECTS[event.kind]
    assert list(subject.roles(subject.blank, "contract_manager")) == [Role.CONTRACT_MANAGER]


def test_a_tier_hears_that_a_contract_ended_or_went_on_without_its_answer() -> None:
    ended = {"stage": ContractStage.ENDED, "clock": ClockSet(number=3), "ended_on": DAY}
    assert rows(tell_of_renewals, ContractExpired(**ended)) == []
    over = ContractExpired(**ended, asked_tier="head")
    assert rows(tell_of_renewals, over) == [("approval.superseded", "head", "")]
    rolled = NoticeDeadlineMissed(
        stage=ContractStage.IN_FORCE,
        clock=ClockSet(number=3),
        last_safe=DAY,
        rolls=True,
        new_end=date(2027, 3, 2),
        exposure_pence=None,
        confidence="unconfirmed",
        late=False,
        asked_tier="head",
    )
    assert rows(tell_of_renewals, rolled) == [
        ("approval.superseded", "head", ""),
        ("contract.date-missed", "", ""),
    ]


@pytest.mark.parametrize(
    ("party", "roles"),
    [
        ("procurement", [Role.PROCUREMENT_OFFICER]),
        ("legal", [Role.LEGAL]),
        ("finance", [Role.FINANCE]),
        ("scrutiny", [Role.SCRUTINY_MEMBER]),
        ("evaluators", []),
        ("market", []),
    ],
)
def test_a_party_of_an_rfp_that_is_a_role_is_told_as_its_people(party: str, roles: list[Role]) -> None:
    assert list(SUBJECTS["rfp"].roles(SUBJECTS["rfp"].blank, party)) == roles


async def test_a_role_s_people_are_those_who_had_it_when_they_last_signed_in(pool: asyncpg.Pool) -> None:
    store = EventStore(pool, Topics(()))
    people = People(pool, store, PersonalTexts(pool, b"k" * 32), lambda identity: identity.subject)

    async def signs_in(subject: str, *roles: Role, program: bool = False) -> None:
        scopes = frozenset({Scope.DECIDE})
        await people.person_id(Identity("issuer", subject, roles, scopes, program=program))

    async def of(role: Role) -> list[str]:
        return [row["id"] for row in await pool.fetch(WITH_ROLES, [role.value])]

    await signs_in("cora", Role.CONTRACT_MANAGER, Role.FINANCE)
    await signs_in("carl", Role.CONTRACT_MANAGER)
    await signs_in("bot", Role.CONTRACT_MANAGER, program=True)
    assert await of(Role.CONTRACT_MANAGER) == ["carl", "cora"]
    await signs_in("carl", Role.REQUESTER)  # the identity provider has taken it away
    assert await of(Role.CONTRACT_MANAGER) == ["cora"]
    assert await of(Role.FINANCE) == ["cora"]
    await pool.execute("UPDATE people SET roles_at = $1", datetime(2020, 1, 1, tzinfo=UTC))
    assert await of(Role.FINANCE) == []  # nobody knows whether she still is
    await signs_in("cora", Role.FINANCE)
    await by_owner(pool, "UPDATE people SET erased_at = now() WHERE id = 'cora'")
    assert await of(Role.FINANCE) == []
