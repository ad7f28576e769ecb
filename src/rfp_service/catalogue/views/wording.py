"""What a question may mean: each of its words, what means the same, and compounds joined and split."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from rfp_service.catalogue.domain.synonyms import WORD, Group, as_one

INITIALS = re.compile(r"\b[a-z](?:\.[a-z])+\b")
WORDS_TOGETHER = 3  # as many as a synonym has
TERMS_LIMIT = 40


class Alternative(NamedTuple):
    """One way to say a part of a question; its own words are better than what means the same."""

    term: int
    said: str
    own: bool


def alternatives(question: str, groups: Sequence[Group]) -> list[Alternative]:
    """Return every way to say each part of a question.

    A part is a word, or several that the synonyms know as one: "lap top" as "laptop", and so as
    "notebook computer". Two words that stand together may be one: "work station" is a "workstation", too.
    """
    words = words_in(question)
    known = {as_one(word): group for group in groups for word in group}
    found, place, term = list[Alternative](), 0, 0
    while place < len(words) and term < TERMS_LIMIT:
        length = _known_length(words[place:], known)
        part = words[place : place + max(length, 1)]
        own = {" ".join(part), "".join(part)}
        if not length:
            own |= {"".join(pair) for pair in _pairs(words, place)}
        same = known.get(as_one(" ".join(part)), ()) if length else ()
        found += [Alternative(term, said, own=True) for said in sorted(own)]
        found += [Alternative(term, said, own=False) for said in same if said not in own]
        place, term = place + len(part), term + 1
    return found


def words_in(text: str) -> list[str]:
    """Return the words of a text, an abbreviation without its full stops: "V.P.N." as "vpn"."""
    return WORD.findall(INITIALS.sub(lambda said: said[0].replace(".", ""), text.lower()))


def compounds(text: str) -> str:
    """Return the words of a text that stand together as one: "Head set" as "headset"."""
    words = words_in(text)
    return " ".join("".join(pair) for pair in pairwise(words))


def _known_length(words: Sequence[str], known: Mapping[str, Group]) -> int:
    """Return how many of the first words are one synonym together; 0 if none is."""
    longest = range(min(WORDS_TOGETHER, len(words)), 0, -1)
    return next((n for n in longest if as_one(" ".join(words[:n])) in known), 0)


def _pairs(words: Sequence[str], place: int) -> list[Sequence[str]]:
    """Return the words at a place with their neighbours."""
    return [words[n : n + 2] for n in (place - 1, place) if n >= 0 and n + 2 <= len(words)]
