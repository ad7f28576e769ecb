"""Registers mutated at random: the difference is what two tables show that were compared by other means."""

import csv
import io
import json
import os
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.projects.test_registers import handed_in
from tests.support.api import Api
from tests.support.people import PIA

REGISTERS = 5  # generated ones
AT_ONCE = 25  # mutations, one after another: a register only grows, for nothing is deleted
MUTATIONS = int(os.environ.get("MUTATIONS", "5"))
FIELDS = ("Title", "Supplier", "Start", "Forecast end", "Contingency days", "Cost", "RAG", "Category")
FIELD_OF = {
    "Title": "title",
    "Supplier": "supplier",
    "Start": "start",
    "Forecast end": "forecast_end",
    "Contingency days": "contingency_days",
    "Cost": "cost_pence",
    "RAG": "confidence",
    "Category": "category",
}
FIRST = date(2025, 1, 1)

Row = dict[str, str]
Register = dict[str, Row]


def cell(random: Random, column: str) -> str:
    """Return a cell that says something."""
    match column:
        case "Start":
            return f"{FIRST + timedelta(days=random.randrange(300)):%d/%m/%Y}"
        case "Forecast end":
            return f"{FIRST + timedelta(days=400 + random.randrange(600)):%d/%m/%Y}"
        case "Contingency days" | "Cost":
            return str(random.randrange(900))
        case "RAG":
            return random.choice(("Green", "Amber", "Red"))
        case _:
            return (
                random.choice(("=Sum", "'tis", "Café; or not", 'The "new" one', "Plain"))
                + f" {random.randrange(99)}"
            )


def row(random: Random) -> Row:
    """Return a row with some blank cells; a title it always has."""
    return {c: cell(random, c) if c == "Title" or random.random() < 0.8 else "" for c in FIELDS}


def pieces() -> list[tuple[int, int, int]]:
    """Return each register's mutations in pieces: its seed, the first of them, how many."""
    each = MUTATIONS // REGISTERS
    return [
        (seed, first, min(AT_ONCE, each - first))
        for seed in range(REGISTERS)
        for first in range(0, each, AT_ONCE)
    ]


def mutated(random: Random, register: Register, number: int) -> Register:
    """Return a register with rows dropped, added and changed, in another order."""
    kept = {name: dict(said) for name, said in register.items() if random.random() < 0.9}
    for said in kept.values():
        for column in FIELDS:
            if random.random() < 0.15:
                said[column] = cell(random, column)
            elif column != "Title" and random.random() < 0.05:
                said[column] = ""
    kept |= {f"N{number}-{n}": row(random) for n in range(random.randrange(4))}
    names = sorted(kept)
    random.shuffle(names)
    return {name: kept[name] for name in names}


def written(register: Register) -> str:
    """Return a register as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["Reference", *FIELDS])
    writer.writeheader()
    writer.writerows({"Reference": name, **said} for name, said in register.items())
    return text.getvalue()


def expected(standing: Register, register: Register) -> set[tuple[str, str, str]]:
    """Return what differs, by nothing but the cells of two tables; a blank one says nothing."""
    found = {("new", name, "") for name in register.keys() - standing.keys()}
    found |= {("gone", name, "") for name in standing.keys() - register.keys()}
    for name in register.keys() & standing.keys():
        changed = {
            ("changed", name, FIELD_OF[column])
            for column, said in register[name].items()
            if said
            and said != standing[name][column]
            and not (said == "0" and column == "Contingency days" and not standing[name][column])
        }
        found |= changed or {("unchanged", name, "")}
    return found


def keep(name: str, standing: Register, register: Register, told: set[tuple[str, str, str]]) -> None:
    """Keep a case for another program to judge, where it is asked for."""
    if folder := os.environ.get("MUTATIONS_KEPT"):
        columns = {field: column for column, field in FIELD_OF.items()} | {"": ""}
        shown = sorted((what, name, columns[field]) for what, name, field in told)
        case = {"standing": written(standing), "register": written(register), "told": shown}
        with Path(f"{folder}-{name}").open("a") as kept:
            kept.write(json.dumps(case) + "\n")


@pytest.mark.parametrize(("seed", "first", "count"), pieces())
async def test_the_difference_is_what_two_tables_show(api: Api, seed: int, first: int, count: int) -> None:
    generating = Random(seed)
    register: Register = {f"R{n}": row(generating) for n in range(generating.randint(5, 40))}
    random = Random(f"{seed} {first}")
    await handed_in(api, written(register))
    standing = register
    for number in range(first, first + count):
        register = mutated(random, standing, number)
        tried: Any = await handed_in(api, written(register), dry_run="true")
        told = {(d["what"], d["reference"], d["field"] or "") for d in tried["differences"]}
        assert told == expected(standing, register)
        keep(f"{seed}-{first}", standing, register, told)
        done = await handed_in(api, written(register))
        assert done["refused"] == []
        for name, said in register.items():
            before = standing.get(name, {})
            standing = {**standing, name: {c: said[c] or before.get(c, "") for c in FIELDS}}
        exported = await api.client.get(
            "/v1/project-registers", params={"after": api.position}, headers=api.headers(PIA)
        )
        again = await handed_in(api, exported.content, dry_run="true")
        assert (
            again["difference_counts"]["unchanged"]
            == len(standing)
            == sum(again["difference_counts"].values())
        )
