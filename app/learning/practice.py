"""Practice after a lesson: which questions, what was chosen, what the answer says. All of it stands in the address.

`bo` is the set; `c1=2` the place chosen in question 1 (several for several right options); `da=1` an answer that is
shown already, `xem=1` the one that was just asked for.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.models import QuestionKind
from app.rules.answers import pack
from app.rules.grading import Marked, grade
from app.rules.paper import PaperQuestion
from app.services.catalogue import VersionInfo
from app.web.questions import shown_question

AT_ONCE = 5
Args = MultiDict[str, str]
Pool = Sequence[VersionInfo]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said once a person has asked; `key` and `missed` are words of options, in the order shown."""

    kind: str  # of the notice
    title: str
    key: list[str]
    missed: list[str]
    explanation: str
    just_asked: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the page: the values of the `question` component, what was chosen, the answer once asked for."""

    number: int
    component: dict[str, Any]
    chosen: list[int]  # places as shown
    answer: Answer | None


def sets(pool: Pool) -> int:
    """How many sets it takes to meet the whole pool."""
    return -(-len(pool) // AT_ONCE)


def read_set(args: Args, pool: Pool) -> int | None:
    """The set asked for, 1-based; None when there is no such set."""
    return {str(number): number for number in range(1, sets(pool) + 1)}.get(args.get("bo", "1"))


def asked_for(items: Sequence[Item]) -> Item | None:
    """The question whose answer was just asked for."""
    return next((item for item in items if item.answer and item.answer.just_asked), None)


def questions_of(pool: Pool, number: int) -> list[VersionInfo]:
    """The questions of one set; the last one is filled up from the start of the pool."""
    start = (number - 1) * AT_ONCE
    return [pool[(start + step) % len(pool)] for step in range(min(AT_ONCE, len(pool)))]


def practice_items(pool: Pool, set_number: int, args: Args) -> list[Item]:
    """The questions of a set as the address has them."""
    versions = questions_of(pool, set_number)
    paper = tuple(PaperQuestion(version.id, _order(version, set_number)) for version in versions)
    chosen = [_chosen(args.getlist(f"c{n}"), version) for n, version in enumerate(versions, 1)]
    graded = grade(paper, pack(chosen), {version.id: version.right for version in versions})
    asked = args.get("xem")
    shown = {asked, *args.getlist("da")}
    items = []
    for n, (version, question, places, mark) in enumerate(zip(versions, paper, chosen, graded, strict=True), 1):
        component = {
            "number": n,
            "total": len(versions),
            **shown_question(version, question.order, places),
            "name": f"c{n}",
        }
        answer = None
        if str(n) in shown:
            answer = _answer(version, question, mark, just_asked=str(n) == asked)
            component["marks"] = [_tag(version, mark, place) for place in question.order]
        items.append(Item(n, component, sorted(places), answer))
    return items


def _order(version: VersionInfo, set_number: int) -> tuple[int, ...]:
    """The same for everybody and at every request, another in another set; true/false keeps its order."""
    order = list(range(len(version.options)))
    if version.kind is not QuestionKind.TRUE_FALSE:
        random.Random(f"{version.question_id}.{set_number}").shuffle(order)
    return tuple(order)


def _chosen(sent: list[str], version: VersionInfo) -> list[int]:
    """Places that exist; whatever else an address holds is not a choice."""
    places = {str(place): place for place in range(len(version.options))}
    known = [places[text] for text in sent if text in places]
    return known if version.kind is QuestionKind.SEVERAL else known[:1]


def _tag(version: VersionInfo, mark: Marked, place: int) -> tuple[str, str] | None:
    """Words and kind of the tag on one option, once the answer is shown."""
    chosen, right = place in mark.chosen, place in version.right
    if chosen:
        return ("Bạn chọn đúng", "done") if right else ("Bạn chọn chưa đúng", "stop")
    if not right:
        return None
    return ("Bạn bỏ sót", "wait") if _missed(version, mark) else ("Đáp án đúng", "done")


def _missed(version: VersionInfo, mark: Marked) -> frozenset[int]:
    """Right options left out by a person who chose some of several."""
    several = version.kind is QuestionKind.SEVERAL and mark.chosen
    return version.right - mark.chosen if several else frozenset()


def _answer(version: VersionInfo, question: PaperQuestion, mark: Marked, *, just_asked: bool) -> Answer:
    if not mark.chosen:
        kind, title = "info", "Bạn chưa chọn câu trả lời"
    elif mark.right:
        kind, title = "success", "Bạn trả lời đúng"
    else:
        kind, title = "warning", "Bạn trả lời chưa đúng"
    missed = _missed(version, mark)
    return Answer(
        kind=kind,
        title=title,
        key=[version.options[place] for place in question.order if place in version.right],
        missed=[version.options[place] for place in question.order if place in missed],
        explanation=version.explanation,
        just_asked=just_asked,
    )
