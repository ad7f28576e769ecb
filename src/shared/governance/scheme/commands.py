"""Adopting a scheme."""

from collections import Counter
from itertools import pairwise
from typing import Literal

from shared.governance.scheme.domain import (
    AdoptedForThePast,
    Scheme,
    SchemeAdopted,
    SchemeValues,
    ThresholdsTwice,
    TiersNotRising,
)
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import Reason
from shared.kernel.messages import Command, Stamp


class AdoptScheme(Command[Scheme]):
    """Adopt a scheme: the whole of it, in force from a day on."""

    decision: Literal["adopt"] = "adopt"
    values: SchemeValues
    reason: Reason

    def decide(self, scheme: Scheme, stamp: Stamp) -> SchemeAdopted:
        """Adopt a scheme whose tiers rise; only the first may reach into the past."""
        tiers = self.values.tiers
        names = {tier.name for tier in tiers}
        if len(names) < len(tiers) or any(b.up_to_pence <= a.up_to_pence for a, b in pairwise(tiers)):
            raise TiersNotRising(limits_pence=[tier.up_to_pence for tier in tiers])
        named = Counter((each.regime, each.kind.value) for each in self.values.thresholds)
        if twice := [list(each) for each, times in named.items() if times > 1]:
            raise ThresholdsTwice(thresholds=twice)
        if scheme.versions and self.values.effective_from < day_in_london(stamp.at):
            raise AdoptedForThePast(effective_from=self.values.effective_from)
        return SchemeAdopted(values=self.values, reason=self.reason)
