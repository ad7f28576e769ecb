"""What commands must know from outside is found for every one of them."""

from typing import Any

import pytest

from rfp_service.rooms import CONTEXTS, FACTS
from shared.governance.people.domain import DIRECTORY_ID
from shared.kernel.messages import Command


class AskedTheDirectory(Exception):
    """Somebody wants to know who a principal is."""


class OnlyADirectory:
    """A store that is asked for nothing but the directory."""

    async def load(self, stream_id: object, *_: object) -> None:
        assert stream_id == DIRECTORY_ID
        raise AskedTheDirectory


def commands(kind: type[Command[Any]]) -> list[type[Command[Any]]]:
    return [each for one in kind.__subclasses__() for each in [one, *commands(one)]]


STANDING_IN = [
    each
    for each in commands(Command)
    if "acting_for" in each.model_fields
    and each.__module__.startswith(("rfp_service", "projects", "outcomes"))
    if "decision" in each.model_fields
]


def test_there_are_decisions_that_one_takes_for_another() -> None:
    assert len(STANDING_IN) >= 15


@pytest.mark.parametrize("kind", STANDING_IN, ids=lambda kind: str(kind.__name__))
async def test_a_decision_for_another_knows_what_that_person_delegated(kind: type[Command[Any]]) -> None:
    command = kind.model_construct(acting_for="hana")
    with pytest.raises(AskedTheDirectory):
        await FACTS[kind](OnlyADirectory(), command)  # type: ignore[arg-type]


def test_no_two_rooms_find_the_facts_of_one_command() -> None:
    found = [command for context in CONTEXTS for command in context.facts]
    assert len(found) == len(set(found))
