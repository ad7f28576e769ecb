"""Histories of contracting processes, and what others' tools make of their releases."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from jsonschema import Draft4Validator, FormatChecker
from ocdsmerge.merge import Merger

from rfp_service.contracts.domain.contract import Contract, contract_id
from rfp_service.contracts.domain.events import ContractRegistered
from rfp_service.demonstration.story import story
from rfp_service.open_contracting.public_facts import PublicFacts
from rfp_service.open_contracting.releases import PublishedProcess, published
from rfp_service.rfps.domain.award_events import ContractConcluded
from rfp_service.rfps.domain.rfp import Rfp
from shared.kernel.messages import Event, Recorded

SCHEMAS = Path(__file__).parent / "schemas"
RELEASE_SCHEMA = json.loads((SCHEMAS / "release-schema.json").read_text())
VALIDATOR = Draft4Validator(RELEASE_SCHEMA, format_checker=FormatChecker())
MERGER = Merger(RELEASE_SCHEMA)
RFP = UUID("4f000000-0000-4000-8000-000000000001")
FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOTHING: Mapping[str, str] = {}


def ocid(identity: UUID) -> str:
    return f"ocds-213czf-{identity}"


def told(*events: Event[Any], of: UUID = RFP, first: int = 1) -> list[Recorded]:
    """Return events of one thing as the record has them: an hour apart, each at its position."""
    return [
        Recorded(first + n, of, n + 1, event, {}, FIRST + timedelta(hours=n), FIRST + timedelta(hours=n))
        for n, event in enumerate(events)
    ]


def made_public(
    history: Sequence[Recorded], marks: Mapping[str, str] = NOTHING, of: UUID = RFP
) -> PublishedProcess | None:
    return published(of, history, PublicFacts(marks), ocid)


def processes_of_a_year(now: datetime) -> dict[UUID, list[Recorded]]:
    """Return the contracting processes of the demonstration, each with all that happened to it."""
    histories: dict[UUID, list[Recorded]] = defaultdict(list)
    owners: dict[UUID, UUID] = {}
    for position, scene in enumerate(story(now), 1):
        event, thing = scene.event, scene.stream_id
        if type(event).kind not in (Rfp.kind, Contract.kind):
            continue
        if isinstance(event, ContractConcluded):
            owners[contract_id(event.reference)] = thing
        if isinstance(event, ContractRegistered) and event.rfp_id is None:
            owners.pop(thing, None)
        whole = histories[owners.get(thing, thing)]
        whole.append(Recorded(position, thing, scene.version, event, {}, scene.at, scene.at))
    return histories


def faults(release: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a release by the standard's schema."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(release)]


def compiled_by_others(process: PublishedProcess) -> dict[str, Any]:
    """Return what the standard's own merging makes of our releases."""
    compiled: dict[str, Any] = MERGER.create_compiled_release([dict(each) for each in process.releases])
    return compiled
