"""What can be seen of the catalogue: its items, and the looks into it."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from rfp_service.catalogue.domain import CatalogueItem
from shared.governance.disclosure.views import WITH_EXEMPT
from shared.kernel.calendar import day_in_london
from shared.record.database import Connection
from shared.record.projecting.row_models import (
    COUNTED,
    SEARCHED,
    UNSORTED,
    model_table,
    row_of,
    text_index,
    words_of,
)
from shared.record.projecting.views import STILL_VALID, StateView

SHOWN_LIMIT = 10
MISSPELT_LENGTH = 5
SPELT_ALIKE = 0.4


class CatalogueItemRow(BaseModel):
    """Something that can be had without an RFP."""

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
    first_position: int
    changed_at: datetime


catalogue_items = model_table("catalogue_items", CatalogueItemRow)


item_row = row_of(CatalogueItemRow)

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


# Any word of the query may match, by its English stem; the more and the rarer, the higher. Behind what
# matches comes what a word of the query may have meant: one that is a slip away from a word of the name or
# category, or shares enough trigrams with a longer one. Below 0.4 "winter" would mean "printer"; at 0.4
# "telefone" finds a telephone. Short words are not forgiven: too many are a letter from one another.
# Nobody finds an item by what is exempt of it; the list shows it to those with the right.
EXEMPT = WITH_EXEMPT.format(names="'{name,category,description,service_areas}'")
SEARCH = f"""
WITH asked AS MATERIALIZED (
    SELECT CAST(replace(CAST(plainto_tsquery('english', $1) AS text), '&', '|') AS tsquery) AS query,
           {slips("$1")} AS slips
)
SELECT i.id FROM asked, catalogue_items i, LATERAL (
    SELECT {slips("i.name || ' ' || i.category")} && asked.slips AS slipped,
        coalesce(max(strict_word_similarity(word, lower(i.name || ' ' || i.category))), 0) AS best
    FROM regexp_split_to_table(lower($1), '[^a-z0-9]+') AS word
    WHERE length(word) >= {MISSPELT_LENGTH}
) AS spelt
WHERE i.valid_to = {STILL_VALID} AND i.id NOT IN ({EXEMPT})
  AND ({WORDS} @@ asked.query OR spelt.slipped OR spelt.best >= {SPELT_ALIKE})
  AND (i.available_from IS NULL OR i.available_from <= $3)
  AND (i.available_until IS NULL OR i.available_until >= $3)
  AND ($2 = '' OR i.service_areas = '{{}}' OR $2 = ANY (i.service_areas))
ORDER BY {WORDS} @@ asked.query DESC, ts_rank({WORDS}, asked.query) DESC, spelt.slipped DESC,
    spelt.best DESC, i.first_position
LIMIT {SHOWN_LIMIT}
"""


async def found(
    connection: Connection, query: str, service_area: str = "", day: date | None = None
) -> list[UUID]:
    """Return the items that a query finds, best first, of those that a service can have on a day."""
    on = day or day_in_london(datetime.now(UTC))
    return [row["id"] for row in await connection.fetch(SEARCH, query, service_area, on)]
