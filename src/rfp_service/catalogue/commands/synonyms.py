"""Keeping the list of words that mean the same."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from rfp_service.catalogue.domain.synonyms import (
    NoSynonym,
    SynonymDropped,
    Synonyms,
    SynonymsAlready,
    SynonymsJoined,
)
from shared.kernel.fields import Reason, ShortText
from shared.kernel.messages import Command, Stamp

WORDS_LIMIT = 20


class JoinSynonyms(Command[Synonyms]):
    """Say that words mean the same: whoever looks for one finds what is called by another."""

    decision: Literal["join-synonyms"] = "join-synonyms"
    words: list[ShortText] = Field(
        min_length=2, max_length=WORDS_LIMIT, examples=[["laptop", "notebook computer"]]
    )
    reason: Reason

    def decide(self, synonyms: Synonyms, stamp: Stamp) -> SynonymsJoined:
        """Put them, and what each means the same as, into one group."""
        words = tuple(dict.fromkeys(plain(word) for word in self.words))
        if len(words) == 1 or set(words) <= set(synonyms.group(words[0])):
            raise SynonymsAlready(words=list(words))
        return SynonymsJoined(words=words, reason=self.reason)


class DropSynonym(Command[Synonyms]):
    """Say that a word means the same as no other."""

    decision: Literal["drop-synonym"] = "drop-synonym"
    word: ShortText = Field(examples=["notebook"])
    reason: Reason

    def decide(self, synonyms: Synonyms, stamp: Stamp) -> SynonymDropped:
        """Take it out of its group."""
        if not synonyms.group(plain(self.word)):
            raise NoSynonym(word=plain(self.word))
        return SynonymDropped(word=plain(self.word), reason=self.reason)


def plain(word: str) -> str:
    """Return a word as the list keeps it: small letters, single spaces."""
    return " ".join(word.lower().split())


SynonymDecision = TypeAliasType(
    "SynonymDecision", Annotated[JoinSynonyms | DropSynonym, Field(discriminator="decision")]
)
