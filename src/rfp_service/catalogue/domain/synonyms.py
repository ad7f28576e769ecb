"""Words that people use for the same thing: the council's list, begun with the usual ones."""

import re
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace

SYNONYMS_ID = UUID("5a3e3e00-0000-4000-8000-000000000001")  # there is one list

WORD = re.compile(r"[a-z0-9]+")

Group = tuple[str, ...]

# What the list says until the council decides otherwise.
USUAL: tuple[Group, ...] = (
    (
        "laptop",
        "notebook",
        "notebook computer",
        "portable computer",
        "ultrabook",
        "chromebook",
        "macbook",
        "thinkpad",
        "toughbook",
    ),
    ("phone", "telephone", "mobile", "mobile phone", "smartphone", "cellphone", "handset", "iphone"),
    ("screen", "monitor", "display", "vdu"),
    ("tablet", "ipad", "surface pro"),
    ("printer", "multifunction device", "multifunctional device", "mfd", "photocopier", "copier"),
    ("headset", "headphones", "earphones", "earbuds"),
    ("docking station", "dock", "port replicator"),
    ("desktop", "desktop computer", "pc", "workstation"),
    ("survey", "questionnaire", "poll", "surveymonkey"),
    ("licence", "license"),
    ("wifi", "wireless", "wlan"),
    ("webcam", "web camera"),
    ("video conference", "video call", "video meeting"),
    ("mouse", "mice"),
    ("bag", "rucksack", "backpack"),
    ("training", "course"),
    ("repair", "mend", "broken", "faulty"),
    ("mailbox", "inbox"),
    ("remote access", "vpn", "virtual private network", "home working", "work from home", "wfh"),
    ("shared folder", "shared drive", "network drive", "sharepoint"),
    ("electronic signature", "e signature", "esignature", "docusign"),
    ("office software", "office 365", "microsoft 365", "m365", "microsoft office", "ms office", "ms word"),
    ("drawing software", "cad", "autocad"),
)


def as_one(said: str) -> str:
    """Return what makes "lap tops" and "laptop" one."""
    together = "".join(WORD.findall(said.lower()))
    plural = len(together) > 3 and together.endswith("s") and not together.endswith("ss")
    return together[:-1] if plural else together


@dataclass(frozen=True)
class Synonyms:
    """Groups of words that mean the same; no word is in two."""

    kind: ClassVar[str] = "catalogue-synonyms"

    groups: tuple[Group, ...] = USUAL

    def group(self, word: str) -> Group:
        """Return the group that a word is in; blank if it is in none."""
        return next((group for group in self.groups if word in group), ())


class SynonymsJoined(Event[Synonyms]):
    """Words mean the same from now on, and so does whatever meant the same as one of them."""

    kind: ClassVar[str] = "catalogue-synonyms"
    body_of_work: ClassVar[str] = "rfps"

    words: tuple[str, ...]
    reason: str

    def apply(self, synonyms: Synonyms) -> Synonyms:
        """Return the list with these words, and their groups, in one."""
        said = {as_one(word) for word in self.words} - {""}
        joined = [group for group in synonyms.groups if not said.isdisjoint(map(as_one, group))]
        left = tuple(group for group in synonyms.groups if group not in joined)
        words = (*(word for group in joined for word in group), *self.words)
        return replace(synonyms, groups=(*left, tuple(dict.fromkeys(words))))


class SynonymDropped(Event[Synonyms]):
    """A word means the same as no other from now on."""

    kind: ClassVar[str] = "catalogue-synonyms"
    body_of_work: ClassVar[str] = "rfps"

    word: str
    reason: str

    def apply(self, synonyms: Synonyms) -> Synonyms:
        """Return the list without the word; a group of one is none."""
        kept = (tuple(word for word in group if word != self.word) for group in synonyms.groups)
        return replace(synonyms, groups=tuple(group for group in kept if len(group) > 1))


class SynonymsAlready(Refused):
    """These words are already listed as meaning the same."""


class NoSynonym(Refused):
    """The list has no other word with the same meaning as this one."""


SYNONYM_EVENTS = (SynonymsJoined, SynonymDropped)
