"""Rows of results: `name ratio min max must ok|below`."""

from dataclasses import dataclass
from statistics import median


@dataclass
class Row:
    """Ratios of ours to another's for the same work, and what they must be."""

    name: str
    ratios: list[float]
    must: str
    """`>=1.05`, `<=0.88`, `=0`; empty: for information."""

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def is_good(self) -> bool:
        if not self.must:
            return True
        bound = float(self.must.lstrip("<>="))
        if self.must.startswith(">="):
            return self.ratio >= bound
        if self.must.startswith("<="):
            return self.ratio <= bound
        return all(ratio == bound for ratio in self.ratios)

    @property
    def verdict(self) -> str:
        return "ok" if self.is_good else "below"

    @property
    def words(self) -> list[str]:
        numbers = [f"{number:.3f}" for number in [self.ratio, min(self.ratios), max(self.ratios)]]
        return [self.name, *numbers, self.must or "-", self.verdict]

    def __str__(self) -> str:
        return " ".join(self.words)
