"""A round closes on how contracts stand as it is closed, whatever is recorded while it is being closed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
import uvloop
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from rfp_service.contracts.api import rounds
from rfp_service.contracts.api.round_answers import found_in_round
from rfp_service.contracts.domain.rounds import horizon_of, last_day_of
from shared.kernel.contract_rules import ContractRules
from tests.service.test_contracts import CONTRACT, CORA, decide, registered, this_month
from tests.service.test_round_joining import opened, said, standings
from tests.support.api import Api, running_api
from tests.support.days import in_days, today
from tests.support.postgres import Server

Between = Callable[[], Awaitable[object]]
LATER = in_days(9)
DUE = {"start": "2020-01-01", "initial_end": LATER}
NOT_DUE = DUE | {"initial_end": f"{today().year + 9}-12-31"}


def meanwhile(patched: pytest.MonkeyPatch, *happens: Between) -> list[Between]:
    """Let something happen between each look at the contracts and what follows from it, one after another."""
    left, look = list(happens), found_in_round

    async def looked(*asked: Any) -> Any:
        found = await look(*asked)
        if left:
            await left.pop(0)()
        return found

    patched.setattr(rounds, "found_in_round", looked)
    return left


async def version_of(api: Api, path: str) -> int:
    """Return a round's version as its list says it, for whoever sees the round looks at its contracts."""
    rows = (await api.get("/v1/renewal-rounds", CORA, limit=100)).json()["items"]
    return next(int(row["version"]) for row in rows if path.endswith(row["id"]))


async def closed(api: Api, path: str, expect: int | None = None) -> Any:
    version = await version_of(api, path)
    return (await api.post(f"{path}/decisions", {"decision": "close"}, CORA, expect, version)).json()


async def test_a_contract_registered_while_a_round_is_being_closed_is_in_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await opened(api, this_month())
    with monkeypatch.context() as patched:
        left = meanwhile(patched, lambda: registered(api, terms=DUE))
        refused = await closed(api, path, 409)
        assert (refused["type"], refused["undecided"]) == ("/problems/undecided-in-round", 1)
        assert [named["reference"] for named in refused["contracts"]] == ["C-1"]
        assert not left
    [(contract, _, _, _)] = await standings(api, path)
    await said(api, path, "not-due", contract=contract, reason="It ends by itself.")
    await closed(api, path)


async def test_a_contract_whose_dates_are_changed_while_a_round_is_being_closed_is_in_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = await registered(api, terms=NOT_DUE)
    path = await opened(api, this_month())
    with monkeypatch.context() as patched:
        meanwhile(patched, lambda: decide(api, contract, "correct-terms", terms=DUE, reason="Read again."))
        refused = await closed(api, path, 409)
        assert [named["id"] for named in refused["contracts"]] == [contract]


async def test_what_changes_and_is_not_due_keeps_nobody_from_closing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await opened(api, this_month())
    with monkeypatch.context() as patched:
        left = meanwhile(patched, lambda: registered(api, terms=NOT_DUE), api.raised)
        await closed(api, path)
        assert not left, "it looked again, and what happens to RFPs is nothing to it"
    assert await standings(api, path) == []


async def test_where_contracts_change_at_every_look_the_round_is_not_closed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await opened(api, this_month())
    contract = await registered(api, terms=NOT_DUE)

    async def changes() -> None:
        await decide(api, contract, "amend", title=f"Network {len(left)}", reason="It is called so.")

    with monkeypatch.context() as patched:
        left = meanwhile(patched, *[changes] * 20 * rounds.LOOKS)  # a request may be sent again
        assert (await closed(api, path, 409))["type"] == "/problems/contracts-changing"
    await closed(api, path)


async def test_of_many_who_register_while_many_close_none_is_left_out(api: Api) -> None:
    path = await opened(api, this_month())
    version = (await api.get(path, CORA)).json()["version"]
    body, headers = {"decision": "close"}, api.headers(CORA, If_Match=f'"{version}"')

    async def closes() -> list[int]:
        answer = await api.client.post(f"{path}/decisions", json=body, headers=headers)
        return [answer.json()["position"]] if answer.is_success else []

    async def registers(number: int) -> int:
        contract = {**CONTRACT, "reference": f"C-{number}", "terms": DUE}
        return int((await api.post("/v1/contracts", contract, CORA)).json()["position"])

    closing, registering = [], []
    for number in range(12):
        closing.append(asyncio.create_task(closes()))
        registering.append(asyncio.create_task(registers(number)))
    closed_at = [position for one in closing for position in await one]
    registered_at = [await one for one in registering]
    assert len(closed_at) <= 1
    assert min(registered_at) > max(closed_at, default=0), "none was there when the round was closed"


class RoundsBeingClosed(RuleBasedStateMachine):
    """Contracts come and change at any time, also between the look of whoever closes and the closing."""

    run: asyncio.Runner
    api: Api
    hooked: list[Between]
    months: Iterator[str]

    def __init__(self) -> None:
        super().__init__()
        self.month = next(self.months)  # an earlier one each time: what is due later is none of its
        self.until = horizon_of(self.month, ContractRules().horizon_days)
        self.contracts: list[str] = []
        self.in_it: set[str] = set()
        self.settled: set[str] = set()
        self.is_open = True
        self.hooked.clear()
        self.path = self.run.run(opened(self.api, self.month))

    def terms(self, *, due: bool) -> dict[str, str]:
        end = last_day_of(self.month) if due else self.until + timedelta(days=1)
        return {"start": "2020-01-01", "initial_end": str(end)}

    async def comes(self, *, due: bool) -> None:
        reference = f"{self.month} {len(self.contracts)}"
        contract = await registered(self.api, reference=reference, terms=self.terms(due=due))
        self.contracts.append(contract)
        self.in_it |= {contract} if due else set()

    async def changes(self, number: int, *, due: bool) -> None:
        if not self.contracts:
            return
        contract, terms = self.contracts[number % len(self.contracts)], self.terms(due=due)
        await decide(self.api, contract, "correct-terms", terms=terms, reason="Read again.")
        self.in_it |= {contract} if due else set()

    numbers = st.integers(0, 5)

    @rule(due=st.booleans())
    def a_contract_comes(self, *, due: bool) -> None:
        self.run.run(self.comes(due=due))

    @rule(number=numbers, due=st.booleans())
    def its_dates_change(self, number: int, *, due: bool) -> None:
        self.run.run(self.changes(number, due=due))

    @rule(due=st.booleans())
    def a_contract_will_come_while_somebody_closes(self, *, due: bool) -> None:
        self.hooked.append(lambda: self.comes(due=due))

    @rule(number=numbers, due=st.booleans())
    def dates_will_change_while_somebody_closes(self, number: int, *, due: bool) -> None:
        self.hooked.append(lambda: self.changes(number, due=due))

    @precondition(lambda self: self.is_open and self.in_it - self.settled)
    @rule()
    def all_but_one_are_said_to_be_not_due(self) -> None:
        for contract in sorted(self.in_it - self.settled)[:3]:
            self.run.run(said(self.api, self.path, "not-due", contract=contract, reason="It ends."))
            self.settled.add(contract)

    @rule()
    def somebody_closes(self) -> None:
        del self.hooked[rounds.LOOKS - 1 :]
        known = self.in_it - self.settled
        answer = self.run.run(self.closing())
        undecided = self.in_it - self.settled
        if not self.is_open:
            assert answer["type"] == "/problems/round-not-open"
        elif undecided:
            assert answer["undecided"] > 0
            assert known <= {named["id"] for named in answer["contracts"]} <= undecided
        else:
            assert "position" in answer, answer
            self.is_open = False

    async def closing(self) -> Any:
        version = await version_of(self.api, self.path)
        headers = self.api.headers(CORA, If_Match=f'"{version}"')
        body, path = {"decision": "close"}, f"{self.path}/decisions"
        if not self.is_open:
            self.hooked.clear()
        answer = (await self.api.client.post(path, json=body, headers=headers)).json()
        self.api.position = max(self.api.position, await self.api.service.record.head())
        return answer

    @precondition(lambda self: not self.is_open)
    @rule()
    def somebody_reopens(self) -> None:
        self.run.run(said(self.api, self.path, "reopen", reason="One was forgotten."))
        self.is_open = True


@pytest.mark.slow
def test_no_order_of_changes_and_looks_closes_a_round_with_something_undecided(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as run, postgres.fresh() as base:
        running = running_api(base)
        api = run.run(running.__aenter__())
        try:
            RoundsBeingClosed.run, RoundsBeingClosed.api = run, api
            RoundsBeingClosed.hooked = meanwhile(monkeypatch)
            RoundsBeingClosed.months = (
                f"{year}-{month}" for year in range(2099, 2035, -1) for month in ("11", "05")
            )
            run_state_machine_as_test(
                cast("Any", RoundsBeingClosed),
                settings=settings(
                    max_examples=8,
                    stateful_step_count=14,
                    deadline=None,
                    derandomize=True,
                    phases=[Phase.generate],  # an example can't be run again: its month has been
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            run.run(running.__aexit__(None, None, None))
