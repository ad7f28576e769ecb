"""What one would use instead: the library's own recorder, repository and projection runner."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict

from tests.support.postgres import Base


class Need(Aggregate):
    """The library's way to say what an RFP is."""

    def __init__(self, title: str, service_area: str, raised_by: str) -> None:
        self.title, self.service_area, self.raised_by = title, service_area, raised_by
        self.estimate_pence = 0

    @event("Amended")
    def amend(self, estimate_pence: int) -> None:
        self.estimate_pence = estimate_pence


class Needs(Application[UUID]):
    """The library's application."""

    snapshotting_intervals: ClassVar[Any] = None

    def raise_need(self) -> UUID:
        need = Need("Laptops for the registrars", "Registrars", "ann")
        self.save(need)
        return need.id


class Trivial(Projection[PostgresTrackingRecorder]):
    """A view that keeps nothing but how far it has come."""

    name = "trivial"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)


def environment(base: Base) -> Mapping[str, str]:
    """Return the library's settings for a database."""
    where = {name: str(value) for name, value in conninfo_to_dict(base.owner).items()}
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": where["dbname"],
        "POSTGRES_HOST": where["host"],
        "POSTGRES_PORT": where["port"],
        "POSTGRES_USER": where["user"],
        "POSTGRES_PASSWORD": where["password"],
    }


def runner(base: Base) -> "ProjectionRunner[Needs, PostgresTrackingRecorder]":
    """Return the library's projection runner, which starts at once."""
    return ProjectionRunner(
        application_class=Needs,
        projection_class=Trivial,
        view_class=PostgresTrackingRecorder,
        env=dict(environment(base)),
    )
