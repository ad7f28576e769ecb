"""What this room's answers need of the service; the room itself knows no roof."""

from collections.abc import Mapping
from typing import Protocol

import asyncpg

from shared.governance.people.directory import People
from shared.ledger.tiles import Tiles
from shared.record.eventstore.store import EventStore
from shared.web.access.permissions import Permissions
from shared.web.context import MeasureOffered, Prerequisites


class ServiceParts(Protocol):
    """The parts of the service that answers are made from."""

    @property
    def pool(self) -> asyncpg.Pool:
        """Return the connections to the database."""

    @property
    def store(self) -> EventStore:
        """Return what loads streams."""

    @property
    def people(self) -> People:
        """Return the directory of people."""

    @property
    def tiles(self) -> Tiles:
        """Return the tree over the record."""

    @property
    def permissions(self) -> Permissions:
        """Return who may do what."""

    @property
    def prerequisites(self) -> Mapping[str, Prerequisites]:
        """Return what each room says of things that are waited for."""

    @property
    def measures(self) -> Mapping[str, MeasureOffered]:
        """Return the figures that rooms answer, by name."""
