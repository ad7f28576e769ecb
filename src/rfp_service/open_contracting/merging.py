"""How releases and records follow from each other: what is new in a release, and what releases add up to.

It goes by the standard's merging routine: objects in lists are told apart by their ids and never leave
their list, other lists are replaced whole, and null takes out what was said.
"""

from collections.abc import Mapping
from typing import Any

ALWAYS = ("buyer", "parties")  # in each release, so that it can be read by itself

Said = Mapping[str, Any]


def news(before: Said, now: Said) -> dict[str, Any]:
    """Return what a release must say so that those before it and it add up to what is so now.

    A section that has changed is said whole, and null takes the place of what it said and no longer does.
    """
    changed = {name for name in {*before, *now} if _differs(before.get(name), now.get(name))}
    if not changed:
        return {}
    wanted = {name: value for name, value in now.items() if name in changed or name in ALWAYS}
    return _said({name: value for name, value in before.items() if name in changed or name in wanted}, wanted)


def merged(before: Said, release: Said) -> dict[str, Any]:
    """Return what releases add up to once there is one more."""
    found = dict(before)
    for name, value in release.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, Mapping):
            if value:
                found[name] = merged(found.get(name, {}), value)
        elif things := _things(value):
            held = {each["id"]: each for each in found.get(name, [])}
            found[name] = list({**held, **_merged_things(held, things)}.values())
        else:
            found[name] = value
    return found


def _merged_things(held: Mapping[str, Said], things: Mapping[str, Said]) -> dict[str, Any]:
    return {identity: merged(held.get(identity, {}), thing) for identity, thing in things.items()}


def _things(value: object) -> dict[str, Said]:
    """Return the things in a list, each by its id; nothing if it is another list, or none."""
    if not isinstance(value, list):
        return {}
    return {each["id"]: each for each in value if isinstance(each, Mapping)}


def _differs(before: object, now: object) -> bool:
    """Say whether there is something new: of a thing that has left its list, nothing can be said."""
    held, things = _things(before), _things(now)
    if held or things:
        return any(_differs(held.get(identity), thing) for identity, thing in things.items())
    if isinstance(before, Mapping) or isinstance(now, Mapping):
        was, is_now = (each if isinstance(each, Mapping) else {} for each in (before, now))
        return any(_differs(was.get(name), is_now.get(name)) for name in {*was, *is_now})
    return bool(before or now) and before != now


def _said(before: Said, now: Said) -> dict[str, Any]:
    """Return something whole, with nulls for what was said of it and is not so now."""
    said = {name: _whole(before.get(name), value) for name, value in now.items()}
    gone = {name: _nulls(value) for name, value in before.items() if name not in now and not _things(value)}
    return {**said, **{name: nulls for name, nulls in gone.items() if nulls != {}}}


def _whole(before: object, now: object) -> object:
    held, things = _things(before), _things(now)
    if things:
        return [_said(held.get(identity, {}), thing) for identity, thing in things.items()]
    if isinstance(now, Mapping):
        return _said(before if isinstance(before, Mapping) else {}, now)
    return now


def _nulls(value: object) -> dict[str, Any] | None:
    """Return what takes out all that was said of something, part by part."""
    if not isinstance(value, Mapping):
        return None
    return {name: _nulls(inner) for name, inner in value.items() if not _things(inner)}
