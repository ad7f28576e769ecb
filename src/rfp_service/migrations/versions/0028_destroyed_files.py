"""The files of documents go with the records that were disposed of, and only with them."""

from alembic import op

revision = "0028"
down_revision = "0027"

# What the record says was disposed of, and holds for no other document, is destroyed; nothing else ever is.
DESTROY = """
CREATE FUNCTION destroy_document_files(records uuid[])
RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH said AS MATERIALIZED (
        SELECT originator_id AS id, topic, convert_from(state, 'UTF8')::jsonb -> 'data' AS data
        FROM stored_events WHERE topic IN ('DocumentAdded', 'RecordDisposed')
    ), disposed AS (
        SELECT (data ->> 'record_id')::uuid AS id FROM said WHERE topic = 'RecordDisposed'
    ), kept AS (
        SELECT data ->> 'content_sha256' AS sha256, id, (data ->> 'case_id')::uuid AS case_id
        FROM said WHERE topic = 'DocumentAdded' AND (data ->> 'kept')::boolean
    ), gone AS (
        SELECT * FROM kept WHERE id IN (SELECT id FROM disposed) OR case_id IN (SELECT id FROM disposed)
    )
    DELETE FROM document_files f
    WHERE f.sha256 IN (SELECT sha256 FROM gone WHERE id = ANY (records) OR case_id = ANY (records))
      AND f.sha256 NOT IN (SELECT sha256 FROM kept WHERE id NOT IN (SELECT id FROM gone))
    RETURNING f.sha256
$$
"""


def upgrade() -> None:
    """Create the function."""
    op.execute(DESTROY)
    op.execute("REVOKE EXECUTE ON FUNCTION destroy_document_files FROM PUBLIC")


def downgrade() -> None:
    """Drop it; files stay where they are."""
    op.execute("DROP FUNCTION destroy_document_files")
