"""Split need: what is small by itself, and together with others like it passes a tier or a threshold."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from shared.governance.scheme.tiers import AboveEveryTier, tiers_for
from shared.kernel.messages import Known, Stamp
from shared.kernel.rules import ContractKind

ABOVE_EVERY_TIER = "above every tier"


class Amounts(BaseModel):
    """What some need is worth, in pence, without and with VAT."""

    model_config = ConfigDict(frozen=True)

    pence: int = 0
    with_vat_pence: int = 0

    def plus(self, other: "Amounts") -> "Amounts":
        """Return both together."""
        return Amounts(
            pence=self.pence + other.pence, with_vat_pence=self.with_vat_pence + other.with_vat_pence
        )


class FoundSplit(BaseModel):
    """The need that one may have been split from, and what all of it passes together."""

    model_config = ConfigDict(frozen=True)

    with_rfps: tuple[UUID, ...] = ()
    passes: tuple[str, ...] = ()


_FOUND = TypeAdapter(FoundSplit)


def passed_together(
    own: Amounts, others: Amounts, kind: ContractKind | None, known: Known
) -> tuple[str, ...]:
    """Return the highest tier and the regimes' thresholds that all reach together, and one's own does not."""
    together = own.plus(others)
    found = []
    if known.tiers and (tier := _tier(together.pence, known)) != _tier(own.pence, known):
        found.append(f"tier: {tier}")
    if known.rules is not None and kind is not None:
        alone = known.rules.covering(kind, own.with_vat_pence)
        reached = known.rules.covering(kind, together.with_vat_pence)
        found += [f"threshold: {regime}" for regime in sorted(reached) if regime not in alone]
    return tuple(found)


def split_found(stamp: Stamp) -> FoundSplit:
    """Return what was found of a split; nothing if nobody looked."""
    return _FOUND.validate_python(stamp.known.facts.get("split", {}), strict=False)


def _tier(pence: int, known: Known) -> str:
    try:
        return tiers_for(pence, known)[-1]
    except AboveEveryTier:
        return ABOVE_EVERY_TIER
