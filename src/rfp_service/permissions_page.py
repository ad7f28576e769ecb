"""The permission table as a page for whoever answers for it: by work and by role, in words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rfp_service.app import TAGS
from rfp_service.permission_conditions import EVERYBODY
from rfp_service.permissions import PERMISSIONS
from rfp_service.required_permissions import actions, commands, routes
from shared.kernel.messages import Command
from shared.kernel.roles import Role

HEAD = """# Who may do what

Written by the program from [its table](../src/rfp_service/permissions.py) (`make openapi`), and tested to be
current. Whoever holds none of the roles in a row is refused (403) before anything is looked at. What a role
may do in principle can still be refused for the case at hand (409): its stage, its value, their part in it.
[Sign-in](sign-in.md) says which roles somebody holds; a program is a service account and holds no other.

| condition | means |
|---|---|
| own service areas | where their sign-in names service areas: these, and what they raised (404) |
| what they raised | only on what they raised themselves (409) |
| named tier | only where the scheme names them for the tier whose turn it is, and never on their own (409) |
| not their own | never on what they raised or lead themselves, by whatever account or delegation (409) |
"""
ANYBODY = "everybody who is signed in"


def permissions_page() -> str:
    """Return the page in Markdown: each operation, the roles that may use it, and on which conditions."""
    return "\n".join([HEAD, *_by_work(), *_by_role()]) + "\n"


def _by_work() -> Iterator[str]:
    """Yield a table for each body of work: what can be done, and which roles may."""
    described = _descriptions()
    for tag in TAGS:
        of_tag = {a: None for route in routes() if tag["name"] in route.tags for a in actions(route)}
        if of_tag:
            yield f"## {tag['name'].capitalize()}\n\n{tag['description']}\n"
            yield "| to | may |\n|---|---|"
            for action in of_tag:
                yield f"| {described[action]} (`{action}`) | {_who(action)} |"
            yield ""
    yield "## Beside operations\n\n| to | may |\n|---|---|"
    for action in sorted(set(PERMISSIONS.table) - set(described)):
        yield f"| {action.replace('-', ' ')} (`{action}`) | {_who(action)} |"
    yield ""


def _by_role() -> Iterator[str]:
    yield "## By role\n"
    described = _descriptions()
    for role in Role:
        own = [a for a, roles in PERMISSIONS.table.items() if role in roles and roles != EVERYBODY]
        told = "; ".join(_briefly(described.get(a, a.replace("-", " "))) for a in own)
        yield f"- **{role.value.replace('_', ' ')}**: {told or 'only what everybody may'}."


def _who(action: str) -> str:
    roles = PERMISSIONS.table.get(action, ())
    if set(roles) == set(EVERYBODY):
        return "; ".join([ANYBODY, *_limits(action, EVERYBODY)])
    return "; ".join(_limits(action, roles, every=True)) or "nobody"


def _limits(action: str, roles: tuple[Role, ...], *, every: bool = False) -> Iterator[str]:
    """Yield roles with what limits them; where not every one is wanted, the limited ones only."""
    for role in roles:
        limits = [condition.value for condition in PERMISSIONS.conditions_of(role, action)]
        if every or limits:
            name = f"**{role.value.replace('_', ' ')}**"
            yield f"{name} ({', '.join(limits)})" if limits else name


def _descriptions() -> Mapping[str, str]:
    """Return what each action is, in the words of its command or of the operation that reads."""
    described: dict[str, str] = {}
    for route in routes():
        for command in commands(route):
            described[command.__name__] = _first_line(command)
        for action in actions(route):
            described.setdefault(action, str(route.summary))
    return described


def _briefly(description: str) -> str:
    """Return what is said before the first pause."""
    return re.split("[:;,.]", description)[0]


def _first_line(command: type[Command[Any]]) -> str:
    return (command.__doc__ or command.__name__).strip().partition("\n")[0].rstrip(".")
