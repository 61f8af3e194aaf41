"""What one contestant knows: which sheets were sent, which were acknowledged, what the pages showed.

A page of the exam saves whole sheets under its random name and a running number. Every sheet of a page differs from
all others of the same page (a retry of the same choices aside), so the sheet that a paper shows can be told by its
content, and with it the chain: the page that saved last was loaded on a sheet of its parent page, that one on a sheet
of its own parent, down to the blank paper. Nothing was lost when every acknowledged sheet lies on that chain, not
later than the place where the next page took over.
"""

import time
from dataclasses import dataclass, field

Mark = tuple[str, int]  # name of the page, running number


@dataclass(slots=True)
class Delivery:
    """One sending of a message, from the first byte to the last of the reply; `ended` is None without a reply."""

    mark: Mark
    begun: float
    ended: float | None = None


@dataclass(slots=True)
class Ledger:
    """Everything about one attempt."""

    sheets: dict[Mark, str] = field(default_factory=dict)
    parents: dict[str, tuple[str, str]] = field(default_factory=dict)  # page → who had saved last, what it showed
    asked: dict[str, float] = field(default_factory=dict)  # page → when it was asked for
    acknowledged: dict[Mark, float] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    enders: set[str] = field(default_factory=set)  # pages whose submit was sent
    results: set[tuple[str, ...]] = field(default_factory=set)  # receipt, count, time, moment, as result pages said

    def send(self, mark: Mark, answers: str) -> Delivery:
        """Note a sheet before its first byte leaves."""
        assert self.sheets.setdefault(mark, answers) == answers, "the harness used a number twice"
        delivery = Delivery(mark, time.monotonic())
        self.deliveries.append(delivery)
        return delivery

    def acknowledge(self, mark: Mark) -> None:
        """The portal has said that this sheet, or a newer one of its page, is saved."""
        self.acknowledged.setdefault(mark, time.monotonic())

    def loaded(self, page: str, parent: str, answers: str, asked: float) -> None:
        """A paper was read to its end; what it shows is as good as acknowledged."""
        self.parents[page], self.asked[page] = (parent, answers), asked
        numbers = self._numbers(parent, answers)
        if numbers:
            self.acknowledge((parent, numbers[0]))

    def behind(self, mark: Mark) -> bool:
        """Whether something newer than this sheet has been acknowledged."""
        page, number = mark
        return any(n > number if p == page else at > self._begun(mark) for (p, n), at in self.acknowledged.items())

    def verdict(self, final: str, page: str) -> tuple[int, int, bool]:
        """Lost answers, sheets overwritten by older ones, whether `final` is a paper that nobody sent."""
        chain = self._chain(final, page)
        if chain is None:
            return sum(a != b for a, b in zip(final, self._newest(), strict=False)), 0, True
        gone = [mark for mark in self.acknowledged if mark[1] > chain.get(mark[0], -1)]
        if not gone:
            return 0, 0, False
        newest = self.sheets[max(gone, key=lambda mark: self.acknowledged[mark])]
        lost = sum(a != b for a, b in zip(final, newest, strict=True)) or 1
        return lost, sum(self._overwritten(mark, chain) for mark in gone), False

    def _chain(self, answers: str, page: str) -> dict[str, int] | None:
        """Pages that the final paper descends from → number of their last sheet in it. None: it has no descent."""
        chain: dict[str, int] = {}
        while page:
            numbers = self._numbers(page, answers)
            if not numbers or page in chain or page not in self.parents:
                return None
            chain[page] = numbers[-1]
            page, answers = self.parents[page]
        return chain if set(answers) <= {"-"} else None

    def _numbers(self, page: str, answers: str) -> list[int]:
        return sorted(n for (p, n), sheet in self.sheets.items() if p == page and sheet == answers)

    def _newest(self) -> str:
        newest = max(self.acknowledged, key=lambda mark: self.acknowledged[mark], default=None)
        return self.sheets[newest] if newest else ""

    def _begun(self, mark: Mark) -> float:
        return min((d.begun for d in self.deliveries if d.mark == mark), default=0.0)

    def _overwritten(self, gone: Mark, chain: dict[str, int]) -> bool:
        """Whether something older than this acknowledged sheet stands in its place, and arrived after it."""
        acknowledged = self.acknowledged[gone]
        for delivery in self.deliveries:
            page, number = delivery.mark
            stands = number <= chain.get(page, -1)
            older = number < gone[1] if page == gone[0] else self.asked[page] < acknowledged
            if stands and older and (delivery.ended is None or delivery.ended > acknowledged):
                return True
        return False
