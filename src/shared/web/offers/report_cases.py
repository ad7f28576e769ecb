"""How a room lists its own cases in a report of another: each with its day, its reason and where it is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReportCase:
    """One case, as its reader may see it: the day that counts, why it is listed, what is done about it.

    Where the reason is an amount, it is in `pence`. It is `marked` where a mark stands for something that
    is withheld.
    """

    id: UUID
    title: str
    path: str
    day: date | None
    why: str
    standing: str
    pence: int | None = None
    marked: bool = False


class CasesFound(NamedTuple):
    """The cases listed, those first that matter most, with how many there are in all and where they are.

    `withheld` counts those that are left out because being listed would tell what is withheld of them.
    `about` says which they are, where the name of the list does not.
    """

    listed: Sequence[ReportCase]
    total: int
    withheld: int
    cases: str
    about: str = ""


# The service, a reading of its views, and how many are listed at most.
FindCases = Callable[[Any, Any, int], Awaitable[CasesFound]]


@dataclass(frozen=True, slots=True)
class CasesOffered:
    """A list by name: its title, what its four columns are called, and how to look.

    The columns are those of the title, the day, the reason and the standing.
    """

    name: str
    title: str
    headings: tuple[str, str, str, str]
    find: FindCases
