"""References as people write them, and when two of them are one."""


def reference_words(reference: str) -> str:
    """Return a reference as it is compared: one blank between words, in any case."""
    return " ".join(reference.split()).casefold()
