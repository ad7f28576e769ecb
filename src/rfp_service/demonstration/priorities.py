"""The demonstration's tags: what of the year serves which priority of the strategy, by what it is called."""

import re
from datetime import timedelta

from pydantic import JsonValue

from outcomes.commands.priority_tags import TagThing
from outcomes.domain.engagement import Strategy, StrategyAdopted
from outcomes.domain.ids import tags_id
from outcomes.domain.priority_tags import PriorityTags
from rfp_service.demonstration.outcomes import PIA
from rfp_service.demonstration.storyboard import Scene, Storyboard, Thing

TAGGED_BY = (
    ("laptop|desktop|tablet|device|printer", "End user computing"),
    ("telephon|voice", "Enterprise telephony"),
    ("network|firewall|wi-?fi", "Network redesign and refresh"),
    ("data cent|cloud|server|hosting", "Data centre and cloud services"),
    ("backup|recovery", "Disaster recovery"),
    ("archive|record|document|scanning", "Records and documents"),
    ("report|survey|dashboard|telemetry", "Business intelligence"),
    ("portal|website|booking|admission", "Digital customer platform"),
    ("screen|collaboration|e-?mail|office suite", "Collaboration and productivity"),
    ("case management|payments|licen[cs]e|application", "Application portfolio management"),
)
KINDS = ("rfp", "contract", "project")


def tell_of_priorities(stage: Storyboard) -> None:
    """Tag what was raised, registered or identified, a day after it or after the strategy was adopted."""
    begins = sorted((scene for scene in stage.scenes if scene.version == 1), key=lambda scene: scene.at)
    adopted = next(scene for scene in begins if isinstance(scene.event, StrategyAdopted))
    names: list[JsonValue] = [*adopted.event.apply(Strategy()).priorities]
    for scene in begins:
        found = [name for words, name in TAGGED_BY if re.search(words, _title(scene), re.IGNORECASE)]
        if scene.event.kind in KINDS and found:
            tag = TagThing(on=scene.event.kind, id=scene.stream_id, priorities=found)
            at = max(scene.at, adopted.at) + timedelta(days=1)
            thing = Thing(tags_id(scene.stream_id), PriorityTags())
            stage.decide(thing, tag, PIA, at, thing_there=True, priorities=names)


def _title(scene: Scene) -> str:
    """Return what a thing is called where its first event says it."""
    about = getattr(scene.event, "about", scene.event)
    return str(getattr(about, "title", "") or "")
