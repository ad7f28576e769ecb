"""Planning over HTTP: categories proposed by rules, the ranked list, and our own people by month."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import BaseModel, JsonValue
from sqlalchemy import select

from projects.commands.facts import of_weights
from projects.domain.project import Moscow
from projects.views.proposals import RulesFile, first_that_holds
from projects.views.ranks import moves, ranks, score_table, weighted_scores
from projects.views.register import projects
from shared.governance.scheme.scheme_service import values_as_of
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import Flag
from shared.web.decisions.commands import may
from shared.web.decisions.conditions import named_at_most
from shared.web.reads.answers import one, problems
from shared.web.reads.pages import JSON, Paged, json_of
from shared.web.reads.readings import Read
from shared.web.requests.bodies import StrictRoute, strict

RULES_BYTES_LIMIT = 4 * 1024 * 1024

router = APIRouter(prefix="/v1", tags=["projects"], route_class=StrictRoute)

CANDIDATES = select(
    *(
        projects.c[name]
        for name in (
            "id",
            "reference",
            "version",
            "title",
            "supplier",
            "service_area",
            "origin",
            "first_position",
        )
    )
).order_by(projects.c.first_position)
RANKED = select(
    *(
        projects.c[name]
        for name in ("id", "reference", "version", "title", "category", "moscow", "score", "scores")
    ),
    projects.c.rank.label("rank_decided"),
    projects.c.weights_version,
).order_by(projects.c.first_position)


class CategoryProposal(BaseModel):
    """A category that a rule proposes; as an item of a categorisation, once a reason is added."""

    id: UUID
    reference: str
    title: str
    version: int
    category: str
    sub_category: str | None
    rule: str


class CategoryProposals(BaseModel):
    """Proposals for a page of projects, and those that no rule holds for."""

    items: list[CategoryProposal]
    without: list[str]
    next: str | None
    position: int


@router.post(
    "/projects/category-proposals",
    summary="Propose categories by rules",
    responses={**problems(413, 415), 200: {"model": CategoryProposals, "description": "Proposals"}},
    dependencies=[may("CategoriseProject"), Depends(named_at_most)],
    max_body_size=RULES_BYTES_LIMIT,
)
async def propose_categories(
    rules: Annotated[RulesFile, strict(RulesFile), Body()],
    reading: Read,
    page: Paged,
    again: Annotated[Flag, Query(description="Projects that have a category, too.")] = False,  # noqa: FBT002  # a query parameter
) -> Response:
    """Say which category the first rule that holds proposes for each project; nothing is written.

    What a person accepts is sent to the categorisations, with the rule that fired.
    """
    t = projects.c
    statement = CANDIDATES.where(
        reading.valid(projects), t.is_open, t.first_position > (page.cursor or 0)
    ).limit(page.limit)
    rows = await reading.rows(statement if again else statement.where(t.category.is_(None)))
    proposed, without = [], []
    candidates = [dict(row) for row in rows]
    await reading.redacted(candidates)
    for row in candidates:
        rule = first_that_holds(rules.rules, row)
        if rule is None:
            without.append(row["reference"])
            continue
        proposed.append(
            CategoryProposal(
                id=row["id"],
                reference=row["reference"],
                title=row["title"],
                version=row["version"],
                category=rule.category,
                sub_category=rule.sub_category,
                rule=rule.name,
            )
        )
    following = page.cursor_at(rows[-1]["first_position"]) if len(rows) == page.limit else None
    answer = CategoryProposals(items=proposed, without=without, next=following, position=reading.position)
    return Response(answer.model_dump_json(), media_type="application/json")


class RankMoves(BaseModel):
    """A project's rank with one weight raised, and lowered."""

    criterion: str
    raised: int
    lowered: int


class RankedProject(BaseModel):
    """A project in the order of its priority; `rank_decided` is what it was when that was decided."""

    rank: int
    id: UUID
    reference: str
    version: int
    title: str
    category: str
    moscow: Moscow
    score: float | None
    scores: dict[str, float]
    rank_decided: int
    weights_version: int
    moves: list[RankMoves]


class Ranking(BaseModel):
    """A page of the ranked list, by the weights in force; its cursor counts ranks."""

    as_of_day: date
    position: int
    weights: dict[str, float]
    change_percent: int
    ranked: int
    items: list[RankedProject]
    next: str | None


@router.get(
    "/projects/ranking",
    summary="See projects in the order of their priority",
    dependencies=[may("read-projects")],
    responses=one(Ranking),
)
async def see_ranking(
    request: Request,
    reading: Read,
    page: Paged,
    change_percent: Annotated[int, Query(ge=1, le=100, description="By how much weights are moved.")] = 10,
) -> Response:
    """Rank open projects by MoSCoW word and by score under the weights in force.

    Each says how its rank moves when a weight is raised or lowered.
    """
    day = day_in_london(reading.as_of)
    weights = _numbers(of_weights(await values_as_of(request, reading)).get("weights", {}))
    t = projects.c
    rows = await reading.rows(RANKED.where(reading.valid(projects), t.is_open, t.moscow.is_not(None)))
    items = await asyncio.to_thread(_ranked, rows, weights, change_percent, page.cursor or 0, page.limit)
    beyond = (page.cursor or 0) + len(items)
    answer = Ranking(
        as_of_day=day,
        position=reading.position,
        weights=weights,
        change_percent=change_percent,
        ranked=len(rows),
        items=items,
        next=page.cursor_at(beyond) if beyond < len(rows) else None,
    )
    shown = [item.model_dump() for item in items]
    await reading.redacted(shown)
    content = json_of({**answer.model_dump(exclude={"items"}), "items": shown})
    return Response(content, media_type=JSON, headers={"Vary": "Authorization"})


def _numbers(weights: JsonValue) -> dict[str, float]:
    assert isinstance(weights, dict)
    return {name: float(str(weight)) for name, weight in weights.items()}


def _ranked(
    rows: Sequence[Any], weights: dict[str, float], percent: int, start: int, limit: int
) -> list[RankedProject]:
    words = [Moscow(row["moscow"]) for row in rows]
    said = [orjson.loads(row["scores"]) for row in rows]
    table = score_table(said, list(weights))
    scores = weighted_scores(table, list(weights.values()))
    found = ranks(words, scores)
    moved = moves(words, table, weights, percent)
    page = [int(n) for n in found.argsort(kind="stable")[start : start + limit]]
    return [
        RankedProject(
            **{**rows[n], "score": None if scores[n] < 0 else float(scores[n]), "scores": said[n]},
            rank=int(found[n]),
            moves=[
                RankMoves(criterion=name, raised=int(up[n]), lowered=int(down[n]))
                for name, (up, down) in moved.items()
            ],
        )
        for n in page
    ]
