"""Names and addresses are kept under keys; nobody destroys a key but as the record says."""

from alembic import op

revision = "0046"
down_revision = "0042"

SEALED = "ALTER TABLE people ADD COLUMN sealed jsonb"
# Statistics keep values of a column beside the table, where no clean-up of the table reaches them. Stating a
# column's type again drops those that are kept already.
NO_MORE_STATISTICS = """
ALTER TABLE people
    ALTER COLUMN name TYPE text, ALTER COLUMN email TYPE text,
    ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN email SET STATISTICS 0,
    ALTER COLUMN sealed SET STATISTICS 0
"""
NOR_OF_KEYS = """
ALTER TABLE personal_keys ALTER COLUMN wrapped TYPE bytea, ALTER COLUMN wrapped SET STATISTICS 0
"""

# What the record says was erased or disposed of is destroyed; nothing else ever is. All erasures are in one
# stream, the directory's.
DESTROY = """
CREATE FUNCTION destroy_personal_keys(people text[], things uuid[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased text[] := ARRAY(
        SELECT unnest(people) INTERSECT
        SELECT jsonb_array_elements_text(convert_from(s.state, 'UTF8')::jsonb #> '{data,ids}')
        FROM stored_events s
        WHERE s.originator_id = '9e091e00-0000-4000-8000-000000000001' AND s.topic = 'PersonErased'
    );
    disposed uuid[] := '{}';
BEGIN
    IF cardinality(things) > 0 THEN
        disposed := ARRAY(
            SELECT unnest(things) INTERSECT
            SELECT (convert_from(s.state, 'UTF8')::jsonb #>> '{data,record_id}')::uuid
            FROM stored_events s WHERE s.topic = 'RecordDisposed'
        );
    END IF;
    INSERT INTO personal_keys (id, person, stream_id, destroyed_at)
    SELECT gen_random_uuid(), g.person, g.thing, now() FROM (
        SELECT e, '00000000-0000-0000-0000-000000000000'::uuid FROM unnest(erased) AS e
        UNION ALL SELECT '', d FROM unnest(disposed) AS d
    ) AS g (person, thing)
    ON CONFLICT (person, stream_id) DO NOTHING;
    UPDATE personal_keys k SET wrapped = NULL, destroyed_at = now()
    WHERE (k.person = ANY (erased) OR k.stream_id = ANY (disposed)) AND k.wrapped IS NOT NULL;
END $$
"""


def upgrade() -> None:
    """Add the column; the service seals what stands in the clear when it starts."""
    for statement in (SEALED, NO_MORE_STATISTICS, NOR_OF_KEYS, DESTROY):
        op.execute(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION destroy_personal_keys FROM PUBLIC")


def downgrade() -> None:
    """Refuse: names that are sealed would be gone."""
    raise NotImplementedError("Names are never opened by a migration; restore a backup.")
