"""What can be seen of exemptions: that they exist, of what, under which paragraph, until when."""

from sqlalchemy import BigInteger, Column, Date, Integer, Text, Uuid

from shared.governance.disclosure.domain import Exemption
from shared.kernel.messages import Stream
from shared.record.projecting.views import STILL_VALID, Row, StateView, state_table

exemptions = state_table(
    "exemptions",
    Column("status", Text, nullable=False),
    Column("matter_id", Uuid, nullable=False),
    Column("matter_kind", Text, nullable=False),
    Column("matter_version", BigInteger, nullable=False),
    Column("fields", Text, nullable=False),
    Column("paragraph", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("public_interest", Text, nullable=False),
    Column("review_on", Date, nullable=False),
    Column("declared_by", Text, nullable=False),
)


def exemption_row(stream: Stream[Exemption]) -> Row:
    """Return an exemption's row; its fields as one text, a space between."""
    exemption = stream.state
    return {
        "status": exemption.status,
        "matter_id": exemption.matter_id,
        "matter_kind": exemption.matter_kind,
        "matter_version": exemption.matter_version,
        "fields": " ".join(exemption.fields),
        "paragraph": exemption.paragraph,
        "reason": exemption.reason,
        "public_interest": exemption.public_interest,
        "review_on": exemption.review_on,
        "declared_by": exemption.declared_by,
    }


EXEMPTIONS = StateView(
    exemptions, exemption_row, Exemption(), indexes=(f"(matter_id) WHERE valid_to = {STILL_VALID}",)
)

# The same in SQL: the things of which something is exempt that has one of these names.
WITH_EXEMPT = (
    f"SELECT matter_id FROM exemptions WHERE valid_to = {STILL_VALID} AND status = 'in_force'"
    " AND string_to_array(fields, ' ') && CAST({names} AS text[])"
)
