"""How often a flag was right, and how sure that figure is."""

from dataclasses import dataclass
from math import sqrt

FEW = 20
"""Below so many decisions a share says little, and is shown as such."""
_Z = 1.959964
"""Of the normal distribution, for 95 %."""


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, with Wilson's 95 % interval (E. B. Wilson, JASA 22, 1927, p. 209)."""

    part: int
    whole: int

    @property
    def few(self) -> bool:
        """Whether it rests on too little to be believed."""
        return self.whole < FEW

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share is, 19 times in 20. Of nothing: anywhere."""
        n = self.whole
        if not n:
            return 0.0, 1.0
        share = self.part / n
        middle = share + _Z**2 / (2 * n)
        reach = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
        scale = 1 + _Z**2 / n
        return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
