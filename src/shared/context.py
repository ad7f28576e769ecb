"""What a room offers the roof: its events, views, reactions and routes, and nothing else."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from shared.deadlines.deadline import Deadline
from shared.messages import Event
from shared.projecting.reacting import Reaction
from shared.projecting.views import View


@dataclass(frozen=True)
class Context:
    """One room's contribution."""

    events: tuple[type[Event[Any]], ...] = ()
    views: tuple[View, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
