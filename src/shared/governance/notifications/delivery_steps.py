"""A delivery as the last step of the trace of whatever decision it tells of."""

from collections.abc import Sequence

import orjson

from shared.governance.notifications.claims import Claimed
from shared.governance.notifications.transport import ReceiverAnswer
from shared.record.eventstore.reader import Reader
from shared.record.tracing import StepFacts, TracedStep, begun, is_noted


class DeliverySteps:
    """The steps of one parcel: one in the trace of each decision that it tells of."""

    def __init__(self, kind: str, steps: Sequence[TracedStep]) -> None:
        """Take steps that have begun."""
        self._kind, self._steps = kind, steps

    @property
    def headers(self) -> dict[str, str]:
        """Return what lets a receiver go on with the trace; nothing if nothing is noted."""
        return {"traceparent": self._steps[0].traceparent} if self._steps else {}

    def end(self, answer: ReceiverAnswer) -> None:
        """Say what came of it."""
        for step in self._steps:
            facts: StepFacts = {"rfp.target": self._kind, "http.response.status_code": answer.status}
            step.end("delivery", facts, failed=not answer.is_yes)


async def delivery_steps(reader: Reader, parcel: Sequence[Claimed]) -> DeliverySteps:
    """Begin the steps of a parcel; none if nothing is noted, or where no request led to it."""
    kind = parcel[0].target_kind
    if not is_noted():
        return DeliverySteps(kind, ())
    positions = {orjson.loads(claimed.body)["data"]["position"] for claimed in parcel}
    parents = {str(each.envelope.get("trace", "")) for each in await reader.at(list(positions))}
    steps = [begun(parent, "client") for parent in sorted(parents - {""})]
    return DeliverySteps(kind, [step for step in steps if step is not None])
