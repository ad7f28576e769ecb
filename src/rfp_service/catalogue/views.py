"""What can be seen of the catalogue: its items, and the looks into it."""

from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, Integer, Text

from rfp_service.catalogue.domain import CatalogueItem
from shared.database import Connection
from shared.messages import Stream
from shared.projecting.views import STILL_VALID, Row, StateView, state_table

SHOWN_LIMIT = 10

catalogue_items = state_table(
    "catalogue_items",
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("price_pence", BigInteger, nullable=False),
    Column("lead_time_days", Integer, nullable=False),
    Column("available_until", Date),
)


def item_row(stream: Stream[CatalogueItem]) -> Row:
    """Return an item's row."""
    item = stream.state
    return {
        "name": item.name,
        "description": item.description,
        "category": item.category,
        "price_pence": item.price_pence,
        "lead_time_days": item.lead_time_days,
        "available_until": item.available_until,
    }


CATALOGUE_ITEMS = StateView(catalogue_items, item_row, CatalogueItem())

# Any word of the query may match, by its English stem; the more and the rarer, the higher.
SEARCH = f"""
SELECT i.id FROM catalogue_items i,
    CAST(replace(CAST(plainto_tsquery('english', $1) AS text), '&', '|') AS tsquery) AS query,
    to_tsvector('english', i.name || ' ' || i.category || ' ' || i.description) AS words
WHERE i.valid_to = {STILL_VALID} AND words @@ query
  AND (i.available_until IS NULL OR i.available_until >= current_date)
ORDER BY ts_rank(words, query) DESC, i.first_position LIMIT {SHOWN_LIMIT}
"""


async def found(connection: Connection, query: str) -> list[UUID]:
    """Return the items that a query finds, best first, of those that can be had today."""
    return [row["id"] for row in await connection.fetch(SEARCH, query)]
