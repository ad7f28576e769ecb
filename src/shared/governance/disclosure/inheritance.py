"""What is exempt of one thing stays exempt in what follows from it by itself."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import JsonValue

from shared.governance.disclosure.domain import Exemption, ExemptionDeclared, ExemptionStatus
from shared.kernel.messages import Stamp
from shared.record.deadlines.deadline import DeadlineCommand
from shared.record.eventstore.store import EventStore


class InheritExemption(DeadlineCommand[Exemption]):
    """Keep of what follows from an exempt thing what is exempt of that thing."""

    def decide(self, exemption: Exemption, stamp: Stamp) -> ExemptionDeclared | tuple[()]:
        """Declare it once, in the words of whoever declared the first one, where anything is exempt."""
        found = stamp.known.facts.get("inherited")
        if exemption.status is not ExemptionStatus.ABSENT or not isinstance(found, dict):
            return ()
        return ExemptionDeclared.model_validate({**found, "matter_version": 0}, strict=False)


async def exemptions_of(store: EventStore, thing: UUID) -> list[Exemption]:
    """Return the exemptions in force of a thing, or of decisions on it, as the record has them now."""
    events = await store.reader.stream(thing)
    if not events:
        return []
    head = await store.reader.head()
    declared = await store.reader.telling(str(thing), [ExemptionDeclared.__name__], events[0].position, head)
    loaded = [(await store.load(UUID(str(each)), Exemption())).state for each in declared]
    return [each for each in loaded if each.matter_id == thing and each.status is ExemptionStatus.IN_FORCE]


def exempt_fields(exemptions: Iterable[Exemption]) -> frozenset[str]:
    """Return the names of all that is exempt by any of these."""
    return frozenset(name for each in exemptions for name in each.fields)


def inherited(
    exemptions: Sequence[Exemption], thing: UUID, kind: str, fields: Iterable[str]
) -> dict[str, JsonValue]:
    """Return what the rule must know: what is exempt of a thing that follows, and why it was declared."""
    named = sorted(fields)
    if not exemptions or not named:
        return {}
    first = exemptions[0]
    return {
        "inherited": {
            "matter_id": str(thing),
            "matter_kind": kind,
            "fields": list[JsonValue](named),
            "paragraph": first.paragraph,
            "reason": first.reason,
            "public_interest": first.public_interest,
            "review_on": first.review_on.isoformat() if first.review_on else None,
            "declared_by": first.declared_by,
        }
    }
