"""What a client measured, small enough for millions of requests."""

from array import array
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Waiting times in milliseconds by endpoint, statuses, bytes, and what went wrong."""

    waits: dict[str, "array[float]"] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    received: int = 0
    errors: list[str] = field(default_factory=list)
    cpu: float = 0.0

    def add(self, step: str, milliseconds: float, status: int, received: int) -> None:
        """One answer."""
        waits = self.waits.get(step)
        if waits is None:
            waits = self.waits.setdefault(step, array("f"))
        waits.append(milliseconds)
        self.statuses[status] += 1
        self.received += received

    def join(self, other: "Tally") -> None:
        """Take in what another client measured."""
        for step, waits in other.waits.items():
            self.waits.setdefault(step, array("f")).extend(waits)
        self.statuses.update(other.statuses)
        self.received += other.received
        self.errors += other.errors
        self.cpu += other.cpu

    @property
    def requests(self) -> int:
        """All answers."""
        return sum(map(len, self.waits.values()))

    def percentile(self, step: str, share: float) -> float:
        """Milliseconds that this share of an endpoint's answers stayed below."""
        ordered = sorted(self.waits[step])
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
