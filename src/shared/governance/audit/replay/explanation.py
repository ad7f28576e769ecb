"""One decision, explained: by which rule, on what authority, knowing what, and what it changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from shared.governance.audit.countersignatures import Countersigned
from shared.governance.audit.replay.reexecution import Reexecution, commands_known, reexecuted
from shared.governance.audit.replay.states import Change, changes, meaning, steps
from shared.kernel.errors import NotFound
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Recorded
from shared.record.eventstore.reader import Reader


class Rule(BaseModel):
    """The rule that decided: what it lets somebody do, and what it insists on."""

    name: str
    allows: str
    insists: str


class Explanation(BaseModel):
    """Everything that the record holds of why a decision was taken, and whether it holds today."""

    position: int
    stream_id: UUID
    version: int
    kind: str
    decision: str
    meaning: str
    by: str
    acting_for: TextOrNull
    authority: str
    authority_in_words: str = Field("", description="Which rule let them: role, tier, delegation, limits.")
    happened_at: datetime
    recorded_at: datetime
    scheme_version: int
    known: JsonValue
    said: JsonValue
    changes: list[Change]
    trace: TextOrNull
    causation: TextOrNull
    rule: Rule | None
    reexecution: Reexecution
    countersigned: list[Countersigned] = []
    withheld: dict[str, str] = {}


async def explained(record: Reader, position: int, until: int) -> Explanation:
    """Return a decision explained; `NotFound` where the reading does not reach it."""
    found = await record.at([position])
    if not found or position > until:
        raise NotFound
    events = await record.stream(found[0].stream_id)
    recorded, before, after = next(step for step in steps(events) if step[0].position == position)
    again = reexecuted(events, position)
    return Explanation(
        **_place(recorded), changes=changes(before, after), rule=_rule(again.rule), reexecution=again
    )


def _place(recorded: Recorded) -> dict[str, Any]:
    envelope, stamp = recorded.envelope, recorded.stamp
    return {
        "position": recorded.position,
        "stream_id": recorded.stream_id,
        "version": recorded.version,
        "kind": type(recorded.event).kind,
        "decision": type(recorded.event).__name__,
        "meaning": meaning(type(recorded.event)),
        "by": stamp.by,
        "acting_for": stamp.acting_for,
        "authority": stamp.authority,
        "happened_at": recorded.happened_at,
        "recorded_at": recorded.recorded_at,
        "scheme_version": stamp.known.scheme_version,
        "known": envelope.get("known", {}),
        "said": envelope["data"],
        "trace": stamp.trace,
        "causation": stamp.causation,
    }


def _rule(name: str) -> Rule | None:
    cls = commands_known().get(name)
    if cls is None:
        return None
    insists = " ".join((cls.decide.__doc__ or "").split())
    return Rule(name=name, allows=meaning(cls), insists=insists)
