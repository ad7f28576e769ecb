"""From the events of a process to its releases, in order, and to the record that they add up to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rfp_service.open_contracting.merging import merged, news
from rfp_service.open_contracting.process import ContractingProcess
from rfp_service.open_contracting.public_facts import PublicFacts, moment
from rfp_service.open_contracting.sections import sections_of
from shared.kernel.messages import Recorded

TOO_LATE = ("cancelled", "unsuccessful", "withdrawn")
UNDECIDED = ("planned",)

Said = Mapping[str, Any]


@dataclass(frozen=True)
class PublishedProcess:
    """A process as it is published: its releases, and what they add up to."""

    ocid: str
    releases: tuple[dict[str, Any], ...]
    compiled: dict[str, Any]


def published(
    identity: UUID, history: Iterable[Recorded], facts: PublicFacts, ocid: Callable[[UUID], str]
) -> PublishedProcess | None:
    """Return a process as it is published: a release for each event that changed what is public.

    Where nothing of it is public, nothing is.
    """
    named, process = ocid(identity), ContractingProcess()
    compiled: dict[str, Any] = {}
    releases: list[dict[str, Any]] = []
    at = ""
    for recorded in history:
        process = process.after(recorded)
        said = news(compiled, sections_of(process, facts, ocid))
        if not said:
            continue
        at = max(at, moment(recorded.happened_at) or "")  # a clock that was put back is no earlier release
        releases.append(
            {
                "ocid": named,
                "id": f"{named}-{recorded.position}",
                "date": at,
                "tag": tags(compiled, said),
                "initiationType": "tender",
                "language": "en",
                **said,
            }
        )
        compiled = merged(compiled, said)
    if not releases:
        return None
    whole = {"ocid": named, "id": f"{named}-{at}", "date": at, "tag": ["compiled"]}
    return PublishedProcess(
        named, tuple(releases), {**whole, "initiationType": "tender", "language": "en", **compiled}
    )


def tags(before: Said, said: Said) -> list[str]:
    """Return what a release is about, by what is new in it."""
    found = [*_of_tender(before, said)]
    for name, one in (("awards", "award"), ("contracts", "contract")):
        for each in said.get(name, []):
            held = next((b for b in before.get(name, []) if b["id"] == each["id"]), None)
            found += _of_thing(one, held, each)
    return list(dict.fromkeys(found)) or ["tenderUpdate" if "tender" in before else "contractUpdate"]


def _of_tender(before: Said, said: Said) -> Iterable[str]:
    tender, held = said.get("tender"), before.get("tender")
    if tender is None:
        if "planning" in said:
            yield "planningUpdate"
        return
    status, was = tender["status"], held["status"] if held else None
    if status in UNDECIDED:
        yield "planning" if held is None else "planningUpdate"
    elif was is None or was in UNDECIDED:
        yield "tenderCancellation" if status in TOO_LATE else "tender"
    elif status in TOO_LATE and was not in TOO_LATE:
        yield "tenderCancellation"
    elif len(tender.get("amendments", [])) > len(held.get("amendments", []) if held else []):
        yield "tenderAmendment"
    else:
        yield "tenderUpdate"


def _of_thing(one: str, held: Said | None, now: Said) -> Iterable[str]:
    """Return what is new about an award, or a contract; nothing if it is as it was."""
    if held is None:
        yield one
        if "implementation" in now:
            yield "implementation"
        return
    if merged(held, now) == held:
        return
    ended = now["status"] in ("cancelled", "terminated") and held["status"] != now["status"]
    if ended:
        yield "contractTermination" if one == "contract" else "awardCancellation"
    elif len(now.get("amendments", [])) > len(held.get("amendments", [])):
        yield "contractAmendment"
    elif merged(held, {**now, "implementation": {}}) != held or one == "award":
        yield f"{one}Update"
    if now.get("implementation") != held.get("implementation"):
        yield "implementationUpdate" if "implementation" in held else "implementation"
