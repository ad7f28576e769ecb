"""What every command does at a terminal: say something, and stop when asked to."""

import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.settings import Settings


def stop_cleanly() -> None:
    """Let a request to stop unwind everything that was opened, the embedded database last."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)


def nothing_in(settings: "Settings") -> str:
    """Return what to do where the data folder holds nothing."""
    return (
        f"Nothing was ever run on the data folder {settings.data_dir}: set DATA_DIR as it was for"
        " `make demo`, or run that first."
    )


def say(text: str) -> None:
    """Say something to whoever runs the command."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
