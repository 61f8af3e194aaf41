"""Drawing a paper: by quota per topic and difficulty; what this person has met least first, chance decides ties."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.rules.paper import Paper, PaperQuestion


class QuotaUnmet(Exception):
    """The bank holds fewer questions of one kind than the quota asks for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be drawn, in its current version."""

    question_id: int
    version_id: int
    topic: str
    difficulty: str
    options: int
    keep_order: bool = False  # true/false keeps its order


Quota = Mapping[tuple[str, str], int]  # (topic, difficulty) → how many


@dataclass(frozen=True, slots=True)
class Shortage:
    """A kind of question of which the bank holds fewer than a paper needs."""

    topic: str
    difficulty: str
    held: int
    wanted: int


def shortages(bank: Iterable[Candidate], quota: Quota) -> tuple[Shortage, ...]:
    """What keeps a paper from being drawn; empty when every one can be."""
    held = Counter((candidate.topic, candidate.difficulty) for candidate in bank)
    return tuple(Shortage(*shelf, held[shelf], wanted) for shelf, wanted in quota.items() if held[shelf] < wanted)


def draw(
    bank: Iterable[Candidate], quota: Quota, *, met: Mapping[int, int], rng: random.Random, shuffle: bool
) -> Paper:
    """Draw one paper.

    `met` counts by question id how often this person has met a question. Within each (topic, difficulty) the
    least-met questions are taken first and a seeded shuffle decides between equals, so exposure spreads evenly.
    `shuffle` mixes the questions over the whole paper, and the options of each.

    Raises QuotaUnmet.
    """
    shelves: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in bank:
        shelves[candidate.topic, candidate.difficulty].append(candidate)
    chosen: list[Candidate] = []
    for shelf_key, wanted in quota.items():
        shelf = shelves[shelf_key]
        if len(shelf) < wanted:
            raise QuotaUnmet(f"{shelf_key[0]}/{shelf_key[1]}: {len(shelf)} < {wanted}")
        rng.shuffle(shelf)
        shelf.sort(key=lambda c: met.get(c.question_id, 0))
        chosen += shelf[:wanted]
    if shuffle:
        rng.shuffle(chosen)
    return tuple(PaperQuestion(c.version_id, _order(c, rng, shuffle)) for c in chosen)


def _order(candidate: Candidate, rng: random.Random, shuffle: bool) -> tuple[int, ...]:
    order = list(range(candidate.options))
    if shuffle and not candidate.keep_order:
        rng.shuffle(order)
    return tuple(order)
