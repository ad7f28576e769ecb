"""What is allowed by a command's guard is tried, and what is refused is counted: by guards, or after them."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random
from typing import Any, Generic

from shared.kernel.errors import Refused
from shared.kernel.messages import Command, S, Stamp

# So many times as many walks as usually.
LONGER = int(os.environ.get("GUARD_WALKS", "1"))

WHY = "As it is."
HALF = 0.5
# What somebody would send who sees a thing as it is, on some turn of a walk: it never repeats itself.
Body = Callable[[S, int], Mapping[str, Any]]


def texts_of(command: type[Command[Any]]) -> dict[str, str] | None:
    """Return texts for all that a command must be told; nothing if it must be told anything else."""
    wanted = {name: info.annotation for name, info in command.model_fields.items() if info.is_required()}
    return dict.fromkeys(wanted, WHY) if {*wanted.values()} <= {str} else None


class Tries(Generic[S]):
    """Decisions of one kind of thing, each tried wherever a random walk comes to.

    What is only told texts needs no body.
    """

    def __init__(
        self,
        decisions: Sequence[type[Command[S]]],
        bodies: Mapping[str, Body[S]],
        for_how_it_stands: tuple[type[Refused], ...],
    ) -> None:
        """Try these; a refusal `for_how_it_stands` is one that no body could avoid."""
        self.commands = {str(each.model_fields["decision"].default): each for each in decisions}
        self._texts = {name: texts_of(command) for name, command in self.commands.items()}
        self._bodies, self._for_how_it_stands = bodies, for_how_it_stands
        self.accepted, self.refused = Counter[str](), Counter[tuple[str, str]]()
        self.by_guards, self.by_rules = Counter[str](), Counter[tuple[str, str]]()

    def command(self, decision: str, state: S, turn: int) -> Command[S]:
        """Return a decision as it would be sent."""
        made = self._bodies.get(decision)
        said = self._texts[decision] if made is None else made(state, turn)
        assert said is not None, f"{decision} is told more than texts: it needs a body here"
        return self.commands[decision](**said)

    def try_all(self, state: S, stamp: Stamp, turn: int) -> Collection[str]:
        """Try every decision on a thing as it stands; return those that are accepted."""
        accepted = set[str]()
        for decision in self.commands:
            command = self.command(decision, state, turn)
            if (no := refusal(command.guard, state, stamp)) is not None:
                self.by_guards[type(no).__name__] += 1
            elif (no := refusal(command.decide, state, stamp)) is None:
                self.accepted[decision] += 1
                accepted.add(decision)
            else:
                self.refused[decision, type(no).__name__] += 1
                self.by_rules[decision, type(no).__name__] += isinstance(no, self._for_how_it_stands)
        return accepted

    def choose(self, dice: Random, accepted: Collection[str], onward: Sequence[str]) -> str:
        """Return any decision, or as often one that leads onward and is accepted: so walks come far."""
        leading = [decision for decision in onward if decision in accepted]
        return dice.choice(leading if leading and dice.random() < HALF else [*self.commands])

    def after(self, decision: str, state: S, stamp: Stamp, turn: int) -> S:
        """Return what follows from a decision; nothing changes where it is refused."""
        try:
            decided = self.command(decision, state, turn).decide(state, stamp)
        except Refused:
            return state
        for event in decided if isinstance(decided, Sequence) else [decided]:
            state = event.apply(state)
        return state

    def walk(
        self,
        begun: Callable[[Random], S],
        decides: Callable[[Random, int], Stamp],
        *,
        seeds: int = 30,
        turns: int = 30,
        onward: Sequence[str] = (),
        endings: Collection[str] = (),
    ) -> None:
        """Try every decision on many things, turn by turn, somebody else deciding at random on each.

        What leads `onward` is decided more often; few of the `endings` come early.
        """
        for seed in range(seeds * LONGER):
            dice = Random(seed)  # no secret
            state = begun(dice)
            for turn in range(turns):
                stamp = decides(dice, turn)
                decision = self.choose(dice, self.try_all(state, stamp, turn), onward)
                if decision not in endings or turn > turns * dice.random():
                    state = self.after(decision, state, stamp, turn)

    def must_agree(self) -> None:
        """Expect 99 of 100 allowed tries of each decision to be accepted, and guards to refuse the rest."""
        assert self.accepted.keys() == self.commands.keys(), self.commands.keys() - self.accepted.keys()
        assert all(many <= self.accepted[name] / 100 for (name, _), many in self.refused.items()), (
            self.refused
        )
        assert self.by_rules.total() < self.by_guards.total() / 20, self.by_rules

    def must_always_accept(self) -> None:
        """Expect every decision to be accepted wherever it was tried."""
        assert self.accepted.keys() == self.commands.keys(), self.commands.keys() - self.accepted.keys()
        assert not self.refused, self.refused
        assert not self.by_guards, self.by_guards


def refusal(rule: Callable[[S, Stamp], object], state: S, stamp: Stamp) -> Refused | None:
    """Return why a rule says no; nothing if it does not."""
    try:
        rule(state, stamp)
    except Refused as no:
        return no
    return None
