"""The demonstration's story: a catalogue, a scheme, and a year of RFPs that end in every stage."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from rfp_service.catalogue.commands.items import AddCatalogueItem
from rfp_service.catalogue.domain.items import CatalogueItem
from rfp_service.demonstration.correspondence import tell_of_correspondence
from rfp_service.demonstration.endpoints import tell_of_endpoints
from rfp_service.demonstration.exceptions import tell_of_exceptions
from rfp_service.demonstration.governance import adopt_by_two, begin_long_ago, delegate, tell_of_governing
from rfp_service.demonstration.outcomes import tell_of_outcomes
from rfp_service.demonstration.portfolio import CATEGORIES, WEIGHTS, tell_of_projects
from rfp_service.demonstration.priorities import tell_of_priorities
from rfp_service.demonstration.rounds import tell_of_contracts
from rfp_service.demonstration.storyboard import SCHEME, Scene, Storyboard, Thing
from rfp_service.demonstration.tales import RFPS, YEAR, RfpTale, WaitingTale
from rfp_service.demonstration.urgencies import tell_of_urgencies
from shared.governance.scheme.commands import AdoptScheme
from shared.kernel.calendar import day_in_london

WAITING = (63, 69)  # two more that wait for an approver, whichever day it is

CATALOGUE = (
    ("Standard laptop", "Devices", 74_900, "A 14-inch laptop with dock, delivered to a council office."),
    ("Rugged tablet", "Devices", 52_500, "A tablet for work outdoors, with a case and a strap."),
    ("Desk telephone", "Telephony", 8_900, "A telephone on the council's own exchange."),
    ("Shared printer", "Printing", 119_000, "A floor printer with secure release, serviced."),
    ("Meeting room screen", "Rooms", 134_000, "A screen with camera and microphones, installed."),
    ("Survey tool licence", "Software", 4_800, "One year of the council's survey tool."),
)


def story(now: datetime) -> list[Scene]:
    """Return a year of scenes up to now, in order."""
    stage = Storyboard(now, Random(1974))
    start = (now - YEAR).replace(hour=9, minute=0, second=0, microsecond=0)
    _adopt_scheme(stage, begin_long_ago(stage, start), start)
    items = _fill_catalogue(stage, start)
    delegate(stage, start, start + 2 * YEAR)
    stage.catalogue_position = len(stage.scenes)
    for number in range(RFPS):
        RfpTale(stage, number, items, start).tell()
    for number in WAITING:
        WaitingTale(stage, number, items, start).tell()
    directory = tell_of_governing(stage, start)
    tell_of_correspondence(stage)
    tell_of_projects(stage, start, day_in_london(start + 2 * YEAR))
    tell_of_outcomes(stage)
    tell_of_contracts(stage, start)
    tell_of_priorities(stage)
    tell_of_exceptions(stage, directory, items, start)
    tell_of_urgencies(stage, items, start)
    tell_of_endpoints(stage)
    return sorted(stage.scenes, key=lambda scene: scene.at)


def _adopt_scheme(stage: Storyboard, scheme: Thing, start: datetime) -> None:
    values = SCHEME.model_copy(
        update={
            "effective_from": day_in_london(start),
            "transition_date": day_in_london(start + 2 * YEAR),
            "project_categories": list(CATEGORIES),
            "weights": list(WEIGHTS),
        }
    )
    adopt_by_two(stage, scheme, AdoptScheme(values=values, reason="With the transition date."), start)
    stage.scheme_version = 2


def _fill_catalogue(stage: Storyboard, start: datetime) -> list[UUID]:
    items = []
    for number, (name, category, price, description) in enumerate(CATALOGUE):
        item = stage.thing(f"item {name}", CatalogueItem())
        command = AddCatalogueItem(
            name=name, description=description, category=category, price_pence=price, lead_time_days=10
        )
        at = start + timedelta(minutes=10 + number)
        stage.decide(item, command, "priya-procurement", at)
        items.append(item.id)
    return items
