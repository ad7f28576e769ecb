"""Slips of the finger by kind: how often the search finds what was meant, and nothing for what is not there.

The corpus is made: every word of five letters or more of the catalogue's names and categories, with one
slip of each kind at every place. Chance has no part in it.
"""

import string
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from rfp_service.catalogue.views.items import found
from tests.catalogue.test_finding import ITEMS, NOT_THERE, stocked
from tests.support.api import Api

__all__ = ["stocked"]  # a fixture

WORDS = {
    "laptop": "laptop",
    "devices": "laptop",
    "tablet": "tablet",
    "rugged": "tablet",
    "telephone": "telephone",
    "telephony": "telephone",
    "printer": "printer",
    "shared": "printer",
    "screen": "screen",
    "meeting": "screen",
    "survey": "survey",
    "licence": "survey",
    "software": "survey",
}
# Words of a council's other work: a search for any of them should show nothing of this catalogue.
OTHERS = (
    "winter",
    "gritting",
    "carer",
    "payments",
    "school",
    "admissions",
    "bridge",
    "inspection",
    "payroll",
    "coroner",
    "parking",
    "permits",
    "potholes",
    "registrar",
    "weddings",
    "museum",
    "archive",
    "planning",
    "highways",
    "streetlights",
    "recycling",
    "allotments",
    "elections",
    "councillor",
    "committee",
    "fostering",
    "adoption",
    "transport",
    "minibus",
    "catering",
    "kitchen",
    "heating",
    "boiler",
    "fencing",
    "uniforms",
    "vehicles",
    "asbestos",
    "flooding",
    "drainage",
    "cemetery",
    "trading",
)


def deleted(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def inserted(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        yield word[:place] + string.ascii_lowercase[(7 * place + 3) % 26] + word[place:]


def substituted(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        other = string.ascii_lowercase[(string.ascii_lowercase.index(letter) + 5) % 26]
        yield word[:place] + other + word[place + 1 :]


def transposed(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        if word[place] != word[place + 1]:
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


KINDS: dict[str, Callable[[str], Iterator[str]]] = {
    "deletion": deleted,
    "insertion": inserted,
    "substitution": substituted,
    "transposition": transposed,
}


async def shown(api: Api, stocked: dict[str, str], query: str) -> list[str]:
    async with api.service.pool.acquire() as connection:
        return [stocked[str(item)] for item in await found(connection, query)]


@pytest.mark.parametrize("kind", KINDS)
async def test_nearly_every_slip_finds_what_was_meant_and_little_else(
    api: Api, stocked: dict[str, str], kind: str
) -> None:
    counts: Counter[str] = Counter()
    missed = []
    for word, meant in WORDS.items():
        for slip in KINDS[kind](word):
            seen = await shown(api, stocked, slip)
            counts.update(all=1, found=meant in seen, first=seen[:1] == [meant], shown=len(seen))
            if meant not in seen:
                missed.append(slip)
    recall, precision = counts["found"] / counts["all"], counts["found"] / counts["shown"]
    print(
        f"{kind}: {counts['all']} slips, recall {recall:.3f}, precision {precision:.3f},"
        f" first {counts['first'] / counts['all']:.3f}; missed {missed}"
    )
    assert recall >= 0.95
    assert precision >= 0.9


async def test_what_is_not_there_is_not_taken_for_a_slip(api: Api, stocked: dict[str, str]) -> None:
    wrong = {q: seen for q in (*OTHERS, *NOT_THERE) if (seen := await shown(api, stocked, q))}
    print(f"{len(OTHERS) + len(NOT_THERE)} searches for what is not there: {len(wrong)} show something")
    assert wrong == {}
    assert set(WORDS.values()) == set(ITEMS)
