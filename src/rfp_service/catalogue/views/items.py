"""What can be seen of the catalogue: its items, and the looks into it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from rfp_service.catalogue.domain.items import CatalogueItem
from rfp_service.catalogue.domain.synonyms import USUAL, Group
from rfp_service.catalogue.views.wording import alternatives, compounds
from shared.governance.disclosure.views import WITH_EXEMPT
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Stream
from shared.record.database import Connection
from shared.record.projecting.row_models import (
    COMPUTED,
    COUNTED,
    SEARCHED,
    UNSORTED,
    model_table,
    row_of,
    text_index,
    words_of,
)
from shared.record.projecting.views import STILL_VALID, Row, StateView

SHOWN_LIMIT = 10
MISSPELT_LENGTH = 5
SPELT_ALIKE = 0.4
AS_LONG = 2  # letters that a word may be longer or shorter than the one it is taken for


class CatalogueItemRow(BaseModel):
    """Something that is available without an RFP."""

    id: UUID
    version: int
    name: Annotated[str, SEARCHED]
    description: Annotated[str, SEARCHED, UNSORTED]
    category: Annotated[str, SEARCHED, COUNTED]
    price_pence: int
    lead_time_days: int
    service_areas: list[str]
    available_from: date | None
    available_until: date | None
    approval_above_pence: int | None
    first_position: int
    changed_at: datetime


class StoredItem(CatalogueItemRow):
    """An item's row, with what is found by and not shown."""

    compounds: Annotated[str, COMPUTED]


catalogue_items = model_table("catalogue_items", StoredItem)


def _computed(stream: Stream[CatalogueItem]) -> Row:
    """Return the words of a name and category that may be one."""
    return {"compounds": f"{compounds(stream.state.name)} {compounds(stream.state.category)}".strip()}


item_row = row_of(StoredItem, _computed)

WORDS = words_of(CatalogueItemRow)

CATALOGUE_ITEMS = StateView(
    catalogue_items, item_row, CatalogueItem(), indexes=(text_index(CatalogueItemRow),)
)


def slips(text: str) -> str:
    """Return the SQL for the words and stems of a text, and what is left of each without one letter.

    Two words that have one of these in common are a slip of the finger apart: a letter left out, put in,
    taken for another, or swapped with its neighbour (Garbe's symmetric delete).
    """
    return f"""ARRAY(
        SELECT unnest(array_agg(overlay(word PLACING '' FROM place FOR 1)) || word)
        FROM (SELECT regexp_split_to_table(lower({text}), '[^a-z0-9]+')
              UNION SELECT unnest(tsvector_to_array(to_tsvector('english', {text})))) AS said (word),
            generate_series(1, length(word)) AS place
        WHERE length(word) >= {MISSPELT_LENGTH} GROUP BY word
    )"""


# A part of the question matches by the English stems of one of its alternatives; names and categories count
# most, descriptions alone only where they say more than any name does, and one's own words before synonyms.
# Behind what matches comes what a word of the question may have meant: one that is a slip away from a word
# of the name or category, or shares enough trigrams with one about as long. Below 0.4 "winter" would mean
# "printer"; at 0.4 "telefone" finds a telephone. A shorter word is no slip of a longer: "stand" of
# "standard". Short words are not forgiven: too many are a letter from one another. Where names say
# everything that is asked, nothing is guessed.
# Nobody finds an item by what is exempt of it; the list shows it to those with the right.
EXEMPT = WITH_EXEMPT.format(names="'{name,category,description,service_areas}'")
NAMED = "i.name || ' ' || i.category || ' ' || i.compounds"
SEARCH = f"""
WITH alternatives AS MATERIALIZED (
    SELECT term, own, phraseto_tsquery('english', said) AS query
    FROM unnest(CAST($4 AS int[]), CAST($5 AS text[]), CAST($6 AS bool[])) AS a (term, said, own)
), asked AS MATERIALIZED (
    SELECT {slips("$1")} AS slips,
        (SELECT count(DISTINCT term) FROM alternatives WHERE numnode(query) > 0) AS terms
), matched AS (
    SELECT i.id, i.first_position, said.*, spelt.*, asked.terms, max(said.named) OVER () AS most
    FROM asked, catalogue_items i, LATERAL (
        SELECT to_tsvector('english', {NAMED}) AS name, {WORDS} AS words
    ) AS item, LATERAL (
        SELECT count(DISTINCT term) FILTER (WHERE item.name @@ query) AS named,
            count(DISTINCT term) FILTER (WHERE item.name @@ query OR item.words @@ query) AS said,
            count(DISTINCT term) FILTER (WHERE own AND (item.name @@ query OR item.words @@ query)) AS own,
            coalesce(max(ts_rank(item.words, query)), 0) AS rank
        FROM alternatives WHERE numnode(query) > 0
    ) AS said, LATERAL (
        SELECT {slips(NAMED)} && asked.slips AS slipped, coalesce(max(similarity(word, other)) FILTER (
            WHERE abs(length(word) - length(other)) <= {AS_LONG}
        ), 0) AS best
        FROM regexp_split_to_table(lower($1), '[^a-z0-9]+') AS word,
            regexp_split_to_table(lower(i.name || ' ' || i.category), '[^a-z0-9]+') AS other
        WHERE length(word) >= {MISSPELT_LENGTH}
    ) AS spelt
    WHERE i.valid_to = {STILL_VALID} AND i.id NOT IN ({EXEMPT})
      AND (i.available_from IS NULL OR i.available_from <= $3)
      AND (i.available_until IS NULL OR i.available_until >= $3)
      AND ($2 = '' OR i.service_areas = '{{}}' OR $2 = ANY (i.service_areas))
)
SELECT id FROM matched
WHERE named > 0 OR said > most OR (said = 0 AND most < terms AND (slipped OR best >= {SPELT_ALIKE}))
ORDER BY 2 * named + said DESC, own DESC, rank DESC, slipped DESC, best DESC, first_position
LIMIT {SHOWN_LIMIT}
"""


async def found(
    connection: Connection,
    query: str,
    service_area: str = "",
    day: date | None = None,
    groups: Sequence[Group] = USUAL,
) -> list[UUID]:
    """Return the items that a query finds, best first, of those that a service can have on a day."""
    on = day or day_in_london(datetime.now(UTC))
    ways = alternatives(query, groups)
    columns = [list(column) for column in zip(*ways, strict=True)] or [[], [], []]
    return [row["id"] for row in await connection.fetch(SEARCH, query, service_area, on, *columns)]
