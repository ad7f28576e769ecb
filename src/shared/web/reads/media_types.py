"""Which of the forms that something comes in a caller wants: `Accept`, as RFC 9110, section 12.5.1, says."""

from collections.abc import Iterator, Sequence

from shared.kernel.errors import NotAcceptable

JSON, CSV, NDJSON = "application/json", "text/csv", "application/x-ndjson"
FORMS = (JSON, CSV, NDJSON)  # of a list; the first one is liked best where the caller likes two alike


def wanted(accept: str, forms: Sequence[str] = FORMS) -> str:
    """Return the form that is liked best; refuse where none of them is accepted.

    Each form is liked as its most specific range says; without `Accept`, anything is.
    """
    if not accept.strip():
        return forms[0]
    ranges = list(_ranges(accept))
    liked = [(_liking(form, ranges), form) for form in forms]
    best = max(weight for weight, _ in liked)
    if best <= 0:
        raise NotAcceptable(forms=list(forms))
    return next(form for weight, form in liked if weight == best)


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Yield the ranges of `Accept`, each with its weight."""
    for part in accept.lower().split(","):
        media_range, *parameters = [piece.strip() for piece in part.split(";")]
        if media_range:
            yield media_range, _weight(parameters)


def _weight(parameters: Sequence[str]) -> float:
    """Return the weight that parameters state; what is no weight is 0, for it can't be meant as a wish."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0 <= weight <= 1 else 0.0
    return 1.0


def _liking(form: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return how much a form is liked: as its own range says, else its family's, else that of anything."""
    for fitting in (form, f"{form.partition('/')[0]}/*", "*/*"):
        weights = [weight for media_range, weight in ranges if media_range == fitting]
        if weights:
            return max(weights)
    return 0.0
