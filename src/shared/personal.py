"""A text about somebody, kept so that it can be destroyed: stored only under a key of that person's own."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_serializer

PERSONAL = "[personal]"  # what stands where such a text may not be read


class NotSealed(Exception):
    """A personal text was about to be stored in the clear."""


SEALED_FORM = frozenset({"about", "key", "sealed"})


def is_sealed(value: object) -> bool:
    """Say whether a stored value is a personal text."""
    return isinstance(value, dict) and value.keys() == SEALED_FORM


class Personal(BaseModel):
    """A text about the person `about`; in events, states and views only as `sealed`, under key `key`.

    A command makes one with its text; the store seals it when it writes the event, and it stays sealed
    until somebody with the right reads it. Destroying the key destroys the text, and no proof.
    """

    model_config = ConfigDict(frozen=True)

    about: str
    text: str = ""
    key: str = ""
    sealed: str = ""

    @model_serializer
    def stored(self) -> dict[str, Any]:
        """Return the sealed form; there is no other outside of a decision."""
        if self.text or not self.sealed:
            raise NotSealed(f"a text about {self.about}")
        return {"about": self.about, "key": self.key, "sealed": self.sealed}
