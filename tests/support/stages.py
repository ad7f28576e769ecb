"""RFPs as the examples have them, in every stage."""

from collections.abc import Iterator

from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from tests.rfps import examples, way


def histories() -> Iterator[tuple[RfpEvent, ...]]:
    """Yield every history that there is an example of."""
    for module in (examples, way):
        for history in vars(module).values():
            if isinstance(history, tuple) and history and isinstance(history[0], RfpEvent):
                yield history


def stages() -> Iterator[Rfp]:
    """Yield an RFP in each stage that there is an example of."""
    found: dict[object, Rfp] = {}
    for history in histories():
        rfp = Rfp()
        for event in history:
            rfp = event.apply(rfp)
        found[rfp.stage, rfp.route, rfp.on_hold] = rfp
    yield from found.values()


def steps() -> Iterator[Rfp]:
    """Yield an RFP after every step of every example, each once."""
    seen = set[Rfp]()
    for history in histories():
        rfp = Rfp()
        for event in history:
            rfp = event.apply(rfp)
            if rfp not in seen:
                seen.add(rfp)
                yield rfp
