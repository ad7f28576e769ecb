"""Commands that are imported when they are run; until then each is a name and a sentence."""

import gc
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

import typer

# What stands behind a command's name is for the command itself to read.
HANDED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


def group(commands: Mapping[str, tuple[str, str]], sentence: str | None = None) -> typer.Typer:
    """Return a group of commands, each given as the `module:function` that it is, and what it does."""
    made = _app(sentence)
    for name, (place, does) in commands.items():
        made.command(name, help=does, add_help_option=False, context_settings=HANDED_ON)(_runner(place, does))
    return made


def _runner(place: str, does: str) -> Callable[[typer.Context], None]:
    def run(context: typer.Context) -> None:
        module, _, function = place.partition(":")
        command = _app()
        command.command(help=does)(getattr(loaded(module), function))
        command(context.args, prog_name=context.command_path)

    return run


def loaded(module: str) -> ModuleType:
    """Import a module; nothing of that is garbage, and looking for it took a fifth of the time."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def _app(sentence: str | None = None) -> typer.Typer:
    return typer.Typer(
        no_args_is_help=sentence is not None,
        help=sentence,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
