"""What a newcomer forgets: an event in no list, a package that nothing names, a right in every area."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rfp_service.events import EVENTS
from rfp_service.permissions import PERMISSIONS
from rfp_service.rfps.api.rfps import DECISIONS
from rfp_service.rooms import CONTEXTS
from shared.kernel.messages import Event
from shared.kernel.roles import Role
from shared.record.eventstore.unread import UnreadEvent
from shared.web.access.permissions import Condition

ROOT = Path(__file__).parents[2]


def leaves(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        below = [*leaves(each)]
        yield from below or [each]


def test_every_event_is_in_a_list() -> None:
    assert CONTEXTS  # loads every room
    packages = {path.name for path in (ROOT / "src").iterdir() if (path / "__init__.py").exists()}
    found = {each for each in leaves(Event) if each.__module__.partition(".")[0] in packages} - {UnreadEvent}
    assert {each.__name__ for each in found if "[" not in each.__name__} - {
        each.__name__ for each in EVENTS
    } == set()


def test_every_package_is_named() -> None:
    packages = {path.name for path in (ROOT / "src").iterdir() if (path / "__init__.py").exists()}
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert packages == set(tool["importlinter"]["root_packages"])
    assert packages == {Path(each).name for each in tool["hatch"]["build"]["targets"]["wheel"]["packages"]}


def test_a_requester_decides_on_rfps_of_their_own_areas_only() -> None:
    theirs = {each.__name__ for each in DECISIONS if Role.REQUESTER in PERMISSIONS.table[each.__name__]}
    limited = {a for a in theirs if Condition.OWN_AREA in PERMISSIONS.conditions_of(Role.REQUESTER, a)}
    assert theirs == limited
