"""The keyed requests that this process is carrying out just now."""

from shared.kernel.errors import StillRunning
from shared.kernel.messages import IdempotencyKey


class RequestsInProgress:
    """Keys of requests that have begun and were not answered yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._keys: set[tuple[str, str]] = set()

    def start(self, key: IdempotencyKey) -> None:
        """Begin a request; refuse where the same one has not been answered yet."""
        if (key.caller, key.key) in self._keys:
            raise StillRunning
        self._keys.add((key.caller, key.key))

    def end(self, key: IdempotencyKey) -> None:
        """Say that a request has been answered."""
        self._keys.discard((key.caller, key.key))
