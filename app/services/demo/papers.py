"""Papers drawn from the bank as for any attempt, and how people answer them.

Drawing 60,000 papers would take longer than all the rest, so some hundreds are drawn and each serves many people.
"""

from dataclasses import dataclass
from itertools import combinations
from random import Random

from app.models import QuestionKind
from app.rules.answers import NONE_CHOSEN, pack
from app.rules.drawing import draw
from app.rules.paper import Paper, PaperQuestion, write_paper
from app.services.catalogue import Catalogue, VersionInfo

POOL = 400
_EASIER = {"easy": 0.07, "medium": 0.0, "hard": -0.1}


@dataclass(frozen=True, slots=True)
class Choice:
    """How a question may be answered, in characters of the answers text."""

    right: str
    wrong: tuple[str, ...]
    easier: float
    voided: bool


@dataclass(frozen=True, slots=True)
class ReadyPaper:
    """A drawn paper with every way to answer it."""

    paper: Paper
    text: str
    choices: tuple[Choice, ...]

    def answer(self, chance: Random, *, skill: float, reached: int) -> str:
        """Answers of somebody who knows `skill` of the matter and comes as far as question `reached`."""
        out = []
        for choice in self.choices[:reached]:
            luck = chance.random()
            knows = luck < skill + choice.easier
            out.append(choice.right if knows else NONE_CHOSEN if luck > 0.995 else chance.choice(choice.wrong))
        return "".join(out) + NONE_CHOSEN * (len(self.choices) - len(out))

    def correct(self, answers: str) -> int:
        """Right answers, as rules.grading counts them: character by character, for a million papers."""
        pairs = zip(self.choices, answers, strict=True)
        return sum(choice.voided or char == choice.right for choice, char in pairs)


class Papers:
    """The pool, graded by the contest's own rules."""

    def __init__(self, catalogue: Catalogue, chance: Random) -> None:
        exam = catalogue.rules.exam
        easier = {c.version_id: _EASIER.get(c.difficulty, 0.0) for c in catalogue.bank}
        self.pool: list[ReadyPaper] = []
        for _ in range(POOL):
            paper = draw(catalogue.bank, exam.quota, met={}, rng=chance, shuffle=exam.shuffle)
            choices = tuple(
                _choice(
                    question,
                    catalogue.versions[question.version_id],
                    easier=easier[question.version_id],
                    voided=question.version_id in catalogue.voided,
                )
                for question in paper
            )
            self.pool.append(ReadyPaper(paper, write_paper(paper), choices))

    @property
    def version_ids(self) -> list[int]:
        """Everything that was ever drawn."""
        return sorted({question.version_id for ready in self.pool for question in ready.paper})

    def take(self, chance: Random, count: int) -> list[ReadyPaper]:
        """Papers for one person, no two the same while the pool lasts."""
        return chance.sample(self.pool, count) if count <= len(self.pool) else chance.choices(self.pool, k=count)


def _choice(question: PaperQuestion, version: VersionInfo, *, easier: float, voided: bool) -> Choice:
    places = range(len(question.order))
    right = frozenset(place for place in places if question.order[place] in version.right)
    sizes = places if version.kind is QuestionKind.SEVERAL else range(1)
    others = (frozenset(some) for size in sizes for some in combinations(places, size + 1))
    wrong = tuple(pack([some]) for some in others if some != right)
    return Choice(pack([right]), wrong, easier, voided)
