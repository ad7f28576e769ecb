"""What a process keeps on the way is gone with it: at its end, or when our next process begins.

Each process has a folder of its own among the temporary files, and a lock on it that ends with the process,
however that ends. A folder that nobody holds was left by one that was killed.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.embedded.places import AT_WORK

BEGINNING = "rfp-service-begins-"


@contextmanager
def own_temporary_folder() -> Iterator[Path]:
    """Keep temporary files in a folder of this process alone; remove it, and those of the killed."""
    before, usual = tempfile.tempdir, Path(tempfile.gettempdir())
    remove_left_behind(usual)
    draft = Path(tempfile.mkdtemp(prefix=BEGINNING))
    folder = draft.with_name(draft.name.replace(BEGINNING, AT_WORK))
    held = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        draft.rename(folder)  # held already when others see it
        tempfile.tempdir = str(folder)
        yield folder
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def remove_left_behind(usual: Path) -> None:
    """Remove the folders of processes of this account that no longer are."""
    for folder in usual.glob(f"{AT_WORK}*"):
        with suppress(OSError):  # it is another's, at work, or has just been removed
            held = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(held).st_uid == os.geteuid():
                    shutil.rmtree(folder)
            finally:
                os.close(held)
