"""What the journal says of one event: pure, so that a bundle is checked without the database's library."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from shared.kernel.fields import says_none
from shared.kernel.messages import Recorded, Sealed
from shared.kernel.personal import is_sealed
from shared.record.eventstore.unread import body_of_work, kind_of, name_of

DecisionRow = Mapping[str, object]

# Where an event says an amount without VAT, best first.
VALUES = ("value_pence", "award_value_pence", "total_value_pence", "estimate_pence")

APPROVALS = ("Approval", "Award", "KeyDecision", "Waiver")


def decision_rows(recorded: Recorded) -> Iterable[DecisionRow]:
    """Return the row of one decision: who, on what authority, when; what was said stays in the record.

    A decision that this release can't read is one all the same: its name and who took it are shown.
    """
    work = body_of_work(recorded)
    if not work:
        return ()
    envelope = recorded.envelope
    known, command = envelope.get("known"), envelope.get("command")
    said = envelope["data"]
    assert isinstance(said, dict), "an event says something by name"
    return (
        {
            "stream_id": recorded.stream_id,
            "version": recorded.version,
            "kind": kind_of(recorded),
            "body_of_work": work,
            "decision": name_of(recorded),
            "rule": command.get("name") if isinstance(command, dict) else None,
            "stage": str(said.get("stage", "")),
            "value_pence": _value(said, type(recorded.event).sealed),
            "marks": _marks(name_of(recorded), said),
            "by": envelope["by"],
            "acting_for": envelope.get("acting_for") or None,
            "authority": envelope.get("authority", ""),
            "scheme_version": known.get("scheme_version", 0) if isinstance(known, dict) else 0,
            "happened_at": recorded.happened_at,
            "recorded_at": recorded.recorded_at,
        },
    )


def _value(said: Mapping[str, JsonValue], sealed: Sealed | None) -> int | None:
    """Return the amount that an event says; what is sealed in it is no figure of the case."""
    closed = sealed.fields if sealed else ()
    for name in VALUES:
        if isinstance(value := said.get(name), int) and name not in closed:
            return value
    return None


def _marks(decision: str, said: Mapping[str, JsonValue]) -> list[str]:
    """Return what a decision says of itself that scrutiny counts, whatever it is called."""
    conflicts = said.get("conflicts")
    openly = isinstance(conflicts, str) and not says_none(conflicts)  # as it once was kept
    marks = {
        "conflicts_declared": openly
        or is_sealed(conflicts)
        or said.get("conflict") is True
        or said.get("conflicted"),
        "late_approvals": said.get("late") is True and decision.startswith(APPROVALS),
        "unconfirmed": said.get("unconfirmed") is True,
        "overrides": said.get("near_duplicate_of"),  # raised although one much like it was shown
    }
    return [mark for mark, holds in marks.items() if holds]
