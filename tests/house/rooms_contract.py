"""A kind of import contract for this house: a room is named once, and stands apart, on its floors."""

from copy import copy
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields
from importlinter.contracts.layers import LayersContract

from rfp_service.room_names import ROOMS


class RoomsContract(Contract):
    """A roof over independent rooms on one foundation.

    roof_package: the package that is the roof; its own parts are the layers in `roof`, highest first.
    The rooms are packages that know no other room, each with the layers in `floors`, highest first.
    foundation: the package that all stand on.
    """

    type_name = "rooms"

    roof_package = fields.StringField()
    roof = fields.ListField(subfield=fields.StringField())
    apart = fields.ListField(subfield=fields.StringField())
    floors = fields.ListField(subfield=fields.StringField())
    foundation = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  # the library's own
        """Check the roof's layers, that each is named, and the floors of every room."""
        parts = self._parts()
        checks = [(part, part.check(copy(graph), verbose)) for part in parts]
        return ContractCheck(kept=all(check.kept for _, check in checks), metadata={"checks": checks})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which arrows run back up."""
        for part, found in check.metadata["checks"]:
            if not found.kept:
                part.render_broken_contract(found)

    def _parts(self) -> list[LayersContract]:
        roof, rooms = str(self.roof_package), list(ROOMS)
        inside = [room.removeprefix(f"{roof}.") for room in rooms if room.startswith(f"{roof}.")]
        layers = [str(layer) for layer in self.roof]
        full = [" | ".join(f"{roof}.{name}" for name in layer.split(" | ")) for layer in layers]
        return [
            self._layers(layers=[*full, " | ".join(rooms), str(self.foundation)]),
            self._layers(
                layers=[*layers, " | ".join(inside)],
                containers=[roof],
                exhaustive="true",
                exhaustive_ignores=[str(name) for name in self.apart],
            ),
            self._layers(layers=[str(floor) for floor in self.floors], containers=rooms, exhaustive="true"),
        ]

    def _layers(self, **options: Any) -> LayersContract:
        return LayersContract(self.name, self.session_options, options)
