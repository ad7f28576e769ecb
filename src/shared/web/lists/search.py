"""`q`: a text that is looked for in what its reader may see, by stems and beginnings; then by spelling.

Every word must be found: by its English stem, or as the beginning of one. Only where nothing is found so may
a longer word be one slip of the finger away; and only where nothing is found so, spelt nearly alike. Nobody
finds a thing by what is exempt of it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from string import ascii_lowercase, digits
from typing import Any

from pydantic import BaseModel
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import True_

from shared.record.projecting.row_models import Searched, mark, searched, words_of
from shared.web.reads.readings import Reading

WORDS_LIMIT = 12
WORD_LENGTH = 50
BEGINNING_LENGTH = 3
MISSPELT_LENGTH = 4  # shorter words are not forgiven: too many are a letter from one another
MISSPELT_LIMIT = 20  # letters; of a longer word there are too many slips
SPELT_ALIKE = 0.4  # share of the stems' trigrams; below it, "winter" would mean "printer"


class Forgiving(IntEnum):
    """How far from what is asked for a word may be."""

    NOTHING = 0
    ONE_SLIP = 1
    SPELLING = 2


MayFind = Callable[..., "ColumnElement[bool]"]  # whether a thing may be found by these fields

ENGLISH: "ColumnElement[Any]" = literal_column("'english'")
SIMPLE: "ColumnElement[Any]" = literal_column("'simple'")
NOTHING = literal_column("''", Text)

_WORD = re.compile(r"[^\W_]+(?:[-./'][^\W_]+)*")


def words_in(asked: str) -> list[str]:
    """Return the words of what is asked for, without what stands between them."""
    return [word[:WORD_LENGTH].lower() for word in _WORD.findall(asked)[:WORDS_LIMIT]]


def matches(
    model: type[BaseModel], table: str, asked: str, may_find: MayFind, *, forgiving: Forgiving
) -> "ColumnElement[bool]":
    """Return the condition that a row has every word of what is asked for, where its reader may see it.

    Where some of the text may not be seen, it is looked through again without that. Words are never
    excluded, so less text never finds more.
    """
    words, fields = words_in(asked), searched(model)
    if not words or not fields:
        return false()
    # Written as in the index, or it would not be used.
    stems: ColumnElement[Any] = literal_column(words_of(model, table))
    found = _found(stems, words, forgiving=forgiving)
    openly = may_find(*(drawn for name in fields for drawn in drawn_from(model, name)))
    if isinstance(openly, True_):
        return found
    rest = _rest(model, table, may_find)
    in_rest = _found(func.to_tsvector(ENGLISH, rest), words, forgiving=forgiving)
    return and_(found, or_(openly, in_rest))


async def matching(reading: Reading, texts: Sequence[str], asked: str, forgiving: Forgiving) -> set[int]:
    """Return which of some texts have every word of what is asked for, by their numbers from 0 on."""
    words = words_in(asked)
    if not words or not texts:
        return set()
    listed = func.unnest(literal(list(texts), ARRAY(Text))).table_valued("text", with_ordinality="number")
    given = listed.render_derived("given")
    stems = func.to_tsvector(ENGLISH, given.c.text)
    statement = select(given.c.number).where(_found(stems, words, forgiving=forgiving))
    return {int(row[0]) - 1 for row in await reading.rows(statement)}


def drawn_from(model: type[BaseModel], name: str) -> tuple[str, ...]:
    """Return the fields of the thing that a searched text is made of."""
    found = mark(model, name, Searched)
    assert found is not None, "it is searched"
    return found.drawn_from or (name,)


def _rest(model: type[BaseModel], table: str, may_find: MayFind) -> "ColumnElement[str]":
    """Return the text without what its reader may not see."""
    parts: list[ColumnElement[str]] = []
    for name in searched(model):
        shown = literal_column(f"coalesce({table}.{name}, '')", Text)
        may = may_find(*drawn_from(model, name))
        parts.append(shown if isinstance(may, True_) else case((may, shown), else_=NOTHING))
    return func.concat_ws(literal_column("' '"), *parts)


def _found(
    stems: "ColumnElement[Any]", words: Sequence[str], *, forgiving: Forgiving
) -> "ColumnElement[bool]":
    """Return the condition that every word is among the stems, or as near as is forgiven."""
    if forgiving is Forgiving.SPELLING:
        return and_(*(_alike(stems, word) for word in words))
    query = _query(words[0], forgiving)
    for word in words[1:]:
        query = query.op("&&")(_query(word, forgiving))
    return _among(stems, query)


def _among(stems: "ColumnElement[Any]", query: "ColumnElement[Any]") -> "ColumnElement[bool]":
    """Return the condition that a query finds something among the stems.

    The planner must not look into the query: it would take beginnings and spellings for common, and read all
    rows in their order rather than the index.
    """
    return stems.bool_op("@@")(select(query).scalar_subquery())


def _alike(stems: "ColumnElement[Any]", word: str) -> "ColumnElement[bool]":
    """Return the condition that a word is found, or its stem spelt like one of the text's."""
    written = _among(stems, _query(word, Forgiving.ONE_SLIP))
    if len(word) < MISSPELT_LENGTH:
        return written
    its_own = _listed(func.to_tsvector(ENGLISH, literal(word, Text)))
    return or_(written, func.strict_word_similarity(its_own, _listed(stems)) >= SPELT_ALIKE)


def _listed(stems: "ColumnElement[Any]") -> "ColumnElement[str]":
    return func.array_to_string(func.tsvector_to_array(stems), literal_column("' '"))


def slips(word: str) -> Iterator[str]:
    """Yield what a word is with one letter left out, swapped with the next, put in, or taken for another."""
    for place in range(len(word) + 1):
        before, behind = word[:place], word[place:]
        yield before + behind[1:]
        if len(behind) > 1:
            yield before + behind[1] + behind[0] + behind[2:]
        for letter in ascii_lowercase + digits:
            yield before + letter + behind
            yield before + letter + behind[1:]


def _query(word: str, forgiving: Forgiving) -> "ColumnElement[Any]":
    """Return the query for a word, by its stem or as a beginning; one that says nothing asks for nothing."""
    plain = func.plainto_tsquery(ENGLISH, literal(word, Text))
    if len(word) < BEGINNING_LENGTH or not word.isalnum():
        return plain
    also: ColumnElement[Any] = func.to_tsquery(SIMPLE, literal(f"{word}:*", Text))
    if forgiving and MISSPELT_LENGTH <= len(word) <= MISSPELT_LIMIT:
        meant = " | ".join(sorted({slip for slip in slips(word) if slip}))
        also = also.op("||")(func.to_tsquery(ENGLISH, literal(meant, Text)))
    return case((func.numnode(plain) == 0, plain), else_=plain.op("||")(also))
