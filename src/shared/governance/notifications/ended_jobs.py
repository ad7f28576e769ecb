"""Bulk jobs that came to their end: whoever handed one in is told, for nobody waits before a screen."""

from uuid import UUID

from shared.governance.notifications.notification_types import NotificationType
from shared.record.database import Connection

TELL = """
INSERT INTO notifications (message_id, position, type, case_kind, case_id, sequence, people, happened_at)
SELECT gen_random_uuid(), h.position, $1, 'batch', $2,
       1 + (SELECT count(*) FROM notifications n WHERE n.case_id = $2), ARRAY[$3], clock_timestamp()
FROM event_head h
"""


async def tell_of_ended_job(connection: Connection, job: UUID, owner: str) -> None:
    """Have a job's owner told, in the transaction in which it ends."""
    await connection.execute(TELL, NotificationType.JOB_ENDED.value, job, owner)
