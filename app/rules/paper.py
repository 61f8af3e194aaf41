"""A drawn paper, recorded whole: which version of which question, and in which order its options were shown.

Written as `17.2031 5.10 …`: version id, a dot, then for each shown place the option's place in the version.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """One question of a paper; `order[shown place] = place in the version`."""

    version_id: int
    order: tuple[int, ...]

    def original(self, shown: frozenset[int]) -> frozenset[int]:
        """Chosen places as shown → places in the version; a place that was never shown counts as none."""
        return frozenset(self.order[place] for place in shown if place < len(self.order))


Paper = tuple[PaperQuestion, ...]


def write_paper(paper: Paper) -> str:
    """Paper → its text in the attempt's row."""
    return " ".join(f"{q.version_id}.{''.join(map(str, q.order))}" for q in paper)


def read_paper(text: str) -> Paper:
    """Text of the attempt's row → paper."""
    pairs = (item.split(".") for item in text.split())
    return tuple(PaperQuestion(int(version), tuple(map(int, order))) for version, order in pairs)
